# seen: the verb; keeps what pulumi has found in the mailbox of the test message. No mailbox is looked into here.

# seen: the step -inbox. 69: the message is not in the inbox, and has to be.
seen() {
  local token='' found='' refusal=''
  receive
  require_owner
  token=$(input_key token) found=$(input_key found) refusal=$(input_key refuse)
  case $token in '' | *[!0-9A-Za-z]*) fail 64 'no token on stdin' ;; esac
  case $found in '{'*'}') ;; *) fail 64 'nothing that was found on stdin' ;; esac
  record seen "$token $found"
  [ -z "$refusal" ] || fail 69 "$refusal." "What to do: $(input_key todo)." \
    'The new configuration is live: the mailbox is looked into after the switch.'
  json token! "$token"
}
