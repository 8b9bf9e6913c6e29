# What to do about a line of Postfix's log. The table is advice.txt; the function `advice` prints it.

# explain_line TEXT: prints "stop ADVICE" or "wait ADVICE" for a line of the log, or for the reason in one.
explain_line() { matching_row "$1" | sed 's/^sender /stop /'; }

# matching_row TEXT: the same, but "sender ADVICE" where the relay host refuses the address that sends.
matching_row() {
  {
    printf '%s' "$1" | tr -s '\n\r\t' ' '
    echo
    advice
  } | awk '
    # kind(NAME): which of the programs of this host that is, as the table calls them.
    function kind(name) {
      if (name ~ /^(smtp|error|discard)$/) return "smtp"
      if (name ~ /^(sendmail|postdrop|pickup)$/) return "submit"
      if (name ~ /^(local|virtual|pipe|lmtp)$/) return "local"
      if (name ~ /^(smtpd|postscreen|tlsproxy|dnsblog)$/) return "smtpd"
      if (name ~ /^(master|postfix|postfix-script|postlog|postlogd)$/) return "master"
      if (name ~ /^(newaliases|postalias|postmap)$/) return "maps"
      return "queue"
    }
    NR == 1 {
      program = "smtp"
      by_log = match($0, /(^| )([^ ]*[a-z][^ ]*\[[0-9]+\]|kernel): /)
      if (by_log || match($0, /^(sendmail|newaliases|post[a-z\/-]+): /)) {
        program = substr($0, RSTART, RLENGTH - 2)
        $0 = substr($0, RSTART + RLENGTH)
        gsub(/^ |\[[0-9]+\]$/, "", program)
        if (program !~ /\// && program !~ /^(sendmail|newaliases|post[a-z-]+)$/) program = "other"
        sub(/.*\//, "", program)
      }
      who = "own " (program == "other" ? program : kind(program)) " "
      # What our login proxy says; another Dovecot on the host says other things.
      if (program == "other" && /^submission-login: .*prox/) who = "proxy "
      if (/^the token endpoint /) who = "token "
      # A queue ID has a digit; other words before a colon, such as warning, have none.
      if (match($0, /^[0-9A-Za-z]+: /) && RLENGTH > 7 && substr($0, 1, RLENGTH) ~ /[0-9]/) {
        $0 = substr($0, RLENGTH + 1)
        if (/^to=</ && match($0, /, status=[A-Za-z]+ \(/)) {
          if (substr($0, RSTART, RLENGTH) ~ /=(sent|deliverable) /) who = "taken "
          else if (who == "own queue ") who = "own smtp " # qmgr repeats what the client had said
          $0 = substr($0, RSTART + RLENGTH)
        }
      }
      sub(/^\(/, "")
      sub(/^delivery temporarily suspended: /, "")
      text = tolower($0)
      if (who != "own smtp ") { }
      else if (sub(/^sasl .*authentication failed; server 127[.]86[.]1[.][^ ]+ said: /, "", text)) who = "bearer "
      else if (sub(/^sasl .*authentication failed; server [^ ]+ said: /, "", text)) who = "login "
      else if (sub(/^host [^ ]+ refused to talk to me: /, "", text)) who = "connect "
      else if (sub(/^tls is required, but host [^ ]+ refused to start tls: /, "", text)) who = "tls "
      else if (sub(/^host [^ ]+ said: /, "", text) || text ~ /^[45][0-9][0-9][ -]/) who = "reply "
      gsub(/-/, " ", text)
      gsub(/  +/, " ", text)
      later = who !~ /^own/ && text ~ /^4/
      text = who text
      next
    }
    found || /^#/ || !NF { next } # it reads to the end: the table is not written into a closed pipe
    {
      mark = $1
      at = index($0, " -> ")
      if (text !~ substr($0, length(mark) + 2, at - length(mark) - 2)) next
      found = 1
      if ((mark == "code" || mark == "sender") && later) mark = "wait"
      if (mark == "code") mark = "stop"
      print mark, substr($0, at + 4)
    }'
}

# advise TEXT: prints the advice alone, after a look at this host where that tells more than the line.
advise() {
  local name='' denial=''
  case $1 in *': Permission denied'* | *': Operation not permitted'*) denial=$(apparmor_denial) ;; esac
  name=$(printf '%s\n' "$1" | sed -n 's/.*[Nn]ame service error for name=\([A-Za-z0-9][^ ]*\) .*/\1/p')
  if [ -n "$denial" ]; then
    printf '%s\nLog: %s\n' "$(explain_line "$denial" | cut -d ' ' -f 2-)" "$denial"
  elif [ -n "$name" ] && timeout 5 getent ahosts "$name" >/dev/null 2>&1; then
    printf '%s %s\n' "This host knows $name, but not from DNS, where Postfix looks (it may be in /etc/hosts)." \
      "Set mainCf: { smtp_host_lookup: \"dns, native\" }."
  else
    explain_line "$1" | cut -d ' ' -f 2-
  fi
}
