# drain: this host accepts no more mail while its queue empties for the last time.

# refuse_mail: from now on nothing new is accepted: the sendmail command ends with an exit code, no port is open.
# 73: main.cf cannot be written, or programs still hand in mail; 78: Postfix did not take it. Sets: failure
refuse_mail() {
  failure="cannot write in $state or $etc: is the disk full?"
  cp -p "$etc/main.cf" "$state/accepting.cf" && durable "$state/accepting.cf" "$state" || return 73
  mkdir -p "$swap" && refusing_main_cf >"$swap/refusing" || return 73
  put_readable "$swap/refusing" "$etc/main.cf" || return 73
  if running; then take_over reload || return; fi
  failure='programs still hand in mail.'
  wait_for 60 nobody_submits || return 73
}

# refusing_main_cf: prints the main.cf with which it does so.
refusing_main_cf() {
  cat "$etc/main.cf" && printf '%s\nauthorized_submit_users =\nmaster_service_disable = inet\n' "$marker"
}

# nobody_submits: whether no program is handing in a message.
nobody_submits() { [ -z "$(pidof sendmail postdrop)" ]; }

# is_refusing_mail: whether a run has begun that, and Postfix is still there to accept mail again.
is_refusing_mail() { [ -f "$state/accepting.cf" ] && postfix_installed; }

# accept_mail: undoes it. 73: main.cf cannot be written, 78: Postfix did not take it. Sets: failure
accept_mail() {
  failure="cannot write in $etc: is the disk full?"
  mkdir -p "$swap" && cp -p "$state/accepting.cf" "$swap/accepting" || return 73
  mv "$swap/accepting" "$etc/main.cf" && rm -f "$state/accepting.cf" || return 73
  if running; then take_over reload; fi
}
