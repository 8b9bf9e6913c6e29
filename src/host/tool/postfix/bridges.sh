# Bridges: addresses at which Postfix listens and that an interface has only while another program, such as Docker,
# wants it. Postfix does not start with an address that is not there, so master_service_disable takes its service out
# until it is. One that goes while Postfix runs does no harm: what listens there goes on when it is back.

bridges_unit=postfix-relay-bridges.service
# Stands in main.cf below the marker and above that parameter.
bridges_note='# Bridges that are not there yet:'

# bridge_services FOLDER: prints the services of its master.cf that listen at an address of their own, one on each line.
bridge_services() {
  awk '/^[^ \t#]/ && $2 == "inet" && $1 ~ /:[^:]*$/ && $1 !~ /^(127\.|\[::1\]|localhost:)/ { print $1 }' \
    "$1/master.cf" 2>/dev/null
}

# own_bridges FOLDER: prints those of them that `bridges` names; the others are the host's own.
own_bridges() {
  local generation="${1%/etc}"
  [ "$1" != "$etc" ] || generation=$state/good
  sed -n 's|^M \([^ ]*:25\)/inet = .*|\1|p' "$generation/sent/master_edits" 2>/dev/null
}

# missing_bridges FOLDER: prints those of them where Postfix cannot listen now.
missing_bridges() {
  local own='' service=''
  own=$(own_bridges "$1")
  for service in $(bridge_services "$1"); do is_there "$own" "$service" || printf '%s\n' "$service"; done
}

# is_there OWN SERVICE: whether Postfix can listen there, and may: if it is one of OWN, which are ours, only where
# containers alone are behind it.
is_there() {
  has_address "${2%:*}" || return 1
  ! has_line "$1" "$2" || [ -z "$(bridge_refusal "${2%:*}")" ]
}

# bridge_refusal ADDRESS: prints why others than containers of this host may be behind the interface that has it: it is
# neither a bridge nor one end of a pair that leads nowhere else, or the way to other machines.
bridge_refusal() {
  local interface='' networks="$root/sys/class/net" port='' routes=''
  interface=$(ip -o address show to "$(printf '%s\n' "$1" | tr -d '[]')" -tentative 2>/dev/null |
    awk '{ print $2; exit }')
  [ -n "$interface" ] || return 0
  routes=$newline$({ ip route show dev "$interface" && ip -6 route show dev "$interface"; } 2>/dev/null)
  case "$(ip -o -d link show dev "$interface" 2>/dev/null),$routes" in
  *' bridge '*"${newline}default "*) printf '%s is the way to all other machines\n' "$interface" ;;
  *' bridge '*) ;;
  *' veth '*,*'via '*) printf '%s leads to a gateway\n' "$interface" ;;
  *' veth '*) ;;
  *) printf '%s is no bridge\n' "$interface" ;;
  esac
  for port in "$networks/$interface/brif"/*; do
    set -- "$networks/${port##*/}/device" "$networks/${port##*/}"/lower_*/device
    [ ! -e "$1" ] && [ ! -e "$2" ] || printf '%s\n' "the network card ${port##*/} is a port of $interface"
  done
}

# has_address ADDRESS: whether an interface of this host has it, so that a program can listen there, if ip can tell. A
# name may have any.
has_address() {
  local address='' found=''
  address=$(printf '%s\n' "$1" | tr -d '[]')
  case $address in *[!0-9a-fA-F.:]* | 0.0.0.0 | ::) return 0 ;; esac
  found=$(ip -o address show to "$address" -tentative 2>&1) || return 0
  [ -n "$found" ]
}

# leave_out_bridges FOLDER FILE: ends that main.cf so that Postfix does without the bridges of the folder's master.cf
# that are missing now. 73: it cannot be written.
leave_out_bridges() {
  local missing='' list=''
  missing=$(missing_bridges "$1")
  [ -n "$missing" ] || return 0
  list=$(sed -n 's/^master_service_disable = *//p' "$2" | tail -n 1)
  list=$(printf '%s\n' "$missing" | sed 's|$|/inet|' | tr '\n' ' ')$list
  printf '%s\n%s\nmaster_service_disable = %s\n' "$marker" "$bridges_note" "${list% }" >>"$2" || return 73
}

# without_bridges: prints a main.cf, which stdin has, without what that has added.
without_bridges() {
  awk -v marker="$marker" -v note="$bridges_note" '
    held && $0 == note { held = 0; getline; next }
    held { print marker; held = 0 }
    $0 == marker { held = 1; next }
    { print }
    END { if (held) print marker }'
}

# bridges_left_out: prints the addresses that the live main.cf leaves out, on one line.
bridges_left_out() {
  [ -f "$units/$bridges_unit" ] || return 0
  awk -v note="$bridges_note" '
    found {
      for (i = 3; i <= NF; i++) if (sub(/:[^:]*\/inet$/, "", $i)) printf "%s ", $i
      exit
    }
    $0 == note { found = 1 }' "$etc/main.cf" 2>/dev/null
}

# are_bridges_settled: whether the live main.cf leaves out what is missing now, and only that.
are_bridges_settled() { [ "$(missing_bridges "$etc" | sed 's/:[^:]*$//' | tr '\n' ' ')" = "$(bridges_left_out)" ]; }

# settle_bridges: makes it so; Postfix is not told. 1: it was so already, 73: it cannot be written.
settle_bridges() {
  if [ "$(live)" = original ] || [ ! -f "$etc/main.cf" ] || [ -L "$etc/main.cf" ]; then return 1; fi
  ! are_bridges_settled || return 1
  without_bridges <"$etc/main.cf" >"$beside" && leave_out_bridges "$etc" "$beside" || return 73
  put_readable "$beside" "$etc/main.cf"
}

# follow_bridges: where some are left out, they are waited for.
follow_bridges() { [ -z "$(bridges_left_out)" ] || systemctl start --no-block "$bridges_unit" 2>/dev/null; }

# await_bridge: returns as soon as one that is left out is there, or none is left out.
await_bridge() {
  local own='' address='' left=''
  own=$(own_bridges "$etc")
  while left=$(bridges_left_out) && [ -n "$left" ]; do
    for address in $left; do ! is_there "$own" "$address:25" || return 0; done
    sleep 2
  done
}

# install_bridges FOLDER: where its master.cf has bridges, they are looked at before each start of Postfix, which is the
# work of postfix@- up to Debian 12, and later of postfix. 73: a unit cannot be written.
install_bridges() {
  local unit=''
  [ -n "$(bridge_services "$1")" ] || return 0
  write_unit "$bridges_unit" '[Unit]' 'Description=Wait for bridges at which the mail relay listens' \
    'After=postfix.service postfix@-.service' '' '[Service]' "ExecStart=$tool bridges" || return 73
  for unit in postfix.service postfix@-.service; do
    mkdir -p "$units/$unit.d" || return 73
    write_unit "$unit.d/postfix-relay.conf" '[Service]' "ExecStartPre=-+$tool prestart" || return 73
  done
}

# bridges_fault: prints what keeps Postfix from starting without one of them.
bridges_fault() {
  local unit=''
  [ -n "$(bridge_services "$etc")" ] || return 0
  for unit in "$bridges_unit" postfix.service.d/postfix-relay.conf postfix@-.service.d/postfix-relay.conf; do
    [ -f "$units/$unit" ] ||
      printf '%s\n' "$units/$unit, without which Postfix does not start before its bridges, is gone"
  done
}

# remove_bridges: none of that stays.
remove_bridges() {
  local unit=''
  [ -f "$units/$bridges_unit" ] || return 0
  systemctl stop "$bridges_unit" 2>/dev/null
  rm -f "$units/$bridges_unit"
  for unit in postfix.service postfix@-.service; do
    rm -f "$units/$unit.d/postfix-relay.conf"
    rmdir "$units/$unit.d" 2>/dev/null
  done
  systemctl daemon-reload
}
