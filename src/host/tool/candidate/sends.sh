# sends: whether the Postfix that runs sends, for any user. A probe (sendmail -bv) with the empty sender goes through
# all that a message goes through, to the relay host's answer to RCPT TO, and makes neither a message nor a report.

# The file that has what the running Postfix has logged, and the SMTP clients that were there before.
sends_log='' sends_older=''

# sends_mark FILE: what the running Postfix logs from now on goes to FILE, and processes that are there already do not
# count: they may have what was live before.
sends_mark() {
  sends_log=$1
  : >"$sends_log" && maillog_mark
  sends_older=" $(pidof smtp) "
}

# sends_probe TO NEXTHOP SECONDS: hands in a probe and follows it. The verdict is yes; no, where this host is at fault;
# or unclear, where mail may well leave. The reason may also say what is to be known of a yes.
# Sets: sends_verdict sends_reason delivery_*
sends_probe() {
  local refusal='' begun='' id=''
  sends_verdict=no sends_reason=''
  begun=$(now)
  if ! refusal=$(sends_submit "$1"); then
    sends_reason=$(sends_why_refused "$refusal")
    return
  fi
  until [ "$maillog_place" = none ] || sends_known "$1" "$2" "$(($(now) - begun))" "$3"; do sleep 0.02; done
  [ "$maillog_place" = none ] || return 0
  sends_verdict=unclear sends_reason="this host has no log of Postfix (no journal that keeps it, no /var/log/mail.log, \
no maillog_file), so the probe could not be followed."
}

# sends_submit TO: hands the probe in. Prints what sendmail says of a failure.
sends_submit() { as_any_user sendmail -bv -f '' -- "$1" </dev/null 2>&1 >/dev/null 9>&-; }

# as_any_user COMMAND...: runs it as a user without rights; where the configuration lets only some users submit, as
# root.
as_any_user() {
  local user=65534
  # grep is a tenth of what postconf takes, and hardly anybody sets it.
  if grep -q authorized_submit_users "$etc/main.cf"; then
    [ "$(live_value authorized_submit_users)" = static:anyone ] || user=0
  fi
  cd / && timeout 10 setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
}

# sends_why_refused TEXT: prints why a message cannot be handed in.
sends_why_refused() {
  local line=''
  line=$(printf '%s\n' "$1" | grep -E '(warning|error|fatal): ' | tail -n 1)
  reason "an unprivileged user cannot submit mail: $(advise "${line:-$1}")" "${line:-$1}"
}

# sends_known TO NEXTHOP SECONDS LIMIT: whether more cannot be known, after so many seconds of so many.
# Sets: sends_verdict sends_reason delivery_*
sends_known() {
  local id='' others='' picked='' broken=''
  maillog_read "$sends_log"
  {
    IFS= read -r id && IFS= read -r others
    IFS= read -r picked && IFS= read -r broken
  } <<SCAN
$(sends_scan "$1")
SCAN
  delivery_status=''
  [ -z "$id" ] || follow_id "$sends_log" "$id" "$1"
  # That a process died says nothing of the probe: Postfix may start another one.
  case $delivery_status in
  '' | fatal) [ "$3" -ge 2 ] || return 1 ;;
  *) ! sends_judge "$2" || return 0 ;;
  esac
  # Its own answer tells more: that of another message counts when it does not come at once.
  if sends_other "$2" "$others"; then
    sends_verdict=yes sends_reason=''
    return
  fi
  if [ "$3" -ge 10 ] && sends_stuck "$id" "$picked" "$broken"; then
    sends_verdict=no
    [ -z "$broken" ] && maillog_elsewhere || return 0
    sends_reason=''
    return 1
  fi
  if [ "$3" -ge "$4" ] || { [ -n "$sends_reason" ] && sends_alone; }; then
    sends_give_up "$4"
    return
  fi
  return 1
}

# sends_scan TO: reads the log. Prints the queue ID of the probe; those of other messages that a relay host has answered
# after the login, one for each relay host; how many messages were picked up; and the newest line about a process of
# Postfix that died.
sends_scan() {
  TO=$1 OLDER=$sends_older awk '
    BEGIN { to = tolower(ENVIRON["TO"]); older = ENVIRON["OLDER"] }
    !(at = index($0, "]: ")) { next }
    {
      process = substr($0, 1, at)
      sub(/^.* /, "", process)
      text = substr($0, at + 3)
      daemon = pid = process
      sub(/\[.*/, "", daemon)
      sub(/.*\//, "", daemon)
      gsub(/.*\[|\]$/, "", pid)
      id = text
      sub(/: .*/, "", id)
    }
    daemon == "pickup" && text ~ / uid=[0-9]+ from=</ {
      picked++
      if (text ~ / from=<>$/) mine[id] = ++count
      if (count == 1 && text ~ / from=<>$/) first = id
      next
    }
    daemon == "smtp" && index(text, ": to=<") {
      if (id in mine) {
        if (index(tolower(text), "to=<" to ">")) found = id
        next
      }
      relay = text
      if (!sub(/^.*, relay=/, "", relay) || index(older, " " pid " ")) next
      sub(/, .*/, "", relay)
      if (text ~ / status=(sent|deliverable) \(/ ||
        text ~ / said: .* \(in reply to (MAIL FROM|RCPT TO|DATA|end of DATA|BDAT) command\)/) {
        if (!(relay in seen)) others = others " " id
        seen[relay]
      }
      next
    }
    daemon == "master" && / (killed by signal|exit status [0-9]|bad command startup)/ ||
      text ~ /^(fatal|panic): / && daemon ~ /^(master|qmgr|cleanup|pickup|trivial-rewrite|tlsmgr|smtp|bounce)$/ {
      broken = process ": " text
    }
    END { print (found == "" ? first : found) "\n" others "\n" picked + 0 "\n" broken }' "$sends_log"
}
