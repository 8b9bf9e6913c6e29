# probe: the verb; asks the running Postfix to send, now, as any user would. It changes nothing, and takes no lock.

# What this probe has found out: whether the relay host answered (yes, no or unknown), and why not.
probe_answered='' probe_why=''

# probe [--to ADDRESS] [--json] [--textfile FILE]: some lines for a person on a terminal, else one JSON object; or
# metrics in that file. 0: the relay host has answered, 1: it has not, and this host is at fault, 2: cannot tell, 64:
# wrong usage.
probe() {
  local print='' to='' file='' folder='' nexthop=''
  local sends_verdict='' sends_reason=''
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue=''
  nexthop=$(recorded probe)
  to=${nexthop#* } nexthop=${nexthop%% *}
  while [ $# -gt 0 ]; do
    case "$1 ${2-}" in
    '--json '*) print=probe_json && shift && continue ;;
    '--to '[!-]*@*) to=$2 ;;
    '--textfile '/*) file=$root$2 ;;
    *) return 64 ;;
    esac
    shift 2
  done
  if [ -z "$print" ] && is_terminal; then print=probe_text; fi
  probe_answered=unknown
  probe_why=$(probe_impossible "$to")
  if [ -z "$probe_why" ]; then
    folder=$(mktemp -d "$root/run/postrelay.XXXXXX") || fail 73 "cannot write in $root/run."
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$folder'" EXIT
    sends_mark "$folder/log"
    sends_probe "$to" "$nexthop" 60
    probe_why=$sends_reason
    case $sends_verdict in yes | no) probe_answered=$sends_verdict ;; esac
  fi
  if [ -z "$file" ]; then "${print:-probe_json}"; else check_write probe_metrics "$file" || return 2; fi
  case $probe_answered in yes) ;; no) return 1 ;; *) return 2 ;; esac
}

# probe_impossible TO: prints why a probe would tell nothing, if that is so.
probe_impossible() {
  case $(live_mark) in
  original) echo 'no configuration of postfix-relay is live' ;;
  paused) echo 'mail is paused until a new password is proven' ;;
  *)
    if run_under_way; then printf '%s\n' "another run works on this host: $(cat "$lock")"
    elif [ -z "$1" ]; then echo 'no address is known for it: give one with --to'; fi
    ;;
  esac
}

# probe_json: the object.
probe_json() {
  json version# 1 answered! "$probe_answered" relay! "$delivery_relay" dsn! "$delivery_dsn" answer "$delivery_answer" \
    seconds# "$delivery_seconds" why "$probe_why"
}

# probe_metrics: the text format of Prometheus.
probe_metrics() {
  metric probe_success gauge 'Whether the relay host answers a probe (1), does not (0), or that cannot be told (-1).' \
    "$(case $probe_answered in yes) echo 1 ;; no) echo 0 ;; *) echo -1 ;; esac)"
  metric probe_timestamp_seconds gauge 'When the probe was made.' "$(date +%s)"
  [ -z "$delivery_seconds" ] || metric probe_seconds gauge 'How long the relay host took to answer.' "$delivery_seconds"
}

# probe_text: the lines.
probe_text() {
  case $probe_answered in
  yes) tell "Mail leaves: $delivery_relay answered after $delivery_seconds s: $delivery_answer" ;;
  no) tell "Mail does not leave: $probe_why" ;;
  *) tell "Cannot tell whether mail leaves: $probe_why" ;;
  esac
  if [ "$probe_answered" = yes ] && [ -n "$probe_why" ]; then tell "But $probe_why"; fi
}
