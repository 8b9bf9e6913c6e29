# queue: the verb; the messages that wait, and why. It changes nothing, and takes no lock.

# queue [--json]: some lines for a person on a terminal, else one JSON object. 64: wrong usage, 69: no Postfix is here.
queue() {
  local print=list_json messages='' queue_active='' queue_deferred='' queue_hold='' queue_oldest='' queue_reason=''
  case $# in 0) ! is_terminal || print=list_text ;; *) [ "$*" = --json ] || return 64 ;; esac
  if ! postfix_installed || ! in_etc main.cf; then fail 69 'there is no Postfix on this host.'; fi
  read_queue no
  messages=$(list_messages)
  "$print" "$messages"
}

# list_messages: prints a line for each of the first 100 messages, the oldest first: "ID QUEUE SECONDS BYTES FROM TO
# REASON". A blank in an address is a question mark; of many recipients the first three are there.
list_messages() {
  timeout 20 postqueue -j 2>/dev/null | awk -v now="$(date +%s)" '
    function plain(s) { gsub(/\\"/, "\"", s); gsub(/\\\\/, "\\", s); return s }
    function address(s) { s = plain(s); gsub(/ /, "?", s); return s == "" || s == "MAILER-DAEMON" ? "<>" : s }
    function value(name) {
      if (!match($0, "\"" name "\": (\"([^\"\\\\]|\\\\.)*\"|[0-9]+)")) return ""
      s = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4)
      if (s ~ /^"/) s = substr(s, 2, length(s) - 2)
      return s
    }
    {
      name = value("queue_name")
      if (name != "deferred" && name != "hold") name = "active"
      arrived = value("arrival_time") + 0
      line = value("queue_id") " " name " " now - arrived " " value("message_size") + 0 " " address(value("sender"))
      to = why = ""
      count = 0
      while (match($0, /"address": "([^"\\]|\\.)*"/)) {
        if (++count <= 3) to = to (count > 1 ? "," : "") address(substr($0, RSTART + 12, RLENGTH - 13))
        $0 = substr($0, RSTART + RLENGTH)
        if (why == "" && match($0, /^, "delay_reason": "([^"\\]|\\.)*"/)) why = plain(substr($0, 20, RLENGTH - 20))
      }
      if (count > 3) to = to ",+" count - 3
      print arrived, line, (to == "" ? "-" : to) (why == "" ? "" : " " why)
    }' | sort -n | cut -d ' ' -f 2- | head -n 100
}

# list_json MESSAGES: the object.
list_json() {
  json version# 1 active# "$queue_active" deferred# "$queue_deferred" hold# "$queue_hold" \
    oldestSeconds# "$queue_oldest" messages@ "$1"
}

# list_text MESSAGES: the lines.
list_text() {
  local all=$((queue_active + queue_deferred + queue_hold))
  tell "Queue: $queue_active active, $queue_deferred deferred, $queue_hold on hold."
  [ -z "$1" ] || tell "$(printf '%s\n' "$1" | awk '
    {
      age = $3 < 120 ? $3 " s" : $3 < 7200 ? int($3 / 60) " min" : int($3 / 3600) " h"
      print $1 "  " $2 " for " age "  " $5 " -> " $6 "  (" $4 " bytes)"
      if (NF < 7) next
      for (field = 0; field < 6; field++) sub(/^[^ ]+ /, "")
      print "    " $0
    }')"
  [ "$all" -le 100 ] || tell "These are the oldest 100 of $all messages."
}
