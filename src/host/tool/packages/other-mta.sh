# other-mta: the mail systems that Postfix replaces: emptied first, kept from accepting, looked at afterwards.

# mta_installed: prints the installed packages that provide a mail system, but for Postfix.
mta_installed() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev}|${Package}|${Provides}\n' | awk -F '|' '
    $1 ~ /^.[^nc]/ && $2 != "postfix" && (" " $3 ",") ~ / mail-transport-agent[ ,]/ { print $2 }' | sort -u
}

# The mail system that the functions below are about: what mta_choose has found out about it.
mta_package='' mta_program='' mta_unit='' mta_pid=''

# mta_choose NAME: makes it this one. 1: it cannot be replaced here.
mta_choose() {
  mta_package=$1 mta_program='' mta_unit='' mta_pid=''
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

# mta_waiting: prints how many messages are in its queue; its own program may be gone or blocked.
mta_waiting() {
  local queues="$root/var/spool"
  case $mta_package in
  exim4-daemon-*) find "$queues/exim4/input" -name '*-H' ;;
  dma) find "$queues/dma" -name 'Q*' -o -name 'tmp_*' ;;
  nullmailer) find "$queues/nullmailer/queue" "$queues/nullmailer/tmp" -type f ;;
  sendmail-bin) find "$queues/mqueue" "$queues/mqueue-client" -name '[hqQ]f*' ;;
  opensmtpd)
    find "$queues/smtpd/queue" "$queues/smtpd/incoming" -name message
    find "$queues/smtpd/offline" -type f
    ;;
  esac 2>/dev/null | wc -l
}

# mta_empty: whether nothing waits in its queue.
mta_empty() { [ "$(mta_waiting)" -eq 0 ]; }

# mta_flush: asks it to deliver what waits. Some of it is done in the background, where our lock must not stay open.
mta_flush() {
  case $mta_package in
  exim4-daemon-*) timeout 15 exim4 -qff ;;
  dma) timeout 15 dma -q ;; # a message that sleeps until its next try looks for this every 30 s
  nullmailer) echo | timeout 5 tee "$root/var/spool/nullmailer/trigger" ;;
  sendmail-bin) timeout 15 sendmail -Ac -q && timeout 15 sendmail -q ;;
  opensmtpd) timeout 15 smtpctl schedule all ;;
  esac </dev/null >/dev/null 2>&1 9>&- || :
}

# mta_drain: has its queue delivered, for a minute at most. 1: it is not empty.
mta_drain() {
  local deadline='' left='' next_word=60 next_flush=60
  deadline=$(($(now) + 60))
  until mta_empty; do
    left=$((deadline - $(now)))
    [ "$left" -gt 0 ] || return 1
    if [ "$left" -le "$next_word" ]; then
      say "$(mta_waiting) messages are in the queue of $mta_package: waiting until they have left, $left seconds at \
most"
      next_word=$((left - 15))
    fi
    # Not more often: OpenSMTPD waits longer after each try, and soon tells the senders of it.
    if [ "$left" -le "$next_flush" ]; then
      mta_flush
      next_flush=$((left - 30))
    fi
    wait_for 5 mta_empty || :
  done
}

# mta_idle: whether no process of it takes or delivers mail. One whose message was removed from the queue sleeps until
# its next try, and would send it all the same: it is ended.
mta_idle() {
  local process='' busy=''
  for process in $(mta_processes); do
    if mta_empty && mta_holds_removed "$process"; then kill "$process" 2>/dev/null; else busy=yes; fi
  done
  [ -z "$busy" ]
}

# mta_processes: prints the IDs of the processes of its program.
mta_processes() {
  find /proc/[0-9]*/exe -maxdepth 0 -lname "$mta_program" -printf '%h\n' 2>/dev/null | sed 's|.*/||'
}

# mta_holds_removed PROCESS: whether it has a file open that was removed from a queue.
mta_holds_removed() {
  [ -n "$(find "/proc/$1/fd" -lname "$root/var/spool/*/* (deleted)" 2>/dev/null)" ]
}

# mta_block: keeps it from accepting mail: its program cannot be run, its listener stops. How it was is noted first.
mta_block() {
  local line='' pid=''
  [ -f "$mta_program" ] || return 0
  line="$(stat -c %a "$mta_program") $mta_program" || return 1
  if [ -n "$mta_unit" ] && systemctl --quiet is-active "$mta_unit"; then line="$line $mta_unit"; fi
  write_list blocked "$(read_list blocked && printf '%s\n' "$line")"
  if ! chmod a-x "$mta_program"; then
    mta_unblock || :
    fail 73 "$mta_package cannot be kept from accepting mail: $mta_program cannot be changed." "$(unchanged)"
  fi
  [ -z "$mta_unit" ] || timeout 60 systemctl stop "$mta_unit" 2>/dev/null || :
  # A start script of old does not stop what it finds it cannot run.
  pid=$(head -n 1 "${mta_pid:-/dev/null}" 2>/dev/null) || :
  if [ "$(readlink "/proc/${pid:-none}/exe")" = "$mta_program" ]; then kill "$pid" || :; fi
}

# mta_unblock: what was kept from accepting mail may do it again, and its daemon runs again. 1: it cannot be changed
# back.
mta_unblock() {
  local mode='' program='' unit=''
  [ -f "$state/packages/blocked" ] || return 0
  while read -r mode program unit; do
    [ -f "$program" ] || continue # it was replaced
    chmod "$mode" "$program" || return 1
    # A restart, since at boot it was started in vain and counts as active.
    [ -z "$unit" ] || timeout 30 systemctl restart "$unit" </dev/null || :
  done <"$state/packages/blocked"
  rm -f "$state/packages/blocked"
}

# mta_close NAME...: empties these mail systems and keeps them from accepting; gives up if mail comes in all the time.
mta_close() {
  local name='' round=''
  for name; do
    mta_choose "$name" || return 1
    [ -n "$mta_program" ] || continue
    for round in 1 2 3; do
      mta_drain || break
      if mta_block && wait_for 15 mta_idle && mta_empty; then continue 2; fi
      mta_unblock || :
      [ "$round" = 3 ] || say "$mta_package got mail in the meantime: once more"
    done
    mta_refuse
  done
}

# mta_refuse: says what keeps it from being replaced, and ends.
mta_refuse() {
  local why=''
  mta_unblock || :
  why="$(mta_waiting) messages wait in the queue of $mta_package, and Postfix in its place would not deliver them"
  ! mta_empty ||
    why="programs hand mail to $mta_package without a pause (processes of it: $(mta_processes | tr '\n' ' '))"
  fail 69 "$why." "What to do: Repair its delivery or remove them (see 'mailq' there), then run pulumi up again." \
    "$(unchanged)"
}

# mta_look_again: tells of messages that a replaced mail system has left in its spool.
mta_look_again() {
  local name=''
  for name in $(read_list replaced); do
    if apt_installed "$name" || ! mta_choose "$name" || mta_empty; then continue; fi
    fail 69 "$(mta_waiting) messages are left in the spool of $name (in /var/spool), which Postfix has replaced." \
      'What to do: Hand them to sendmail again, or remove them, then run pulumi up again.' "$(unchanged)"
  done
  rm -f "$state/packages/replaced"
}
