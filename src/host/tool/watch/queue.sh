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
# mail that could not be delivered themselves: Postfix drops these, or keeps them in a mailbox. Sets: relayed_at
# (seconds since 1970, or nothing) relayed_answer relayed_lost relayed_kept (how many) relayed_keeper (whose mailbox)
# relayed_lost_why
read_newest_log() {
  local figures='' name="${2:-postfix}" when='' answer='' kernel_line=''
  maillog_use "$1" "$3"
  if [ "$maillog_place" = journal ]; then
    figures=$(maillog_journal -r -n 300 -o short-unix SYSLOG_IDENTIFIER="$name/smtp" \
      SYSLOG_IDENTIFIER="$name/bounce" SYSLOG_IDENTIFIER="$name/local" | log_figures first)
    case $figures in '' | "$newline$newline"0*) maillog_fall_back ;; esac
  fi
  case $maillog_place in file | open) figures=$(tail -q -n 300 "$maillog_file" 2>/dev/null | log_figures last) ;; esac
  relayed_lost=0 relayed_kept=0 relayed_keeper=- relayed_lost_why=''
  {
    IFS= read -r when
    IFS= read -r answer
    read -r relayed_lost relayed_kept relayed_keeper relayed_lost_why
  } <<FIGURES
${figures:-$newline${newline}0 0 -}
FIGURES
  read_line "$state/proven"
  case $when in
  '') relayed_at=${kernel_line%% *} answer=${kernel_line#* * } ;;
  *[!0-9.]*) relayed_at=$(date -d "$when" +%s) ;; # a file has dates
  *) relayed_at=${when%.*} ;;
  esac
  relayed_answer=$answer
}

# log_figures first|last: prints of lines on stdin when the newest one was logged, which is the first or the last of
# them, of an SMTP client about a message that was taken, or an empty line; its answer; then "LOST KEPT USER WHY" of the
# reports that were refused: how many are gone, and how many have a copy in the mailbox of that user (nobody is `-`).
# One whose copy has left is neither. An alias makes a new message of one. Whoever chooses an address writes no part of
# such a line but that.
log_figures() {
  NEWEST=$1 ADDRESS=$log_address awk '
    BEGIN {
      newest = ENVIRON["NEWEST"]
      address = "<" ENVIRON["ADDRESS"] ">, "
      start = "^[^]]*/[a-z]+\\[[0-9]+\\]: [0-9A-Za-z]+: "
      # The first status counts, since the answer may say anything: no other field begins with an s.
      status = "([a-rt-z_][a-z_]*=[^,]*, )*status="
      delivery = start "to=" address "(orig_to=" address ")?relay=[^,]+, " status "(sent|bounced) \\("
      here = ", relay=127\\.0\\.0\\.1[^,]*, " status "sent \\($"
      notice = start "(sender (non-delivery|delay|delivery status)|postmaster non-delivery) notification: [0-9A-Za-z]+$"
    }
    match($0, delivery) {
      head = substr($0, 1, RLENGTH)
      answer = substr($0, RLENGTH + 1)
      sub(/\)$/, "", answer)
      is_local = head ~ /^[^]]*\/local\[/
      id = id_of(head)
      if (head ~ /bounced \($/) why[id] = answer
      else if (is_local && answer ~ /^forwarded as [0-9A-Za-z]+$/) {
        sub(/.* /, "", answer)
        before[answer] = id; after[id] = answer
      } else if (!(id in taken)) taken[id] = is_local ? user_of(head) : ""
      if (head ~ /^[^]]*\/smtp\[/ && head ~ /sent \($/ && head !~ here && (newest == "last" || when == "")) {
        when = $1 ~ /^([0-9.]+|20[^ ]*T[^ ]*)$/ ? $1 : substr($0, 1, 15)
        says = answer
      }
      next
    }
    $0 ~ notice { if (/ postmaster non-delivery notification: [^ ]+$/) copy[id_of($0)] = $NF; else report[$NF] }
    END {
      for (id in why) {
        if (!(first_of(id) in report)) continue
        last = copy[id]
        for (i = 0; i < 9 && last in after; i++) last = after[last]
        if (!(last in taken)) lost++
        else if (taken[last] == "") continue
        else { kept++; user = taken[last] }
        reason = why[id]
      }
      gsub(/<[^>]*>|[^ <>"(),:;]+@[^ <>"(),:;]+/, "(address)", reason)
      print when "\n" says "\n" lost + 0, kept + 0, user == "" ? "-" : user, reason
    }
    function id_of(line) {
      match(line, /\]: [0-9A-Za-z]+: /)
      return substr(line, RSTART + 3, RLENGTH - 5)
    }
    function user_of(line) {
      match(line, /: to=<[^@>]*/)
      line = substr(line, RSTART + 6, RLENGTH - 6)
      gsub(/[^A-Za-z0-9._-]/, "", line)
      return line
    }
    function first_of(id, i) {
      for (i = 0; i < 9 && id in before; i++) id = before[id]
      return id
    }'
}

# age SECONDS: prints that time as a person says it.
age() {
  if [ "$1" -lt 120 ]; then printf '%s s\n' "$1"
  elif [ "$1" -lt 7200 ]; then printf '%s min\n' "$(($1 / 60))"
  elif [ "$1" -lt 172800 ]; then printf '%s h\n' "$(($1 / 3600))"
  else printf '%s days\n' "$(($1 / 86400))"; fi
}
