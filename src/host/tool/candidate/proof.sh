# Whether a delivery that the log tells of is a proof of the configuration, and if not, why.

# is_final: whether waiting, or another try, cannot change what follow has found.
is_final() {
  case $delivery_status in
  '') return 1 ;;
  deferred | SOFTBOUNCE) case $(explain_line "$(delivery_reason)") in wait*) return 1 ;; esac ;;
  esac
}

# judge NEXTHOP SECONDS LOG: what follow has found, for a relay host written as in relayhost and a time that was given.
# Sets: proof_verdict (sent or failed) proof_reason
judge() {
  proof_verdict=failed proof_reason=''
  case $delivery_status in
  sent) judge_sent "$1" "$3" ;;
  '') proof_reason=$(why_silent "$2" "$3") ;;
  *)
    proof_reason=$(reason "$(why_failed)" "$delivery_line" "$delivery_clue")
    case $delivery_relay in
    local | virtual)
      proof_reason="testDelivery.to is an address of this host, and would prove nothing: choose another.$newline\
$proof_reason"
      ;;
    esac
    ;;
  esac
}

# judge_sent NEXTHOP LOG: only an answer of the relay host itself proves it. Sets: proof_verdict proof_reason
judge_sent() {
  local before=''
  case $(answered_by "$1") in
  relay)
    case $delivery_dsn in
    2.*) proof_verdict=sent ;;
    *)
      proof_reason=$(reason "the relay took the message with the status $delivery_dsn, which is no success: ask the \
provider." "$delivery_line")
      ;;
    esac
    ;;
  here) proof_reason=$(reason "the message was delivered on this host ($delivery_relay) and not by the relay host $1. \
Choose a testDelivery.to outside of this host." "$delivery_line") ;;
  *)
    before=$(why_not_relay "$1" "$2")
    if [ -n "$before" ]; then
      proof_reason=$(reason "the relay host $1 did not take the message, $delivery_relay did: $(advise "$before")" \
        "$before")
    else
      proof_reason=$(reason "the message was delivered by $delivery_relay and not by the relay host $1: its sender has \
a relay host of its own (senderDependent). Choose a testDelivery.from whose mail goes by relayHost." "$delivery_line")
    fi
    ;;
  esac
}

# judge_route LOG QUEUEID KIND [TO] [NEXTHOP]: what a probe (sendmail -bv) has found out about a route. With NEXTHOP,
# that server has to have answered. A refused sender proves nothing where it was made up (KIND senderDomain). What is
# known of the test message stays. Sets: route_verdict (proven, refused or unproven) route_reason
judge_route() {
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue=''
  follow_id "$1" "$2" "${4-}"
  route_verdict=unproven route_reason=''
  case $delivery_status in
  deliverable | sent)
    case $(answered_by "${5-}") in
    relay) route_verdict=proven ;;
    *) route_reason=$(reason "$delivery_relay answered, and not the relay host." "$delivery_line") ;;
    esac
    ;;
  '') route_reason=$(reason "no answer yet.${delivery_clue:+ $(advise "$delivery_clue")}" "$delivery_clue") ;;
  *)
    route_reason=$(reason "$(why_failed)" "$delivery_line" "$delivery_clue")
    case $(matching_row "$(delivery_reason)") in
    sender*) [ "$3" = senderDomain ] || route_verdict=refused ;;
    stop*) route_verdict=refused ;;
    esac
    ;;
  esac
}

# answered_by NEXTHOP: prints who answered: relay, here (this host), or other. Without NEXTHOP any server will do.
# A server is written NAME[ADDRESS]:PORT; behind a NEXTHOP without brackets stand MX hosts of any name.
answered_by() {
  printf '%s\n%s\n' "$1" "$delivery_relay" | awk '
    { $0 = tolower($0) }
    NR == 1 {
      host = $0
      port = ""
      exact = sub(/^\[/, "", host)
      if (match(host, /:[0-9a-z-]+$/) && (!exact || host ~ /\]:/)) {
        port = substr(host, RSTART + 1)
        host = substr(host, 1, RSTART - 1)
      }
      sub(/\]$/, "", host)
      sub(/^ipv6:/, "", host)
      next
    }
    match($0, /\[[0-9a-f.:]+\]:[0-9]+$/) {
      name = substr($0, 1, RSTART - 1)
      address = substr($0, RSTART + 1)
      at = address
      sub(/\].*/, "", address)
      sub(/^.*\]:/, "", at)
      same = port !~ /^[0-9]+$/ || port == at
      if (exact && same && (name == host || address == host)) who = "relay"
      else if (address ~ /^(127\.|::1$|::ffff:127\.)/) who = "here"
      else who = exact || !same ? "other" : "relay"
    }
    END { print (who == "" ? "here" : who) }'
}

# why_failed: prints the advice for what follow has found.
why_failed() {
  local text=''
  text=$(delivery_reason)
  advise "$text"
  case $text in 'dovecot[0]: '*) printf 'Log: %s\n' "${text#*: }" ;; esac
}

# delivery_reason: prints the answer; where that is vague, with the line before it that tells more. The login proxy says
# the same of all that fails before its own login at the relay host: its log tells more.
delivery_reason() {
  local said=''
  said=$(proxy_reason "$delivery_answer")
  if [ -n "$said" ]; then
    printf '%s\n' "$said"
    return
  fi
  case $delivery_status,$delivery_answer in
  fatal,* | withheld,*) printf '%s\n' "$delivery_line" ;;
  *,'Server certificate '* | *,'Cannot start TLS'* | *,'local data error'*)
    printf '%s\n' "$delivery_answer; $delivery_clue"
    ;;
  *) printf '%s\n' "$delivery_answer" ;;
  esac
}

# why_not_relay NEXTHOP LOG: prints the newest line of the SMTP client that names this server and a failure.
why_not_relay() {
  local server=''
  server=$(printf '%s\n' "$1" | sed 's/^\[//; s/^[Ii][Pp][Vv]6://; s/\].*//; s/:[0-9]*$//')
  grep -F "${server}[" "$2" | grep '/smtp\[[0-9]*\]: ' | grep -v -e ': to=<' -e 'TLS connection ' | tail -n 1 |
    sed 's/^[^[]* //'
}

# why_silent SECONDS LOG: prints why the log may have no answer.
why_silent() {
  local warnings='' stored='' warning='' line=''
  warnings=$(grep -E '/(pickup|cleanup|postdrop|trivial-rewrite|qmgr)\[[0-9]+\]: (warning|error|fatal): ' "$2" \
    2>/dev/null | sed 's/^[^[]* //')
  # That a message cannot be stored follows from a problem with a map, and that from what is said of it before.
  stored=$(printf '%s\n' "$warnings" | grep -v 'queue file write error$')
  warning=$(printf '%s\n' "$stored" | grep -v 'map lookup problem' | tail -n 1)
  for line in "$delivery_clue" "$warning" "$(printf '%s\n' "$stored" | tail -n 1)" \
    "$(printf '%s\n' "$warnings" | tail -n 1)"; do
    [ -z "$line" ] || break
  done
  if [ -z "$delivery_id" ]; then
    printf '%s\n' "Postfix had not even logged the message within $1 seconds, which was handed to $(sendmail_program)."
  elif [ -z "$line" ]; then
    reason "the relay had not answered within $1 seconds. Raise testDelivery.timeoutSeconds if it is slow."
  fi
  [ -z "$line" ] || reason "$(advise "$line")" "$line"
}

# sendmail_program: prints which program `sendmail` is, since another mail system may have put itself there.
sendmail_program() {
  local program='' target=''
  if program=$(command -v sendmail); then
    target=$(readlink -f "$program")
    [ "$target" = "$program" ] || program="$program, which is $target"
  fi
  printf '%s\n' "${program:-no program: there is no sendmail on this host}"
}
