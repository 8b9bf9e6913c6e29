# queue: what waits, since when and why, and when mail last left. Nothing here changes the host.

# read_queue SYNC: looks at the queue. Sets: queue_active queue_deferred queue_hold queue_oldest (seconds) queue_reason
read_queue() {
  local figures=''
  queue_active=0 queue_deferred=0 queue_hold=0 queue_oldest=0 queue_reason=''
  if ! postfix_installed || [ ! -e "$etc/main.cf" ]; then return; fi
  # The main.cf that was proven has its queue there; another one may not.
  if [ "$1" = yes ] && queue_is_empty; then return; fi
  figures=$(timeout 2 postqueue -j 2>/dev/null | queue_figures)
  [ -n "$figures" ] || return 0
  queue_reason=${figures#* * * * }
  # shellcheck disable=SC2086 # numbers
  set -- $figures
  queue_active=$1 queue_deferred=$2 queue_hold=$3 queue_oldest=$4
}

# queue_is_empty: whether no file is where postqueue looks for messages; false too where that cannot be told.
queue_is_empty() {
  local message=''
  message=$(cd "$spool" && find maildrop incoming active deferred hold -type f -print -quit 2>/dev/null) &&
    [ -z "$message" ]
}

# queue_figures: prints "ACTIVE DEFERRED HOLD SECONDS REASON" from what postqueue -j prints: the most frequent reason,
# without addresses. A message that was handed in and not yet looked at counts as active.
queue_figures() {
  awk -v now="$(date +%s)" '
    {
      name = $0; sub(/.*"queue_name": "/, "", name); sub(/".*/, "", name)
      count[name == "deferred" || name == "hold" ? name : "active"]++
      arrived = $0; sub(/.*"arrival_time": /, "", arrived); arrived = arrived + 0
      if (arrived && (!first || arrived < first)) first = arrived
      while (match($0, /"delay_reason": "([^"\\]|\\.)*"/)) {
        reasons[substr($0, RSTART + 17, RLENGTH - 18)]++
        $0 = substr($0, RSTART + RLENGTH)
      }
    }
    END {
      for (reason in reasons) if (reasons[reason] > most) { most = reasons[reason]; why = reason }
      gsub(/<[^>]*>|[^ <>"(),:;]+@[^ <>"(),:;]+/, "(address)", why)
      gsub(/\\"/, "\"", why); gsub(/\\\\/, "\\", why)
      print count["active"] + 0, count["deferred"] + 0, count["hold"] + 0, first ? now - first : 0, why
    }'
}

# read_last_relayed NAME: when mail last left by the relay, and with which answer, as far as the newest lines of the
# log, where Postfix has that name, tell; at least the test message. Sets: relayed_at (seconds since 1970, or nothing)
# relayed_answer
read_last_relayed() {
  local line=''
  relayed_at=$(proof_field 1) relayed_answer=$(proof_field 3-)
  line=$(newest_sent "$1")
  [ -n "$line" ] || return 0
  relayed_at=${line%% *}
  relayed_at=${relayed_at%.*}
  case $line in
  *' status=sent ('*')') relayed_answer=${line##* status=sent (} relayed_answer=${relayed_answer%)} ;;
  *) relayed_answer=$line ;;
  esac
}

# newest_sent NAME: prints the newest line of an SMTP client about a message that was taken, with its time in seconds
# before.
newest_sent() {
  local in_journal='' in_file=''
  in_journal=$(journalctl -q -r -n 300 -o short-unix SYSLOG_IDENTIFIER="${1:-postfix}/smtp" 2>/dev/null |
    awk "$was_taken"' { print; exit }')
  [ ! -e "$root/var/log/mail.log" ] ||
    in_file=$(tail -q -n 300 "$root/var/log/mail.log" 2>/dev/null |
      awk '/\/smtp\[/ && '"$was_taken"' { line = $0 } END { print line }')
  [ -z "$in_file" ] || in_file=$(dated "$in_file")
  if [ -n "$in_journal" ] && [ -n "$in_file" ]; then printf '%s\n' "$in_journal" "$in_file" | sort -n | tail -n 1
  else printf '%s\n' "$in_journal$in_file"; fi
}
was_taken='/ status=sent \(/ && !/ relay=127\.0\.0\.1/'

# dated LINE: prints a line of mail.log with its time as seconds since 1970.
dated() {
  case $1 in
  20*T*) printf '%s %s\n' "$(date -d "${1%% *}" +%s)" "${1#* }" ;;
  *) printf '%s %s\n' "$(date -d "$(printf %.15s "$1")" +%s)" "$1" ;;
  esac
}
