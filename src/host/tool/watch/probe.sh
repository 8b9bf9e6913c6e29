# probe: the verb; asks the running Postfix to send, now, as any user would. It changes nothing, and takes no lock.

# What this probe has found out: whether the relay host answered (yes, no or unknown), and why not.
probe_answered='' probe_why=''

# Whom it is for, the relay host that has to answer, and how it is told: json, text, or metrics in a file.
probe_to='' probe_nexthop='' probe_print='' probe_file=''

# Of a message alone: its sender, if not root, and whether a server that cannot deliver it may report that.
probe_from='' probe_notify=never

# probe [--to ADDRESS] [--json] [--textfile FILE]: some lines for a person on a terminal, else one JSON object; or
# metrics in that file. 0: the relay host has answered, 1: it has not, and this host is at fault, 2: cannot tell, 64:
# wrong usage.
probe() {
  local sends_verdict='' sends_reason=''
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue=''
  read_probe_words "$@" && [ "$probe_from$probe_notify" = never ] || return 64
  probe_answered=unknown
  probe_why=$(probe_impossible "$probe_to")
  if [ -z "$probe_why" ]; then
    probe_mark
    sends_probe "$probe_to" "$probe_nexthop" 60
    probe_why=$sends_reason
    case $sends_verdict in yes | no) probe_answered=$sends_verdict ;; esac
  fi
  if [ -z "$probe_file" ]; then "probe_$probe_print"; else check_write probe_metrics "$probe_file" || return 2; fi
  case $probe_answered in yes) ;; no) return 1 ;; *) return 2 ;; esac
}

# read_probe_words [--to ADDRESS] [--json] [--textfile FILE] [--from ADDRESS] [--notify]: what a probe, or a message,
# was called with; without a recipient that of the test delivery. 64: wrong usage.
read_probe_words() {
  probe_nexthop=$(recorded probe)
  probe_to=${probe_nexthop#* } probe_nexthop=${probe_nexthop%% *} probe_print=json probe_file=''
  ! is_terminal || probe_print=text
  while [ $# -gt 0 ]; do
    case "$1 ${2-}" in
    '--json '*) probe_print=json && shift && continue ;;
    '--notify '*) probe_notify=failure && shift && continue ;;
    '--to '[!-]*@*) probe_to=$2 ;;
    '--from '[!-]*@*) probe_from=$2 ;;
    '--textfile '/*) probe_file=$root$2 ;;
    *) return 64 ;;
    esac
    shift 2
  done
}

# probe_mark: from here on the log of the running Postfix is read, in a folder that goes when the tool ends.
probe_mark() {
  local folder=''
  folder=$(mktemp -d "$root/run/postrelay.XXXXXX") || fail 73 "cannot write in $root/run."
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  sends_mark "$folder/log"
}

# probe_impossible TO: prints why a probe would tell nothing, if that is so.
probe_impossible() {
  local busy=''
  case $(live_mark) in
  original) echo 'no postfix-relay configuration is active' ;;
  paused) echo 'mail is paused until a new password is proven' ;;
  *)
    busy=$(other_run)
    if [ -n "$busy" ]; then printf '%s\n' "$busy"
    elif [ -z "$1" ]; then echo 'no address is known for it: give one with --to'; fi
    ;;
  esac
}

# shown_relay: prints who has answered: behind the login proxy, the relay host.
shown_relay() { token_shown "$state/good" "$delivery_relay"; }

# probe_json: the object.
probe_json() {
  json version# 1 answered! "$probe_answered" relay! "$(shown_relay)" dsn! "$delivery_dsn" answer "$delivery_answer" \
    seconds# "$delivery_seconds" why "$probe_why"
}

# probe_metrics: the text format of Prometheus.
probe_metrics() {
  metric probe_success gauge 'Whether the relay host answers a probe (1), does not (0), or unknown (-1).' \
    "$(case $probe_answered in yes) echo 1 ;; no) echo 0 ;; *) echo -1 ;; esac)"
  metric probe_timestamp_seconds gauge 'When the probe was made.' "$(date +%s)"
  [ -z "$delivery_seconds" ] || metric probe_seconds gauge 'How long the relay host took to answer.' "$delivery_seconds"
}

# probe_text: the lines.
probe_text() {
  case $probe_answered in
  yes) tell "Mail leaves: $(shown_relay) answered after $delivery_seconds s: $delivery_answer" ;;
  no) tell "Mail does not leave: $probe_why" ;;
  *) tell "Unknown whether mail leaves: $probe_why" ;;
  esac
  if [ "$probe_answered" = yes ] && [ -n "$probe_why" ]; then tell "But $probe_why"; fi
}
