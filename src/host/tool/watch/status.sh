# status: the verb; says what is live. It changes nothing and takes no lock.

# status [--json]: some lines for a person on a terminal, else one JSON object. 64: wrong usage.
status() {
  local print=status_json
  case $# in 0) ! is_terminal || print=status_text ;; *) [ "$*" = --json ] || return 64 ;; esac
  "$print"
}

# status_json: the object; `live` is none where nothing of ours is on the host.
status_json() {
  [ -s "$state/owner" ] || { json owner! '' live! none && return; }
  json owner! "$(recorded owner)" live! "$(live_label)" good! "$(label "$(line_of "$state/good/digest")")" \
    postfixVersion! "$(mail_version)" running! "$(if running; then echo yes; else echo no; fi)" \
    queue# "$(queue_length)"
}

# status_text: the lines.
status_text() {
  if [ ! -s "$state/owner" ]; then
    tell 'postfix-relay is not installed on this host.'
    return
  fi
  tell "Managed by  $(recorded owner)" "Live        $(live_words "$(live_label)")" \
    "Postfix     $(mail_version), $(if running; then echo running; else echo 'not running'; fi)" \
    "Queue       $(queue_length) messages"
}

# live_words LABEL: prints a label of what is live, for a person.
live_words() {
  case $1 in
  original) echo 'the configuration of before postfix-relay, or none' ;;
  *' proven') printf '%s, proven\n' "${1% *}" ;;
  *' paused') printf '%s, paused: mail waits for a new password\n' "${1% *}" ;;
  *' rolled-back') printf '%s, rolled back by hand\n' "${1% *}" ;;
  esac
}
