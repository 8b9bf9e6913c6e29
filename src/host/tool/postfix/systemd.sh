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

# unit_state: prints whether Postfix starts at boot: enabled, disabled, masked …
unit_state() { systemctl is-enabled postfix.service 2>/dev/null || :; }

# all_active UNIT...: whether each of these runs, by one question.
all_active() { [ "$(systemctl is-active "$@" 2>/dev/null)" = "$(printf 'active%.0s\n' "$@")" ]; }

# all_enabled UNIT...: whether each of these is enabled, by one question.
all_enabled() { [ "$(systemctl is-enabled "$@" 2>/dev/null)" = "$(printf 'enabled%.0s\n' "$@")" ]; }
