# other-mta: the mail systems that Postfix replaces: emptied first, kept from accepting meanwhile, looked at afterwards.

# mta_installed: the installed packages that provide a mail system, but for Postfix.
mta_installed() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev}|${Package}|${Provides}\n' | awk -F '|' '
    $1 ~ /^.[^nc]/ && $2 != "postfix" && (" " $3 ",") ~ / mail-transport-agent[ ,]/ { print $2 }' | sort -u
}

# mta_know NAME: whether a mail system can be replaced here. Sets: mta mta_program mta_unit mta_pid
mta_know() {
  mta=$1 mta_program='' mta_unit='' mta_pid=''
  case $1 in
  exim4-daemon-*) mta_program=$root/usr/sbin/exim4 mta_unit=exim4 mta_pid=$root/run/exim4/exim.pid ;;
  dma) mta_program=$root/usr/sbin/dma ;;
  # Its sendmail hands all mail to this one, and gives its exit code.
  nullmailer) mta_program=$root/usr/sbin/nullmailer-queue mta_unit=nullmailer ;;
  sendmail-bin)
    mta_program=$(readlink -f "$root/usr/sbin/sendmail") mta_unit=sendmail mta_pid=$root/run/sendmail/mta/sendmail.pid
    ;;
  opensmtpd) mta_program=$root/usr/sbin/smtpctl mta_unit=opensmtpd ;;
  msmtp-mta | ssmtp | esmtp-run | lsb-invalid-mta) ;;
  *) return 1 ;;
  esac
}

# mta_waiting: how many messages are in the queue of $mta; its own program may be gone or blocked.
mta_waiting() {
  mta_spool=$root/var/spool
  case $mta in
  exim4-daemon-*) find "$mta_spool/exim4/input" -name '*-H' ;;
  dma) find "$mta_spool/dma" -name 'Q*' -o -name 'tmp_*' ;;
  nullmailer) find "$mta_spool/nullmailer/queue" "$mta_spool/nullmailer/tmp" -type f ;;
  sendmail-bin) find "$mta_spool/mqueue" "$mta_spool/mqueue-client" -name '[hqQ]f*' ;;
  opensmtpd)
    find "$mta_spool/smtpd/queue" "$mta_spool/smtpd/incoming" -name message
    find "$mta_spool/smtpd/offline" -type f
    ;;
  esac 2>/dev/null | wc -l
}

# mta_empty: whether nothing waits in the queue of $mta.
mta_empty() { [ "$(mta_waiting)" -eq 0 ]; }

# mta_flush: asks $mta to deliver what waits. Some of it goes on in the background, where our lock must not stay open.
mta_flush() {
  case $mta in
  exim4-daemon-*) timeout 15 exim4 -qff ;;
  dma) timeout 15 dma -q ;; # a message that sleeps until its next try looks for this every 30 s
  nullmailer) echo | timeout 5 tee "$root/var/spool/nullmailer/trigger" ;;
  sendmail-bin) timeout 15 sendmail -Ac -q && timeout 15 sendmail -q ;;
  opensmtpd) timeout 15 smtpctl schedule all ;;
  esac </dev/null >/dev/null 2>&1 9>&- || :
}

# mta_drain: has the queue of $mta delivered, for a minute at most; true: it is empty.
mta_drain() {
  mta_until=$(($(now) + 60))
  mta_told=60 mta_asked=60
  until mta_empty; do
    mta_left=$((mta_until - $(now)))
    [ "$mta_left" -gt 0 ] || return 1
    if [ "$mta_left" -le "$mta_told" ]; then
      say "$(mta_waiting) messages are in the queue of $mta: waiting until they have left, $mta_left seconds at most"
      mta_told=$((mta_left - 15))
    fi
    # Not more often: OpenSMTPD waits longer after each try, and soon tells the senders of it.
    if [ "$mta_left" -le "$mta_asked" ]; then
      mta_flush
      mta_asked=$((mta_left - 30))
    fi
    wait_for 5 mta_empty || :
  done
}

# mta_idle: whether no process of $mta takes or delivers mail.
mta_idle() { [ -z "$(find /proc/[0-9]*/exe -maxdepth 0 -lname "$mta_program" 2>/dev/null)" ]; }

# mta_block: keeps $mta from accepting mail: its program cannot be run, its listener stops. How it was is noted first.
mta_block() {
  [ -f "$mta_program" ] || return 0
  mta_line="$(stat -c %a "$mta_program") $mta_program" || return 1
  if [ -n "$mta_unit" ] && systemctl --quiet is-active "$mta_unit"; then mta_line="$mta_line $mta_unit"; fi
  apt_note blocked "$(apt_noted blocked && echo "$mta_line")"
  if ! chmod a-x "$mta_program"; then
    packages_unblock || :
    fail 73 "$mta cannot be kept from accepting mail: $mta_program cannot be changed. $(unchanged)"
  fi
  [ -z "$mta_unit" ] || timeout 60 systemctl stop "$mta_unit" 2>/dev/null || :
  # A start script of old does not stop what it finds it cannot run.
  mta_daemon=$(head -n 1 "${mta_pid:-/dev/null}" 2>/dev/null) || :
  if [ "$(readlink "/proc/${mta_daemon:-none}/exe")" = "$mta_program" ]; then kill "$mta_daemon" || :; fi
}

# packages_unblock: what was kept from accepting mail may do it again, and its daemon runs again.
packages_unblock() {
  [ -f "$state/packages/blocked" ] || return 0
  while read -r mta_mode mta_path mta_daemon; do
    [ -f "$mta_path" ] || continue # replaced meanwhile
    chmod "$mta_mode" "$mta_path" || return 1
    # A restart, since at boot it was started in vain and counts as active.
    [ -z "$mta_daemon" ] || timeout 30 systemctl restart "$mta_daemon" </dev/null || :
  done <"$state/packages/blocked"
  rm -f "$state/packages/blocked"
}

# mta_close NAME...: empties these mail systems and keeps them from accepting; gives up if mail comes in all the time.
mta_close() {
  for mta_name; do
    mta_know "$mta_name" || return 1
    [ -n "$mta_program" ] || continue
    for mta_round in 1 2 3; do
      mta_drain || break
      if mta_block && wait_for 15 mta_idle && mta_empty; then continue 2; fi
      packages_unblock || :
      [ "$mta_round" = 3 ] || say "$mta was handed mail meanwhile: once more"
    done
    mta_refuse
  done
}

# mta_refuse: says what keeps $mta from being replaced, and ends.
mta_refuse() {
  packages_unblock || :
  mta_why="$(mta_waiting) messages wait in the queue of $mta, and Postfix in its place would not deliver them"
  if mta_empty; then mta_why="programs hand mail to $mta without a pause"; fi
  fail 69 "$mta_why. Repair its delivery or remove them (see 'mailq' there), then run pulumi up again. $(unchanged)"
}

# mta_look_again: tells of messages that a replaced mail system has left in its spool.
mta_look_again() {
  for mta_name in $(apt_noted replaced); do
    if apt_there "$mta_name" || ! mta_know "$mta_name" || mta_empty; then continue; fi
    fail 69 "$(mta_waiting) messages are left in the spool of $mta (in /var/spool), which Postfix has replaced. \
Hand them to sendmail again, or remove them, then run pulumi up again. $(unchanged)"
  done
  rm -f "$state/packages/replaced"
}
