# check: the verb; says whether the host is as it was proven. It changes nothing but a note of its own in memory, and
# takes no lock.

# What this check has found: whether the host is in sync (yes, no or unknown), why that is unknown, the drift that steps
# of pulumi repair, and what they do not.
check_sync='' check_why='' check_drift='' check_told=''

# check [--json] [--format json|prometheus] [--to FILE]: some lines for a person on a terminal, else one JSON object; or
# metrics. 0: in sync, 1: drift, 2: cannot tell, 64: wrong usage.
check() {
  local print='' file='' files=''
  local queue_active='' queue_deferred='' queue_hold='' queue_oldest='' queue_reason=''
  local relayed_at='' relayed_answer='' relayed_lost='' relayed_kept='' relayed_keeper='' relayed_lost_why=''
  local facts_label='' facts_version='' facts_user='' facts_log_name='' facts_log_file=''
  while [ $# -gt 0 ]; do
    case "$1 ${2-}" in
    '--json '*) print=check_json && shift && continue ;;
    '--format json') print=check_json ;;
    '--format prometheus') print=check_metrics ;;
    '--to /'*) file=$root$2 ;;
    *) return 64 ;;
    esac
    shift 2
  done
  if [ -z "$print" ] && [ -z "$file" ] && is_terminal; then print=check_text; fi
  check_why=$(check_unknown)
  [ -n "$check_why" ] || files=$(fingerprint)
  if [ -z "$check_why" ] && is_as_checked "$files"; then
    check_drift=$(list_live_drift)
  else
    [ -n "$check_why" ] || check_drift=$(list_drift)
    read_facts
    [ -n "$check_why$check_drift" ] || keep_fingerprint "$files"
  fi
  check_sync=no
  if [ -n "$check_why" ]; then check_sync=unknown; elif [ -z "$check_drift" ]; then check_sync=yes; fi
  read_queue "$check_sync"
  read_newest_log "$facts_user" "$facts_log_name" "$facts_log_file"
  check_told=$([ -z "$check_drift" ] || printf '%s\n' "$check_drift" | sed -n 's/^- //p'; list_told)
  [ -z "$check_drift" ] || check_drift=$(printf '%s\n' "$check_drift" | sed '/^- /d')
  if [ -z "$file" ]; then "${print:-check_json}"; else check_write "${print:-check_json}" "$file" || return 2; fi
  case $check_sync in yes) ;; no) return 1 ;; *) return 2 ;; esac
}

# check_write COMMAND FILE: writes what it prints as a whole, for readers that may come at any time, and in a folder
# that others may own or write in. 73: it cannot be written.
check_write() {
  local failure='' monitoring_owner='' text=''
  text=$("$1")
  read_folder_owner "${2%/*}" &&
    printf '%s\n' "$text" | run_as_owner "${2%/*}" sh -c "$monitoring_put" sh "$2" && return
  say "cannot write $2${failure:+: $failure}"
  return 73
}

# check_unknown: prints why nothing can be said about this host, if that is so.
check_unknown() {
  local newer=''
  newer=$(newer_format)
  if [ -n "$newer" ]; then printf '%s\n' "$newer"; else other_run; fi
}

# other_run: prints that another run works on this host, if one does.
other_run() { ! run_under_way || printf '%s\n' "another run works on this host: $(cat "$lock")"; }

# run_under_way: whether a step holds the lock now. The question holds it, shared, for a moment, and a step that begins
# waits for that. /proc/locks does not tell: in a container it leaves out a lock whose taker, `flock`, has ended.
run_under_way() {
  [ -f "$lock" ] || return 1
  ! flock -s -n 9 9<"$lock"
}

# check_json: docs/check.schema.json describes it.
check_json() {
  local differences='' steps='' id=''
  if [ -n "$check_drift" ]; then
    differences=$(printf '%s\n' "$check_drift" | cut -d ' ' -f 2-)
    steps=$(printf '%s\n' "$check_drift" | cut -d ' ' -f 1 | tr + '\n' | sort -u)
    id=$(drift_id "$check_drift")
  fi
  json version# 1 sync! "$check_sync" why "$check_why" live! "$facts_label" owner! "$(recorded owner)" \
    differences@ "$differences" told@ "$check_told" steps!@ "$steps" id! "$id" seen "$(recorded seen)" \
    postfixVersion! "$facts_version" active# "$queue_active" deferred# "$queue_deferred" hold# "$queue_hold" \
    oldestSeconds# "$queue_oldest" waitsFor "$queue_reason" relayed# "${relayed_at:-0}" \
    relayedAnswer "$relayed_answer"
}

# check_text: what a person wants to know first: whether all is well, what is not, and whether mail leaves.
check_text() {
  local waiting=$((queue_active + queue_deferred + queue_hold)) queue='empty' last='not known'
  case $check_sync in
  yes) tell 'In sync: this host matches what was proven.' ;;
  no) tell "$(check_headline)" ;;
  *) tell "Unknown whether this host matches what was proven: $check_why" ;;
  esac
  [ -z "$check_drift" ] || tell "$(printf '%s\n' "$check_drift" | cut -d ' ' -f 2- | sed 's/^/  /')"
  [ -z "$check_told" ] || tell "'pulumi up' does not repair this:" "$(printf '%s\n' "$check_told" | sed 's/^/  /')"
  [ "$waiting" = 0 ] || queue="$queue_active active, $queue_deferred deferred, $queue_hold on hold; the oldest for \
$(age "$queue_oldest")${queue_reason:+, waiting for: $queue_reason}"
  [ -z "$relayed_at" ] || last="$(date -d "@$relayed_at" '+%Y-%m-%d %H:%M:%S %z'): $relayed_answer"
  tell "Managed by    $(recorded owner)" "Live          $(live_words "$facts_label")" \
    "Queue         $queue" "Last relayed  $last"
}

# check_headline: prints what drift means.
check_headline() {
  if [ -z "$check_drift" ]; then echo 'Drift: this host no longer matches what was proven.'
  elif [ "$(live_mark)" = original ]; then echo "Nothing was proven on this host; 'pulumi up' tries it again:"
  else echo "Drift: this host no longer matches what was proven; 'pulumi up' repairs it:"; fi
}
