# What the candidate's own log says of one message. Postfix writes a delivery line in the order of log_adhoc.c: queue
# ID, to, orig_to, relay, fields that come and go, dsn, status; fields that are not known here are passed over.

# How Postfix writes an address there: whoever chooses one cannot end it and go on with words of his own.
log_address='("([^"\\]|\\.)*"|[^" ,>]*)(@[^ ,>]*)?'

# follow LOG TOKEN [TO] [SKIP]: the newest delivery to TO of the message whose Message-ID begins with TOKEN, through
# aliases. A message whose Message-ID was rewritten is the first one that was picked up after SKIP others. The status is
# empty as long as nothing is known; besides Postfix's words it may be fatal, or withheld (by a header check or milter).
# Sets: delivery_*
follow() { read_log "$1" '' "$2" "${3-}" "${4:-0}"; }

# follow_id LOG QUEUEID [TO]: the same for a message whose queue ID is known. Sets: delivery_*
follow_id() { read_log "$1" "$2" '' "${3-}" 0; }

# read_log LOG QUEUEID TOKEN TO SKIP: does that. A delivery line is read from its fixed parts, up to the first status
# behind the recipient; the rest is the answer, whatever is in it.
# Sets: delivery_id delivery_line delivery_recipient delivery_relay delivery_dsn delivery_status delivery_seconds
# delivery_answer delivery_clue
read_log() {
  local log="$1"
  [ -f "$log" ] || log=/dev/null
  set -- "$(WANT=$2 TOKEN=$3 TO=$4 SKIP=$5 ADDRESS=$log_address awk '
    # end(TEXT): where the address at its beginning ends, 0: it has no other form.
    function end(s) { return match(s, address) ? RLENGTH - 2 : 0 }
    # delivery(TEXT): takes a delivery line apart; what is known of the recipient tells where it ends.
    function delivery(s,   at, field) {
      split("", part)
      if (!match(s, /^[0-9A-Za-z]+: to=</)) return 0
      s = substr(s, RLENGTH + 1)
      at = length(to) + 1
      if (to == "" || tolower(substr(s, 1, at + 1)) != to ">,") at = end(s)
      if (!at) return 0
      part["to"] = substr(s, 1, at - 1)
      s = substr(s, at + 3)
      if (sub(/^orig_to=</, "", s)) {
        if (!(at = end(s))) return 0
        part["orig_to"] = substr(s, 1, at - 1)
        s = substr(s, at + 3)
      }
      while (s !~ /^status=/ && match(s, /^[a-z_]+=[^,]*, /)) {
        field = substr(s, 1, RLENGTH - 2)
        s = substr(s, RLENGTH + 1)
        at = index(field, "=")
        part[substr(field, 1, at - 1)] = substr(field, at + 1)
      }
      if (!match(s, /^status=[A-Za-z]+ \(/)) return 0
      part["status"] = substr(s, 8, RLENGTH - 9)
      part["answer"] = substr(s, RLENGTH + 1)
      sub(/\)$/, "", part["answer"])
      return 1
    }
    BEGIN { to = tolower(ENVIRON["TO"]); token = ENVIRON["TOKEN"]; skip = ENVIRON["SKIP"] + 0; root = ENVIRON["WANT"] }
    BEGIN { address = "^" ENVIRON["ADDRESS"] ">, " }
    !(at = index($0, "]: ")) { next }
    {
      process = substr($0, 1, at)
      sub(/^.* /, "", process)
      text = substr($0, at + 3)
      shown = process ": " text
      id = daemon = ""
      if (match(text, /^[0-9A-Za-z]+: /)) id = substr(text, 1, RLENGTH - 2)
      if (match(process, /[a-z-]+\[[0-9]+\]$/)) daemon = substr(process, RSTART)
      sub(/\[.*/, "", daemon)
    }
    root == "" && token != "" && index(text, ": message-id=<" token "@") { root = id }
    daemon == "pickup" && / uid=[0-9]+ from=</ {
      if (picked++ == skip) first = id
      if (id == root) broken = last = ""
    }
    delivery(text) {
      if (daemon == "cleanup" && id in withheld) next
      of[++count] = id
      asked[count] = to == "" || tolower(part["to"]) == to || tolower(part["orig_to"]) == to
      says[count] = shown "\n" part["to"] "\n" part["relay"] "\n" part["dsn"] "\n" part["status"] "\n" \
        part["delay"] "\n" part["answer"] "\n" clue[process]
      answer = part["answer"]
      if (sub(/^forwarded as /, "", answer)) as[count] = answer # a relay host answers with a number first
      delete clue[process]
      next
    }
    daemon == "cleanup" && text ~ /^[0-9A-Za-z]+: (discard|reject|hold|milter-[a-z]+): / { withheld[id] = shown }
    text ~ /^(fatal|panic): / && daemon ~ /^(master|qmgr|cleanup|pickup|trivial-rewrite|tlsmgr|smtp|bounce|proxymap)$/ {
      broken = shown
    }
    daemon != "smtp" || / TLS connection (established|reused)/ { next }
    /: (warning|error): |certificate verification failed|SSL_connect error|SASL authentication failed/ ||
      /connect to |lost connection|timed out| said: | to talk to me: / { clue[process] = last = shown }
    END {
      id = root == "" ? first : root
      for (hops = 0; hops < 10; hops++) {
        for (n = count; n > 0; n--) if (of[n] == id && (hops || asked[n])) break
        if (n < 1 || as[n] == "") break
        id = as[n]
      }
      found = "\n\n\n\n\n\n\n" last
      if (broken != "") found = broken "\n\n\n\nfatal\n\n\n"
      if (id in withheld) found = withheld[id] "\n\n\n\nwithheld\n\n\n"
      if (n > 0) found = says[n]
      print id "\n" found "\n."
    }' <"$log")"
  {
    IFS= read -r delivery_id && IFS= read -r delivery_line && IFS= read -r delivery_recipient
    IFS= read -r delivery_relay && IFS= read -r delivery_dsn && IFS= read -r delivery_status
    IFS= read -r delivery_seconds && IFS= read -r delivery_answer && IFS= read -r delivery_clue
  } <<READ || :
$1
READ
}
