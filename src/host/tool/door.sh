# The door: whether this host accepts mail. It is closed while the queue empties for the last time.

# close_door: from now on nothing new is accepted: the sendmail command ends with an exit code, no port is open.
# Sets: wrong
close_door() {
  wrong="cannot write in $state or $etc: is the disk full?"
  cp -p "$etc/main.cf" "$state/open.cf" && durable "$state/open.cf" "$state" || return 73
  mkdir -p "$swap" && closed_main_cf >"$swap/closed" || return 73
  put_readable "$swap/closed" "$etc/main.cf" || return 73
  if running; then take_over reload || return; fi
  wrong='programs still hand in mail.'
  wait_for 60 nobody_submits
}
closed_main_cf() {
  cat "$etc/main.cf" && printf '%s\nauthorized_submit_users =\nmaster_service_disable = inet\n' "$marker"
}
nobody_submits() { [ -z "$(pidof sendmail postdrop)" ]; }

# door_closed: whether a run has closed it and Postfix is still there to have it opened.
door_closed() { [ -f "$state/open.cf" ] && postfix_installed; }

# open_door: undoes that. Sets: wrong
open_door() {
  wrong="cannot write in $etc: is the disk full?"
  mkdir -p "$swap" && cp -p "$state/open.cf" "$swap/open" || return 73
  mv "$swap/open" "$etc/main.cf" && rm -f "$state/open.cf" || return 73
  if running; then take_over reload; fi
}
