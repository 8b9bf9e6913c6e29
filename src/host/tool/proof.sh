# Whether a delivery that the log tells of is a proof of the configuration, and if not, why.

# settled: whether waiting, or another try, cannot change what follow has found.
settled() {
  case $status in
  '') return 1 ;;
  deferred | SOFTBOUNCE) case $(explain_line "$(telling)") in wait*) return 1 ;; esac ;;
  esac
}

# judge NEXTHOP SECONDS LOG: what follow has found, for a relay host written as in relayhost and a time that was given.
# Sets: verdict (sent or failed) reason
judge() {
  verdict=failed reason=''
  case $status in
  sent) judge_sent "$1" "$3" ;;
  '') reason=$(why_silent "$2" "$3" | tr '\n' ' ' | sed 's/ $//') ;;
  *) reason="$(why_failed) [$line]${clue:+ [$clue]}" ;;
  esac
}

# judge_sent NEXTHOP LOG: only an answer of the relay host itself proves it. Sets: verdict reason
judge_sent() {
  case $(answered_by "$1") in
  relay)
    case $dsn in
    2.*) verdict=sent ;;
    *) reason="the relay took the message with the status $dsn, which is no success: ask the provider. [$line]" ;;
    esac
    ;;
  here) reason="the message was delivered on this host ($relay) and not by the relay host $1. Choose \
a testDelivery.to outside of this host. [$line]" ;;
  *)
    instead=$(why_not_relay "$1" "$2")
    if [ -n "$instead" ]; then
      reason="the relay host $1 did not take the message, $relay did: $(advise "$instead") [$instead]"
    else
      reason="the message was delivered by $relay and not by the relay host $1: its sender has a relay host of its \
own (senderDependent). Choose a testDelivery.from whose mail goes by relayHost. [$line]"
    fi
    ;;
  esac
}

# judge_way LOG QUEUEID KIND [TO] [NEXTHOP]: what a probe (sendmail -bv) has found out about a way. With NEXTHOP,
# that server has to have answered. A refused sender proves nothing where it was made up (KIND senderDomain). As long as
# `status` is empty there is no answer. Sets: way_verdict (proven, refused or unproven) way_reason, and as follow
judge_way() {
  follow_id "$1" "$2" "${4-}"
  way_verdict=unproven way_reason=''
  case $status in
  deliverable | sent)
    case $(answered_by "${5-}") in
    relay) way_verdict=proven ;;
    *) way_reason="$relay answered, and not the relay host. [$line]" ;;
    esac
    ;;
  '') way_reason="no answer yet.${clue:+ $(advise "$clue") [$clue]}" ;;
  *)
    way_reason="$(why_failed) [$line]${clue:+ [$clue]}"
    case $(matching_row "$(telling)") in
    sender*) [ "$3" = senderDomain ] || way_verdict=refused ;;
    stop*) way_verdict=refused ;;
    esac
    ;;
  esac
}

# answered_by NEXTHOP: prints who $relay is: relay, here (this host), or other. Without NEXTHOP any server will do.
# A server is written NAME[ADDRESS]:PORT; behind a NEXTHOP without brackets stand MX hosts of any name.
answered_by() {
  printf '%s\n%s\n' "$1" "$relay" | awk '
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
why_failed() { advise "$(telling)"; }

# telling: prints the answer; where that is vague, with the line before it that tells more.
telling() {
  case $status,$answer in
  fatal,* | withheld,*) echo "$line" ;;
  *,'Server certificate '* | *,'Cannot start TLS'* | *,'local data error'*) echo "$answer; $clue" ;;
  *) echo "$answer" ;;
  esac
}

# why_not_relay NEXTHOP LOG: prints the newest line of the SMTP client that names this server and a failure.
why_not_relay() {
  server=$(printf '%s\n' "$1" | sed 's/^\[//; s/^[Ii][Pp][Vv]6://; s/\].*//; s/:[0-9]*$//')
  grep -F "${server}[" "$2" | grep '/smtp\[[0-9]*\]: ' | grep -v -e ': to=<' -e 'TLS connection ' | tail -n 1 |
    sed 's/^[^[]* //'
}

# why_silent SECONDS LOG: prints why the log may have no answer.
why_silent() {
  warnings=$(grep -E '/(pickup|cleanup|postdrop|trivial-rewrite|qmgr)\[[0-9]+\]: (warning|error|fatal): ' "$2" \
    2>/dev/null | sed 's/^[^[]* //')
  # That a message cannot be stored follows from a problem with a map, and that from what is said of it before.
  stored=$(printf '%s\n' "$warnings" | grep -v 'queue file write error$')
  warning=$(printf '%s\n' "$stored" | grep -v 'map lookup problem' | tail -n 1)
  for told in "$clue" "$warning" "$(printf '%s\n' "$stored" | tail -n 1)" "$(printf '%s\n' "$warnings" | tail -n 1)"; do
    [ -z "$told" ] || break
  done
  if [ -z "$queue_id" ]; then
    echo "Postfix had not even logged the message within $1 seconds, which was handed to $(sendmail_program)."
  elif [ -z "$told" ]; then
    echo "the relay had not answered within $1 seconds. Raise testDelivery.timeoutSeconds if it is slow."
  fi
  [ -z "$told" ] || echo "$(advise "$told") [$told]"
}

# sendmail_program: prints which program `sendmail` is, since another mail system may have put itself there.
sendmail_program() {
  if program=$(command -v sendmail); then
    target=$(readlink -f "$program")
    [ "$target" = "$program" ] || program="$program, which is $target"
  fi
  echo "${program:-no program: there is no sendmail on this host}"
}
