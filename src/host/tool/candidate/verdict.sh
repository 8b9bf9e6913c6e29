# What the answer to a probe of the running Postfix means, and what its silence does.

# sends_judge NEXTHOP: what the answer to the probe means. 1: the relay host is busy now, and has refused to talk or to
# log in: another message may tell. Sets: sends_verdict sends_reason
sends_judge() {
  local who=''
  sends_verdict=yes sends_reason=''
  who=$(answered_by "$1")
  case $delivery_status,$who,$delivery_answer in
  deliverable,relay,* | sent,relay,*) ;;
  deliverable,* | sent,*)
    sends_reason=$(reason "$delivery_relay has answered the probe, and not the relay host $1." "$delivery_line")
    ;;
  *,'host '*' said: 5'*' (in reply to '*)
    sends_reason=$(reason "the relay refuses the empty sender, which reports of failed deliveries (bounces) have: such \
a report to an address outside of this host does not arrive, and $(reports_end)." "$delivery_line")
    ;;
  *,'host '*' said: '*' (in reply to '*) sends_reason=$(reason 'the relay answers for now.' "$delivery_line") ;;
  *'Account is temporarily unavailable'* | *'lost connection with 127.86.1.'*) sends_judge_proxy || return ;;
  *' refused to talk to me: 4'* | *'SASL authentication failed; server '*' said: 4'* | *' while sending '*)
    sends_verdict=unclear sends_reason=$(reason "$(why_failed)" "$delivery_line")
    return 1
    ;;
  withheld,*) sends_verdict=unclear sends_reason=$(reason "$(why_failed)" "$delivery_line") ;;
  *) sends_verdict=no sends_reason=$(reason "$(why_failed)" "$delivery_line" "$delivery_clue") ;;
  esac
}

# sends_judge_proxy: the same of an answer of the login proxy: its log tells whether waiting may help. 1: it may.
# Sets: sends_verdict sends_reason
sends_judge_proxy() {
  sends_verdict=no sends_reason=$(reason "$(why_failed)" "$delivery_line")
  case $(explain_line "$(delivery_reason)") in wait*) ;; *) return 0 ;; esac
  sends_verdict=unclear
  return 1
}

# reports_end: prints what becomes of a report that the relay refuses.
reports_end() {
  local keeper=''
  keeper=$(live_value 2bounce_notice_recipient)
  case $(live_value notify_classes) in
  *bounce*) printf '%s\n' "goes to $keeper instead: the mailbox of that user on this host" ;;
  *) echo 'is lost' ;;
  esac
}

# sends_other NEXTHOP IDS: whether the relay host has answered one of these messages. Sets: delivery_*
sends_other() {
  local id=''
  for id in $2; do
    follow_id "$sends_log" "$id"
    [ "$(answered_by "$1")" != relay ] || return 0
  done
  return 1
}

# sends_stuck ID PICKED BROKEN: whether Postfix does not take up what was handed in, or a process of it died.
# Sets: sends_reason
sends_stuck() {
  local delivery_id='' delivery_clue=''
  if [ -n "$3" ]; then
    sends_reason=$(reason "a process of the running Postfix has died: $(advise "$3")" "$3")
  elif [ -z "$1" ] && [ "$2" = 0 ]; then
    sends_reason="the running Postfix has not picked up a message within 10 seconds.$newline\
$(why_silent 10 "$sends_log" | tail -n +2)"
  else return 1; fi
}

# sends_alone: whether nothing else waits in the queue that could tell more.
sends_alone() { [ "$(queue_length)" -le 1 ]; }

# sends_give_up SECONDS: what to say when the time is over. Sets: sends_verdict sends_reason
sends_give_up() {
  sends_verdict=unclear
  [ -z "$sends_reason" ] || return 0
  sends_reason="the probe waits in the queue, and the relay host had not answered another message within $1 seconds: \
see 'postqueue -p' on the host."
  if ! sends_alone || has_pauses; then return; fi
  sends_verdict=no sends_reason="the relay host had not answered within $1 seconds, and nothing else is in the queue."
}

# has_pauses: whether Postfix waits between two messages.
has_pauses() { postconf -xh default_destination_rate_delay smtp_destination_rate_delay 2>/dev/null | grep -qv '^0'; }
