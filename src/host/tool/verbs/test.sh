# test: the verb; sends a message now, as any user would, through the Postfix that runs. It takes no lock.

# What became of the message (sent, failed or unknown), why, and the word in its subject.
message_outcome='' message_why='' message_word=''

# send_test [--to ADDRESS] [--from ADDRESS] [--notify] [--json]: some lines for a person on a terminal, else one JSON
# object. 0: the relay host has taken the message, 1: it has not, 2: cannot tell, 64: wrong usage.
send_test() {
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue='' host=''
  read_probe_words "$@" && [ -z "$probe_file" ] || return 64
  message_outcome=unknown
  message_why=$(probe_impossible "$probe_to")
  if [ -z "$message_why" ]; then
    probe_mark
    host=$(live_value myhostname)
    message_send "${probe_from:-root@$host}" "$probe_to" "$probe_nexthop" 60 "$host"
  fi
  "message_$probe_print"
  case $message_outcome in sent) ;; failed) return 1 ;; *) return 2 ;; esac
}

# message_send FROM TO NEXTHOP SECONDS HOST: hands the message in and follows it. Sets: delivery_*
message_send() {
  local refusal='' deadline='' proof_verdict='' proof_reason=''
  message_word=$(message_token)
  if ! refusal=$(message_lines "$1" "$2" "$message_word" "$5" |
    as_any_user sendmail -N "$probe_notify" -i -f "$1" -- "$2" 2>&1); then
    message_outcome=failed message_why=$(sends_why_refused "$refusal")
    return
  fi
  deadline=$(($(now) + $4))
  until [ "$maillog_place" = none ] || message_known "$message_word" "$2" || [ "$(now)" -ge "$deadline" ]; do
    sleep 0.05
  done
  if [ -z "$delivery_status" ] && maillog_elsewhere; then message_known "$message_word" "$2" || :; fi
  if [ "$maillog_place" = none ]; then
    message_why='it was submitted, and this host has no log of Postfix that would show what became of it.'
    return
  fi
  if [ -z "$delivery_status" ]; then
    message_why="it waits in the queue; $(why_silent "$4" "$sends_log")"
    return
  fi
  judge "$3" "$4" "$sends_log"
  message_outcome=$proof_verdict message_why=$proof_reason
}

# message_known TOKEN TO: whether the log has a final answer. Sets: delivery_*
message_known() {
  maillog_read "$sends_log"
  follow "$sends_log" "$1" "$2"
  is_final
}

# message_lines FROM TO TOKEN HOST: prints its text.
message_lines() {
  test_lines "$1" "$2" "$3" "$4" 'Test message' 'This message was sent by "postrelay test"; no answer is needed.'
}

# message_json: the object.
message_json() {
  json version# 1 outcome! "$message_outcome" relay "$(shown_relay)" dsn "$delivery_dsn" queueId "$delivery_id" \
    answer "$delivery_answer" seconds# "$delivery_seconds" why "$message_why" token! "$message_word"
}

# message_text: the lines.
message_text() {
  case $message_outcome in
  sent) tell "Sent: $(shown_relay) took the message after $delivery_seconds s: $delivery_answer" ;;
  failed) tell "Not sent: $message_why" ;;
  *) tell "Unknown whether it was sent: $message_why" ;;
  esac
}
