# What the tool asks of systemd.

# write_unit NAME LINE...: a unit of systemd, which learns of it only when it is another one. 73: it cannot be written.
write_unit() {
  local unit="$units/$1"
  shift
  printf '%s\n' "$@" >"$unit.new" || return 73
  if cmp -s "$unit.new" "$unit"; then
    rm -f "$unit.new"
    return
  fi
  put_readable "$unit.new" "$unit" && durable "$unit" && systemctl daemon-reload
}

# What a unit of ours can do without, and a daemon of Postfix too: devices, the kernel, other namespaces, and writing
# anywhere but where a unit says. Home folders stay readable: maps may lie there. An option that an older systemd does
# not know it leaves out with a warning.
unit_sandbox='ProtectSystem=strict ProtectHome=read-only PrivateDevices=yes PrivateMounts=yes ProtectKernelTunables=yes
ProtectKernelModules=yes ProtectKernelLogs=yes ProtectControlGroups=yes ProtectClock=yes ProtectHostname=yes
RestrictNamespaces=yes RestrictRealtime=yes LockPersonality=yes SystemCallArchitectures=native'

# can_sandbox: whether systemd can shut a unit in here: in some containers it cannot, and does not start the unit.
can_sandbox() {
  local option=''
  for option in $unit_sandbox; do set -- "$@" -p "$option"; done
  # Without --wait, which needs a bus: the start of such a unit is over when it is.
  systemd-run --quiet --collect -p Type=oneshot "$@" /bin/true >/dev/null 2>&1 </dev/null
}

# unit_state: prints whether Postfix starts at boot: enabled, disabled, masked …
unit_state() { systemctl is-enabled postfix.service 2>/dev/null || :; }

# all_active UNIT...: whether each of these runs, by one question.
all_active() { [ "$(systemctl is-active "$@" 2>/dev/null)" = "$(printf 'active%.0s\n' "$@")" ]; }

# all_enabled UNIT...: whether each of these is enabled, by one question.
all_enabled() { [ "$(systemctl is-enabled "$@" 2>/dev/null)" = "$(printf 'enabled%.0s\n' "$@")" ]; }

# unmask STATE: where the unit was masked, which it was after it was proven, it can be started again. Sets: failure
unmask() {
  local link=''
  case $1 in
  masked) failure=$(systemctl unmask postfix 2>&1) || return ;;
  masked-runtime) failure=$(systemctl unmask --runtime postfix 2>&1) || return ;;
  *) return 0 ;;
  esac
  # systemctl does not look into system.control and system.attached.
  link=$(systemctl show --value -p FragmentPath postfix.service)
  [ "$(readlink "$link")" = /dev/null ] || return 0
  failure=$(rm "$link" 2>&1 && systemctl daemon-reload 2>&1)
}

# start_at_boot STATE: Postfix is enabled, whatever its unit was. Sets: failure
start_at_boot() { case $1 in enabled*) ;; *) failure=$(systemctl enable postfix 2>&1) ;; esac }
