# queue: what waits, since when and why, when mail last left, and what was lost. Nothing here changes the host.

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

# read_newest_log USER NAME FILE: when mail last left by the relay, and with which answer, as far as the newest lines of
# the log tell, which Postfix writes as maillog_settings says; at least the test message. And reports of undelivered
# mail that could not be delivered themselves: Postfix drops these. Sets: relayed_at (seconds since 1970, or nothing)
# relayed_answer relayed_lost (how many) relayed_lost_why
read_newest_log() {
  local figures='' lost='' name="${2:-postfix}" when='' answer='' kernel_line=''
  maillog_use "$1" "$3"
  if [ "$maillog_place" = journal ]; then
    figures=$(maillog_journal -r -n 300 -o short-unix SYSLOG_IDENTIFIER="$name/smtp" \
      SYSLOG_IDENTIFIER="$name/bounce" | log_figures first)
    [ -n "$figures" ] || maillog_fall_back
  fi
  case $maillog_place in file | open) figures=$(tail -q -n 300 "$maillog_file" 2>/dev/null | log_figures last) ;; esac
  {
    IFS= read -r when
    IFS= read -r answer
    lost=$(cat)
  } <<FIGURES
$figures
FIGURES
  read_line "$state/proven"
  case $when in
  '') relayed_at=${kernel_line%% *} answer=${kernel_line#* * } ;;
  *[!0-9.]*) relayed_at=$(date -d "$when" +%s) ;; # a file has dates
  *) relayed_at=${when%.*} ;;
  esac
  relayed_answer=$answer relayed_lost=0 relayed_lost_why=''
  [ -n "$lost" ] || return 0
  relayed_lost=$(printf '%s\n' "$lost" | grep -c .)
  relayed_lost_why=${lost%%"$newline"*} relayed_lost_why=${relayed_lost_why#* * }
}

# log_figures first|last: prints of lines on stdin when the newest one was logged, which is the first or the last of
# them, of an SMTP client about a message that was taken, or an empty line; its answer; then "lost ID WHY" of each
# report that was refused. Whoever chooses an address writes no part of such a line but that.
log_figures() {
  NEWEST=$1 ADDRESS=$log_address awk '
    BEGIN {
      newest = ENVIRON["NEWEST"]
      address = "<" ENVIRON["ADDRESS"] ">, "
      start = "^[^]]*/[a-z]+\\[[0-9]+\\]: [0-9A-Za-z]+: "
      delivery = start "to=" address "(orig_to=" address ")?relay=[^,]+, ([a-z_]+=[^,]*, )*status=(sent|bounced) \\("
      notice = start "sender (non-delivery|delay|delivery status) notification: [0-9A-Za-z]+$"
    }
    match($0, delivery) {
      head = substr($0, 1, RLENGTH)
      answer = substr($0, RLENGTH + 1)
      sub(/\)$/, "", answer)
      if (head ~ /bounced \($/) {
        match(head, /\]: [0-9A-Za-z]+: /)
        why[substr(head, RSTART + 3, RLENGTH - 5)] = answer
      } else if (head ~ /^[^]]*\/smtp\[/ && head !~ /, relay=127\.0\.0\.1[^,]*, ([a-z_]+=[^,]*, )*status=sent \($/) {
        if (newest == "first" && when != "") next
        when = $1 ~ /^([0-9.]+|20[^ ]*T[^ ]*)$/ ? $1 : substr($0, 1, 15)
        says = answer
      }
      next
    }
    $0 ~ notice { report[$NF] }
    END {
      print when "\n" says
      for (id in why) if (id in report) {
        gsub(/<[^>]*>|[^ <>"(),:;]+@[^ <>"(),:;]+/, "(address)", why[id])
        print "lost", id, why[id]
      }
    }'
}
