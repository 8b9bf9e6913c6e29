# The verbs that units of ours call: what changes on a host beside Postfix reaches it.

# is_adapted: whether there is nothing for adapt to do, which most calls find, without the lock.
is_adapted() {
  [ "$(live)" != original ] || return 0
  [ -z "$(stale_chroot "$spool")" ] && are_bridges_settled
}

# adapt: the chroot gets the files that resolve names as they are now, bridges are taken in or left out, and Postfix
# reads it.
adapt() {
  local failure='' postfix_copied='' code=0
  if [ "$(live)" = original ]; then return; fi
  copy_chroot "$spool" || fail 73 "$failure: is the disk full or read-only?"
  settle_bridges || code=$?
  [ "$code" != 73 ] || fail 73 "cannot write in $etc: is the disk full or read-only?"
  if [ -z "$postfix_copied" ] && [ "$code" = 1 ]; then return; fi
  if running; then
    take_over reload || fail 78 "$failure"
    [ -z "$postfix_copied" ] || flush_queue
  fi
  say "took over what has changed on this host: ${postfix_copied:-bridges}"
}

# prestart: before Postfix starts. It takes no lock: a step that has it may be what starts Postfix.
prestart() {
  settle_bridges
  follow_bridges
}

# bridges: takes each of those that are left out in as soon as it is there.
bridges() {
  while [ -n "$(bridges_left_out)" ]; do
    await_bridge
    "$tool" adapt || sleep 10
  done
}

# install_adapting: the units that call adapt: when one of these files changes, and at boot. That a link is replaced
# systemd sees only in its folder. Debian's own for that, postfix-resolvconf.path, knows only resolv.conf, and does
# nothing where that was not there at boot. 73: one cannot be written.
install_adapting() {
  local file=''
  write_unit "$adapt_unit.service" '[Unit]' 'Description=Take over what has changed on this host for the mail relay' \
    'After=postfix.service postfix@-.service' 'StartLimitIntervalSec=0' '' '[Service]' 'Type=oneshot' \
    "ExecStart=$tool adapt" 'Restart=on-failure' 'RestartSec=60' '' '[Install]' 'WantedBy=multi-user.target' ||
    return 73
  set -- '[Unit]' 'Description=Watch the files with which the mail relay resolves names' '' '[Path]' 'PathChanged=/etc'
  for file in $resolver_files; do set -- "$@" "PathChanged=/etc/$file"; done
  write_unit "$adapt_unit.path" "$@" '' '[Install]' 'WantedBy=paths.target' || return 73
  systemctl --quiet enable "$adapt_unit.service" "$adapt_unit.path" && systemctl start "$adapt_unit.path" &&
    durable "$units" "$units/multi-user.target.wants" "$units/paths.target.wants"
}

# remove_adapting: none of these units stays, nor those for bridges.
remove_adapting() {
  systemctl --quiet disable --now "$adapt_unit.path" "$adapt_unit.service" 2>/dev/null
  rm -f "$units/$adapt_unit.path" "$units/$adapt_unit.service"
  remove_bridges
}
