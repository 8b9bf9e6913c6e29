# Sends through the candidate, and follows its log to the result.

# prove FROM TO SECONDS: sends the test message and follows it, until waiting cannot change what has become of it: a
# relay host that may have taken it gets no second copy. Sets: proof_verdict (sent or failed) proof_reason proof_token
# delivery_*
prove() {
  local older='' refusal='' deadline=''
  proof_verdict=failed proof_reason=''
  proof_token=$(message_token)
  older=$(picked_up | wc -l)
  if ! refusal=$(test_message "$1" "$2" "$proof_token" |
    sendmail -C "$candidate_etc" -N never -i -f "$1" -- "$2" 2>&1); then
    proof_reason="Postfix did not take the message: $(printf '%s\n' "$refusal" | head -n 1)."
    return
  fi
  deadline=$(($(now) + $3))
  until sleep 0.02; is_answered "$proof_token" "$2" "$older" || [ "$(now)" -ge "$deadline" ]; do :; done
  judge "$(input_key relay)" "$3" "$candidate_log"
}

# is_answered TOKEN TO SKIP: whether the log has a final answer to that message. Sets: delivery_*
is_answered() {
  follow "$candidate_log" "$@"
  is_final
}

# test_message FROM TO TOKEN: prints its text.
test_message() {
  test_lines "$1" "$2" "$3" "$(input_key hostname)" 'Test delivery' \
    "This message was sent by \"pulumi up\" ($input_owner) to prove it; no answer is needed."
}

# message_token: prints a word for a new message, which no other one has. It is one of letters and digits, since Gmail
# finds nothing else in a subject; the Message-ID is often another one when a message arrives.
message_token() {
  local first='' second='' third='' fourth='' fifth=''
  IFS=- read -r first second third fourth fifth </proc/sys/kernel/random/uuid
  printf '%s\n' "postfixrelay$first$second$third$fourth$fifth"
}

# test_lines FROM TO TOKEN HOST SUBJECT WORDS: prints a message of that host, which says in WORDS where it is from.
test_lines() {
  printf '%s\n' "From: postfix-relay on $4 <$1>" "To: <$2>" "Subject: $5 from $4 $3" "Message-ID: <$3@$4>" \
    'Auto-Submitted: auto-generated' '' "Mail from $4 leaves through its relay." "$6"
}

# probe_routes TO SECONDS: probes every further route without a message. A refusal makes the verdict failed; what
# cannot be told now is unproven. Sets: proof_verdict proof_reason proof_unproven (one on each line)
probe_routes() {
  local via='' kind='' id='' label='' nexthop='' deadline='' route_verdict='' route_reason=''
  proof_unproven=''
  [ -n "$(input_key route)" ] || return 0
  # `-` comes first: a transport that was set stays.
  input_keys route | awk '!seen[$3]++ { print $3 == "-" ? 0 : 1, $3 }' | sort | cut -d ' ' -f 2 >"$inbox/.routes"
  while read -r via; do
    if ! candidate_route "$via"; then
      proof_verdict=failed proof_reason="the candidate did not take the route $via."
      return
    fi
    submit_probes "$via" "$1" >"$inbox/.probes"
    case $via in -) nexthop='' ;; *) nexthop=${via#*:} ;; esac
    deadline=$(($(now) + $2))
    until are_answered || [ "$(now)" -ge "$deadline" ]; do sleep 0.05; done
    while read -r kind id label; do
      judge_route "$candidate_log" "$id" "$kind" "$1" "$nexthop"
      case $route_verdict in
      refused) proof_verdict=failed proof_reason="${proof_reason:+$proof_reason$newline}$label: $route_reason" ;;
      unproven) proof_unproven="$proof_unproven$label: $(on_one_line "$route_reason")$newline" ;;
      esac
    done <"$inbox/.probes"
  done <"$inbox/.routes"
}

# submit_probes VIA TO: hands in a probe for each route by that transport and next hop, and prints "KIND QUEUEID LABEL"
# of each.
submit_probes() {
  local kind='' from='' via='' label=''
  input_keys route | while read -r kind from via label; do
    [ "$via" != "$1" ] || printf '%s %s %s\n' "$kind" "$(submit_probe "$from" "$2")" "$label"
  done
}

# submit_probe FROM TO: hands a probe in and prints its queue ID, or `-`.
submit_probe() {
  local before=''
  before=$(picked_up | wc -l)
  if sendmail -C "$candidate_etc" -bv -f "$1" -- "$2" >/dev/null 2>&1 && wait_for 5 more_picked_up "$before"; then
    picked_up | tail -n 1
  else
    echo -
  fi
}
picked_up() { sed -n 's/.*\/pickup\[[0-9]*\]: \([0-9A-Za-z]*\): uid=.*/\1/p' "$candidate_log" 2>/dev/null; }
more_picked_up() { [ "$(picked_up | wc -l)" -gt "$1" ]; }

# are_answered: whether the log has an answer to each probe.
are_answered() {
  local id=''
  while read -r _ id _; do
    [ "$id" = - ] || grep -qE "\]: $id: to=.* status=(deliverable|undeliverable) " "$candidate_log" || return 1
  done <"$inbox/.probes"
}
