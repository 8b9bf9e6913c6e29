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

# read_newest_log NAME: when mail last left by the relay, and with which answer, as far as the newest lines of the log,
# where Postfix has that name, tell; at least the test message. And reports of undelivered mail that could not be
# delivered themselves: Postfix drops these, or keeps them in a mailbox. Sets: relayed_at (seconds since 1970, or
# nothing) relayed_answer relayed_lost relayed_kept (how many) relayed_keeper (whose mailbox) relayed_lost_why
read_newest_log() {
  local in_journal='' in_file='' sent='' name="${1:-postfix}" kernel_line=''
  in_journal=$(journalctl -q -r -n 300 -o short-unix SYSLOG_IDENTIFIER="$name/smtp" SYSLOG_IDENTIFIER="$name/bounce" \
    SYSLOG_IDENTIFIER="$name/local" 2>/dev/null | log_figures first)
  [ ! -e "$root/var/log/mail.log" ] || in_file=$(tail -q -n 300 "$root/var/log/mail.log" 2>/dev/null | log_figures last)
  read_line "$state/proven"
  relayed_at=${kernel_line%% *} relayed_answer=${kernel_line#* * }
  sent=$(newest_sent "${in_journal%%"$newline"*}" "${in_file%%"$newline"*}")
  if [ -n "$sent" ]; then
    relayed_at=${sent%% *}
    relayed_at=${relayed_at%.*}
    case $sent in
    *' status=sent ('*')') relayed_answer=${sent##* status=sent (} relayed_answer=${relayed_answer%)} ;;
    *) relayed_answer=$sent ;;
    esac
  fi
  relayed_lost=0 relayed_kept=0 relayed_keeper='' relayed_lost_why=''
  case $in_journal$in_file in *"$newline"*) ;; *) return ;; esac
  read -r relayed_lost relayed_kept relayed_keeper relayed_lost_why <<FIGURES
$(printf '%s\n' "$in_journal" "$in_file" | log_lost)
FIGURES
}

# log_figures first|last: prints of lines on stdin the newest one, which is the first or the last of them, of an SMTP
# client about a message that was taken, or an empty line; then of each report that was refused "lost ID WHY", or "kept
# ID USER WHY" where a copy is in that mailbox. One whose copy has left is not lost. An alias makes a new message of
# one.
log_figures() {
  awk -v newest="$1" '
    / status=sent \(/ && / [^ ]*\/smtp\[/ && !/ relay=127\.0\.0\.1/ { if (newest == "last" || sent == "") sent = $0 }
    / sender (non-delivery|delay|delivery status) notification: [0-9A-Za-z]+$/ { report[$NF] }
    !match($0, /\]: [0-9A-Za-z]+: /) { next }
    { id = substr($0, RSTART + 3, RLENGTH - 5) }
    / postmaster non-delivery notification: [0-9A-Za-z]+$/ { copy[id] = $NF }
    match($0, / status=sent \(forwarded as [0-9A-Za-z]+/) {
      next_id = substr($0, RSTART + 27, RLENGTH - 27)
      before[next_id] = id; after[id] = next_id
      next
    }
    / status=sent \(/ {
      user = / relay=local,/ && match($0, /: to=<[^@>]*/) ? substr($0, RSTART + 6, RLENGTH - 6) : ""
      gsub(/[^A-Za-z0-9._-]/, "", user)
      if (taken[id] == "") taken[id] = "taken " user
    }
    / status=bounced \(/ { why[id] = substr($0, index($0, " status=bounced (") + 17) }
    END {
      print sent
      for (id in why) {
        first = id
        for (i = 0; i < 9 && first in before; i++) first = before[first]
        if (!(first in report)) continue
        gsub(/<[^>]*>|[^ <>"(),:;]+@[^ <>"(),:;]+/, "(address)", why[id])
        sub(/\)$/, "", why[id])
        last = copy[id]
        for (i = 0; i < 9 && last in after; i++) last = after[last]
        user = taken[last]
        if (user == "") print "lost", id, why[id]
        else if (user != "taken ") print "kept", id, substr(user, 7), why[id]
      }
    }'
}

# log_lost: prints "LOST KEPT USER WHY" of the reports that log_figures has found in both logs, where one may have less
# of a report than the other. Nobody is `-`.
log_lost() {
  awk '
    $1 == "lost" { lost[$2]; why = substr($0, length($1 $2) + 3) }
    $1 == "kept" { kept[$2]; user = $3; why = substr($0, length($1 $2 $3) + 4) }
    END {
      for (id in kept) all++
      for (id in lost) if (!(id in kept)) gone++
      print gone + 0, all + 0, user == "" ? "-" : user, why
    }'
}

# newest_sent LINE LINE: prints the newer one of a line of the journal and one of mail.log, with its time in seconds
# before.
newest_sent() {
  local in_file="$2"
  [ -z "$in_file" ] || in_file=$(dated "$in_file")
  if [ -n "$1" ] && [ -n "$in_file" ]; then printf '%s\n' "$1" "$in_file" | sort -n | tail -n 1
  else printf '%s\n' "$1$in_file"; fi
}

# dated LINE: prints a line of mail.log with its time as seconds since 1970.
dated() {
  case $1 in
  20*T*) printf '%s %s\n' "$(date -d "${1%% *}" +%s)" "${1#* }" ;;
  *) printf '%s %s\n' "$(date -d "$(printf %.15s "$1")" +%s)" "$1" ;;
  esac
}
