# check: the verb; says whether the host is as it was proven. It changes nothing but a note of its own in memory, and
# takes no lock.

# check [--format json|prometheus] [--to FILE]: one JSON object, or metrics. Ends with 0 in sync, 1 drift, 2 cannot
# tell.
check() {
  print=check_json file=
  while [ $# -gt 0 ]; do
    case "$1 ${2-}" in
    '--format json') print=check_json ;;
    '--format prometheus') print=check_metrics ;;
    '--to /'*) file=$root$2 ;;
    *) return 64 ;;
    esac
    shift 2
  done
  sync=unknown drift='' why=$(check_unknown)
  if [ -z "$why" ] && as_checked; then
    drift=$(drift_now)
  else
    [ -n "$why" ] || drift=$(drift)
    ask
    [ -n "$why$drift" ] || keep_checked
  fi
  if [ -z "$why$drift" ]; then sync=yes; elif [ -z "$why" ]; then sync=no; fi
  queue_report "$sync"
  last_relayed "$log_name"
  if [ -z "$file" ]; then "$print"; else check_write || return 2; fi
  case $sync in yes) ;; no) return 1 ;; *) return 2 ;; esac
}

# check_write: writes it as a whole, for readers that may come at any time, and in a folder that others may write in.
check_write() {
  new=$(mktemp "${file%/*}/.postfix-relay.XXXXXX") && "$print" >"$new"
  if ! { chmod 644 "$new" && mv -f "$new" "$file"; }; then
    say "cannot write $file"
    rm -f "$new"
    return 73
  fi
}

# check_unknown: why nothing can be said about this host, if that is so.
check_unknown() {
  newer=$(newer_format)
  if [ -n "$newer" ]; then echo "$newer"
  elif run_under_way; then echo "another run works on this host: $(cat "$lock")"; fi
}

# run_under_way: whether a step holds the lock now, as the kernel tells: the question must not hold it.
run_under_way() {
  [ -f "$lock" ] || return 1
  awk -v inode=":$(stat -c %i "$lock")" '
    $2 == "FLOCK" && substr($6, length($6) - length(inode) + 1) == inode { found = 1 }
    END { exit !found }' /proc/locks
}

# check_json: docs/check.schema.json describes it.
check_json() {
  differences='' steps='' id=''
  if [ -n "$drift" ]; then
    differences=$(echo "$drift" | cut -d ' ' -f 2-)
    steps=$(echo "$drift" | cut -d ' ' -f 1 | tr + '\n' | sort -u)
    id=$(drift_id "$drift")
  fi
  json version# 1 sync "$sync" why "$why" live "$label" owner "$(recorded owner)" \
    differences@ "$differences" steps@ "$steps" id "$id" postfixVersion "$version" \
    active# "$active" deferred# "$deferred" hold# "$hold" oldestSeconds# "$oldest" waitsFor "$waits_for" \
    relayed# "${relayed:-0}" relayedAnswer "$relayed_answer"
}

# check_metrics: the text format of Prometheus.
check_metrics() {
  metric in_sync gauge 'Whether the host is as it was proven (1), is not (0), or that cannot be told (-1).' \
    "$(case $sync in yes) echo 1 ;; no) echo 0 ;; *) echo -1 ;; esac)"
  metric differences gauge 'How many things are no longer as they were proven.' \
    "$(printf '%s' "$drift" | grep -c .)"
  metric queue_messages gauge 'Messages in the queue.' "{queue=\"active\"} $active" "{queue=\"deferred\"} $deferred" \
    "{queue=\"hold\"} $hold"
  metric queue_oldest_seconds gauge 'Age of the oldest message in the queue.' "$oldest"
  mark=$(live_mark)
  set --
  for name in original proven held rolled-back; do
    if [ "$name" = "$mark" ]; then set -- "$@" "{state=\"$name\"} 1"; else set -- "$@" "{state=\"$name\"} 0"; fi
  done
  metric configuration_state gauge 'What is live: 1 for the state that it is in.' "$@"
  [ -z "$relayed" ] ||
    metric last_relayed_timestamp_seconds gauge 'When mail last left through the relay.' "$relayed"
}

# metric NAME TYPE HELP SAMPLE...: one metric; a sample is a value, or labels and a value.
metric() {
  printf '# HELP postrelay_%s %s\n# TYPE postrelay_%s %s\n' "$1" "$3" "$1" "$2"
  name=$1
  shift 3
  for sample in "$@"; do
    case $sample in '{'*) echo "postrelay_$name$sample" ;; *) echo "postrelay_$name $sample" ;; esac
  done
}
