# The candidate: a second Postfix beside the running one, with a staged generation, in a folder of its own: queue, data,
# log, no listeners. It runs in a transient unit that ends by itself, and takes its folder away when it ends.

candidate_etc=$candidate/etc
candidate_log=$candidate/log

# candidate_remove: ends the candidate and removes all that is left of it.
candidate_remove() {
  # A unit that systemd knows has its file there.
  if [ -e "$candidate" ] || [ -e "$root/run/systemd/transient/$candidate_unit.service" ]; then
    systemctl stop "$candidate_unit.service" 2>/dev/null || :
    remove_paths "$candidate"
  fi
}

# candidate_runs DIGEST: whether the candidate is there, with that generation, and will be for as long as a proof may
# take: one that is older than a minute would end too early.
candidate_runs() {
  if [ "$(line_of "$candidate/digest")" != "$1" ]; then return 1; fi
  [ -n "$(find "$candidate/digest" -newermt '1 minute ago')" ] && systemctl --quiet is-active "$candidate_unit.service"
}

# candidate_run sandboxed|openly: starts its unit, which can write nothing but its folder; prints what systemd says of a
# failure. What ends it takes the folder away, from outside.
candidate_run() {
  local how="$1" option=''
  set -- Type=forking KillMode=control-group TimeoutStopSec=1 RuntimeMaxSec="$candidate_seconds" \
    ExecStopPost="+/bin/rm -rf $candidate"
  # shellcheck disable=SC2086 # options
  [ "$how" = openly ] || set -- "$@" $unit_sandbox "ReadWritePaths=$candidate" \
    'SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap' \
    SystemCallErrorNumber=EPERM 'RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6' \
    'CapabilityBoundingSet=~CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_MODULE CAP_SYS_PTRACE CAP_SYS_TIME'
  for option in "$@"; do
    set -- "$@" -p "$option"
    shift
  done
  systemd-run --quiet --collect --unit="$candidate_unit" "$@" "$(command -v postfix)" -c "$candidate_etc" start 2>&1
}

# candidate_start GENERATION DIGEST: starts it; the services of the generation have been read. 73: its folder cannot be
# written, 78: Postfix refuses it. Sets: failure postfix_copied
candidate_start() {
  local refusal='' complaint='' logged='' denial=''
  candidate_remove
  if ! candidate_files "$1" || ! printf '%s\n' "$2" >"$candidate/digest"; then
    failure="cannot write in $candidate: is the disk full?"
    candidate_remove
    return 73
  fi
  refusal=$(candidate_run sandboxed) && return
  # It has gone with its folder: ask once more, without what some containers do not have.
  candidate_files "$1" && printf '%s\n' "$2" >"$candidate/digest"
  if ! can_sandbox; then
    refusal=$(candidate_run openly) && return
    candidate_files "$1"
  fi
  complaint=$(postfix -c "$candidate_etc" check 2>&1)
  logged=$(grep -hE 'fatal|error' "$candidate_log" 2>/dev/null | tail -n 1 | sed 's/^.*: fatal: //')
  failure="Postfix refuses the configuration: $(printf '%s\n' "${logged:-${complaint:-$refusal}}" | tail -n 1 |
    public_paths "$candidate_etc")."
  denial=$(apparmor_denial)
  [ -z "$denial" ] || failure=$(reason "$failure AppArmor on this host forbids it: allow $candidate in that profile." \
    "$denial")
  candidate_remove
  return 78
}

# apparmor_denial: prints the newest line of the last minutes in which the kernel says that AppArmor forbids Postfix
# something.
apparmor_denial() {
  journalctl -q -b -n 500 --since=-10min -o cat _TRANSPORT=kernel + _TRANSPORT=audit 2>/dev/null |
    grep -F 'apparmor="DENIED"' | grep -F postfix | tail -n 1
}

# candidate_files GENERATION: makes its folder. The daemons, which are not root, have to pass through it; nobody else
# has. 73: it cannot be written. Sets: failure postfix_copied
candidate_files() {
  mkdir -p "$candidate_etc" "$candidate/queue/etc" "$candidate/data" || return 73
  chown root:postfix "$candidate" && chmod 750 "$candidate" || return 73
  chmod 711 "$state" && chmod 755 "$candidate_etc" "$candidate/queue" || return 73
  chown postfix "$candidate/data" || return 73
  cp "$1"/etc/* "$candidate_etc/" && candidate_master "$1" || return 73
  candidate_aliases "$1" || return 73
  candidate_main_cf "$1" && make_readable "$candidate_etc" || return 73
  make_older "$candidate_etc/main.cf" && candidate_chroot && candidate_queue
}

# candidate_master GENERATION: nothing listens on the network; the log has a writer of its own.
candidate_master() {
  awk '
    /^[^ \t#]/ { skip = $2 == "inet" }
    /^postlog[ \t]/ && !skip { found = 1 }
    !skip
    END { if (!found) print "postlog unix-dgram n - n - 1 postlogd" }' "$1/etc/master.cf" >"$candidate_etc/master.cf"
}

# candidate_aliases GENERATION: a copy of the host's aliases with an index of its own; both have the mode of the file.
candidate_aliases() {
  if [ -f "$aliases" ]; then cat "$aliases"; fi >"$candidate_etc/aliases" || return 73
  [ ! -f "$aliases" ] || chmod --reference="$aliases" "$candidate_etc/aliases" || return 73
  postalias -c "$1/etc" "$(map_type "$1"):$candidate_etc/aliases"
}

# candidate_paths: prints, for sed, where each file of the generation lies here.
candidate_paths() {
  local file=''
  for file in "$candidate_etc"/*; do
    printf 's|/etc/postfix/%s\\([^A-Za-z0-9_.-]\\)|%s\\1|g\n' "${file##*/}" "$file"
    printf 's|/etc/postfix/%s$|%s|\n' "${file##*/}" "$file"
  done
  printf 's|:/etc/aliases|:%s/aliases|g\n' "$candidate_etc"
}

# candidate_main_cf GENERATION: its main.cf with these settings; it has one line for each parameter, so no postconf is
# asked, which takes as long as four other programs.
candidate_main_cf() {
  candidate_paths >"$candidate/paths" || return 73
  printf '/^Auto-Submitted: auto-replied/ DISCARD\n' >"$candidate_etc/reports" || return 73
  { candidate_settings && echo && sed -f "$candidate/paths" "$1/etc/main.cf"; } | awk '
    !reading && NF { set[$1] = $0; next }
    !reading { reading = 1; next }
    $1 ~ /^(header_checks|smtp_discard_ehlo_keywords)$/ && NF > 2 { set[$1] = set[$1] ", " substr($0, length($1) + 4) }
    $1 in set && $2 == "=" { next }
    { print }
    END { for (name in set) print set[name] }' >"$candidate_etc/main.cf"
}

# candidate_settings: prints what differs from the configuration that it proves: places, and that one message, now, is
# all it is for, at one address in each attempt: a second one would get a copy of what the first may have taken. A
# fallback would be no proof; the report of a probe may not leave. A relay host that knows DSN would be told to make no
# report, as Postfix itself is, and nobody would hear of a message that is refused behind it.
candidate_settings() {
  printf '%s\n' "queue_directory = $candidate/queue" "data_directory = $candidate/data" \
    "maillog_file = $candidate_log" "maillog_file_prefixes = $candidate" 'syslog_name = postfix-relay-candidate' \
    'inet_interfaces = loopback-only' 'smtp_fallback_relay =' 'notify_classes =' \
    'internal_mail_filter_classes = bounce,notify' "header_checks = regexp:$candidate_etc/reports" \
    'smtp_discard_ehlo_keywords = dsn' 'minimal_backoff_time = 3s' 'maximal_backoff_time = 3s' \
    'queue_run_delay = 3s' 'smtp_mx_session_limit = 1' 'default_destination_rate_delay = 0s'
  printf '%s\n' "$generation_services" |
    awk '$2 == "unix" && $8 == "smtp" { print $1 "_destination_rate_delay = 0s" }'
}

# candidate_set NAME=VALUE...: sets parameters of its main.cf.
candidate_set() { postconf -c "$candidate_etc" -e "$@" && make_older "$candidate_etc/main.cf"; }

# candidate_chroot: what the running Postfix has in its chroot, and what resolves names as it is now.
# Sets: failure postfix_copied
candidate_chroot() {
  local folder=''
  set --
  for folder in etc lib lib64 usr; do [ ! -d "$spool/$folder" ] || set -- "$@" "$spool/$folder"; done
  [ $# = 0 ] || cp -a "$@" "$candidate/queue/" || return 73
  copy_chroot "$candidate/queue"
}

# candidate_queue: the folders of an empty queue, as the running Postfix has them. With quick-start Postfix leaves out
# the checks that would make them, and that look at much else: half a second. If one is missing here, it does check.
candidate_queue() {
  local folder=''
  set -- active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace
  for folder in "$@"; do [ -d "$spool/$folder" ] || return 0; done
  tar -C "$spool" --no-recursion -cf - "$@" | tar -C "$candidate/queue" -xpf - || return 73
  candidate_permissions
  : >"$candidate/queue/quick-start"
}

# candidate_permissions: what is wrong with the folders of the running Postfix is mended with the switch, and here now.
candidate_permissions() {
  local needed='' whose='' path=''
  permissions_faults >"$candidate/faults"
  while read -r needed whose _ _ path; do
    path=$candidate/queue${path#"$spool"}
    [ ! -d "$path" ] || { chown "$whose" "$path" && chmod "$needed" "$path"; }
  done <"$candidate/faults"
}

# candidate_faults: prints what was wrong when it started; where it did not look, what is wrong now.
candidate_faults() { cat "$candidate/faults" 2>/dev/null || permissions_faults; }
