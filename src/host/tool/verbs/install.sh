# The verb install: puts Postfix and this tool on the host.

# install: the step -packages.
install() {
  local system_name='' failure=''
  require_system
  receive
  require_owner
  mkdir -p "$state" && chmod 711 "$state" || fail 73 "cannot create $state." "$(unchanged)"
  recover
  in_folder "${aliases%/*}" aliases || [ -d "$state/packages" ] || record made-aliases yes
  [ -d "$state/packages" ] || record indexes "$(ls "$aliases".*db 2>/dev/null | tr '\n' ' ')none"
  make_placeholder
  # Before another mail system may have to refuse mail: whatever cuts that off, a boot ends it.
  install_tool || fail 73 "cannot write $tool: is the disk full or read-only?" "$(unchanged)"
  install_unit || fail 73 "cannot write $units/$boot_unit, or enable it." "$(unchanged)"
  install_adapting || fail 73 "cannot write $units/$adapt_unit.path, or enable it." "$(unchanged)"
  if [ "$(input_key tokens)" = yes ]; then packages_for_tokens; else packages_install; fi
  settle_placeholder
  install_monitoring || fail 73 "cannot set up the timer $metrics_unit.timer in $units, or its folder." "$(unchanged)"
  [ -s "$state/salt" ] || record salt "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  if [ "$(input_key tokens)" = yes ]; then proxy_install || fail 73 "$failure" "$(unchanged)"; fi
  record format "$format"
  record_owner
  json postfixVersion! "$(mail_version)" system! "$system_name"
}

# read_system: Sets: system_name system_kinds (what os-release calls this system and those that it is like)
read_system() {
  local ID='' ID_LIKE='' PRETTY_NAME=''
  # shellcheck disable=SC1091 # it is on the host
  . "$root/etc/os-release"
  system_name=$PRETTY_NAME system_kinds=" $ID $ID_LIKE "
}

# require_system: refuses hosts that the tool does not know. Sets: system_name
require_system() {
  local system_kinds=''
  read_system
  case $system_kinds in
  *' debian '* | *' ubuntu '*) ;;
  *) fail 78 "this host runs ${system_name:-an unknown system}; only Debian and Ubuntu are supported." "$(unchanged)" ;;
  esac
  [ -d "$root/run/systemd/system" ] || fail 78 "this host is not run by systemd." "$(unchanged)"
  [ ! -L "$etc" ] || fail 78 "$etc is a symbolic link to $(readlink "$etc"); make it a folder first." "$(unchanged)"
}

# Whether this run has made the placeholder.
install_made=''

# make_placeholder: until a first configuration is proven mail waits in the maildrop, as it was handed in: neither
# Postfix nor its package's scripts guess the host's name, and no wrong sender is written into it.
make_placeholder() {
  if in_etc main.cf; then return; fi
  mkdir -p "$etc" && chmod 755 "$etc" && install_made=yes
  write_placeholder 2 || fail 73 "cannot write in $etc." "$(unchanged)"
}

# remove_placeholder: takes it away again when Postfix could not be installed; on a host that was not ours before also
# what was to end that at a boot, unless it is still needed.
remove_placeholder() {
  if [ -z "$install_made" ] || postfix_installed; then return; fi
  rm -f "$etc/main.cf" "$state/placeholder.cf"
  rmdir "$etc" 2>/dev/null
  if [ -f "$state/packages/blocked" ] || [ -s "$state/owner" ]; then return; fi
  systemctl --quiet disable "$boot_unit" 2>/dev/null
  remove_adapting
  rm -rf "$units/$boot_unit" "$tool" "${spare%/*}"
}

# settle_placeholder: now that Postfix can be asked: the same at the level of its release, with a master.cf.
settle_placeholder() {
  in_etc master.cf || cp "$root/usr/share/postfix/master.cf.dist" "$etc/master.cf" ||
    fail 73 "cannot write in $etc." "$(unchanged)"
  if is_placeholder && version_at_least 3.6 "$(mail_version)"; then
    write_placeholder 3.6 || fail 73 "cannot write in $etc." "$(unchanged)"
  fi
  if [ "$(recorded made-aliases)" = yes ] && [ -f "$aliases" ]; then
    record made-aliases "$(sha256sum <"$aliases")"
  fi
}

# write_placeholder LEVEL: writes that main.cf, and remembers it. 73: it cannot be written.
write_placeholder() {
  printf '%s\n' '# Written by postrelay: mail waits in the maildrop until a configuration is proven.' \
    "compatibility_level = $1" 'myhostname = localhost.localdomain' 'inet_interfaces = loopback-only' \
    'defer_transports = smtp relay local' 'master_service_disable = inet, pickup/unix, pickup/fifo' \
    >"$state/placeholder.cf" || return 73
  cp "$state/placeholder.cf" "$beside" && put_readable "$beside" "$etc/main.cf"
}

# install_tool: puts this file in its place, and a copy of it. 73: it cannot be written.
install_tool() {
  local sum=''
  sum=$(sha256sum <"$0" | cut -d ' ' -f 1)
  # Cut off in between, either of the two is as it was left.
  record tool "$(recorded tool) $sum"
  cp "$0" "$tool.new" && chmod 755 "$tool.new" || return 73
  durable "$tool.new" && mv "$tool.new" "$tool" || return 73
  durable "${tool%/*}"
  mkdir -p "${spare%/*}" && cp "$tool" "$spare.new" || return 73
  durable "$spare.new" && mv "$spare.new" "$spare" || return 73
  durable "${spare%/*}"
  record tool "$sum"
}

# install_unit: at boot, before Postfix starts, it ends what a power cut has left half done. Enabled each time: an
# earlier run may have been killed before it came to that. 73: it cannot be written.
install_unit() {
  write_unit "$boot_unit" '[Unit]' 'Description=End an interrupted change of the mail relay configuration' \
    'DefaultDependencies=no' 'After=local-fs.target' 'Before=postfix.service postfix@-.service' '' '[Service]' \
    'Type=oneshot' 'TimeoutStartSec=90' "ExecStart=$tool recover boot" '' '[Install]' 'WantedBy=multi-user.target' ||
    return 73
  systemctl --quiet enable "$boot_unit" && durable "$units" "$units/multi-user.target.wants"
}
