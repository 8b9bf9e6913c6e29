# Sends through the candidate, and follows its log to the result.

# prove FROM TO SECONDS: sends the test message and follows it. Sets: verdict reason unproven, and what follow sets
prove() {
  verdict=failed reason='' unproven=''
  token=postfix-relay.$(line_of /proc/sys/kernel/random/uuid)
  older=$(picked_up | wc -l)
  if ! refused=$(test_message "$1" "$2" | sendmail -C "$candidate_etc" -N never -i -f "$1" -- "$2" 2>&1); then
    reason="Postfix did not take the message: $(echo "$refused" | head -n 1)."
    return
  fi
  deadline=$(($(now) + $3))
  until sleep 0.05; answered "$2" || [ "$(now)" -ge "$deadline" ]; do :; done
  judge "$(key relay)" "$3" "$candidate_log"
}
answered() {
  follow "$candidate_log" "$token" "$1" "$older"
  settled
}

# test_message FROM TO: its text.
test_message() {
  host=$(key hostname)
  printf '%s\n' "From: postfix-relay on $host <$1>" "To: <$2>" "Subject: Test delivery from $host" \
    "Message-ID: <$token@$host>" 'Auto-Submitted: auto-generated' '' "Mail from $host leaves through its relay." \
    "This message was sent by \"pulumi up\" ($owner) to prove it; no answer is needed."
}

# prove_ways TO SECONDS: probes every further way without a message. A refusal makes the verdict failed; what cannot be
# told now is unproven. Sets: verdict reason unproven
prove_ways() {
  [ -n "$(key way)" ] || return 0
  keys way | cut -d ' ' -f 3 | sort -u >"$inbox/.routes"
  while read -r route; do
    if ! candidate_route "$route"; then
      verdict=failed reason="the candidate did not take the route $route."
      return
    fi
    keys way | while read -r kind from way label; do
      [ "$way" != "$route" ] || printf '%s %s %s\n' "$kind" "$(submit_probe "$from" "$1")" "$label"
    done >"$inbox/.probes"
    case $route in -) hop='' ;; *) hop=${route#*:} ;; esac
    deadline=$(($(now) + $2))
    until probes_answered || [ "$(now)" -ge "$deadline" ]; do sleep 0.05; done
    while read -r kind id label; do
      judge_way "$candidate_log" "$id" "$kind" "$1" "$hop"
      case $way_verdict in
      refused) verdict=failed reason="${reason:+$reason }$label: $way_reason" ;;
      unproven) unproven="$unproven$label: $way_reason
" ;;
      esac
    done <"$inbox/.probes"
  done <"$inbox/.routes"
}

# submit_probe FROM TO: hands a probe in and prints its queue ID, or `-`.
submit_probe() {
  before=$(picked_up | wc -l)
  if sendmail -C "$candidate_etc" -bv -f "$1" -- "$2" >/dev/null 2>&1 && wait_for 5 more_picked_up "$before"; then
    picked_up | tail -n 1
  else
    echo -
  fi
}
picked_up() { sed -n 's/.*\/pickup\[[0-9]*\]: \([0-9A-Za-z]*\): uid=.*/\1/p' "$candidate_log" 2>/dev/null; }
more_picked_up() { [ "$(picked_up | wc -l)" -gt "$1" ]; }

# probes_answered: whether each probe has a line that tells.
probes_answered() {
  while read -r kind id label; do
    [ "$id" = - ] || grep -qE "\]: $id: to=.* status=(deliverable|undeliverable) " "$candidate_log" || return 1
  done <"$inbox/.probes"
}
