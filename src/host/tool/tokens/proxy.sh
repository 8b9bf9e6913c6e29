# proxy: the login proxy, `dovecot-submissiond` in a unit of its own. Postfix logs in there with a password of the
# host's own; it opens TLS to the relay host, checks the certificate against its name, logs in with a token, and then
# passes on what both say. It listens at loopback addresses alone, and nobody gets in without the password.

# The package's own scripts write this file, and then a Dovecot takes mail from other machines at port 587.
proxy_protocol=$root/usr/share/dovecot/protocols.d/submissiond.protocol
proxy_config=$login/dovecot.conf

# proxy_keep_closed [theirs]: before its package is installed: no Dovecot takes mail by it, now or after an upgrade; and
# where there was none, none starts. 73: that cannot be written.
proxy_keep_closed() {
  record closed yes
  if [ ! -L "$proxy_protocol" ]; then
    mkdir -p "${proxy_protocol%/*}" && ln -s /dev/null "$proxy_protocol" || return 73
  fi
  [ -z "${1-}" ] || return 0
  record masked yes
  systemctl --quiet mask dovecot.service dovecot.socket 2>/dev/null || return 73
}

# proxy_reopen: after its packages are gone all of that is as it was. They leave a certificate, which they had made up.
proxy_reopen() {
  local settings="$root/etc/dovecot"
  if [ "$(recorded closed)" = yes ] && [ -L "$proxy_protocol" ]; then rm -f "$proxy_protocol"; fi
  [ "$(recorded masked)" = yes ] || return 0
  systemctl --quiet unmask dovecot.service dovecot.socket 2>/dev/null
  [ ! -e "$root/usr/sbin/dovecot" ] || return 0
  rm -f "$settings/private/dovecot.pem" "$settings/private/dovecot.key"
  rmdir "$settings/private" "$settings/conf.d" "$settings" 2>/dev/null || return 0
}

# proxy_install: its folder and its units; it runs, and tokens are renewed. 73: that cannot be written or started.
# Sets: failure
proxy_install() {
  local before=''
  failure="cannot write in $login or $units: is the disk full?"
  mkdir -p "$login/logins" "$login/seeds" && proxy_may_read "$login" 750 || return 73
  [ -s "$login/password" ] ||
    write_line "$login/password" "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" || return 73
  before=$(cat "$proxy_config" "$units/$login_unit" 2>/dev/null)
  token_rows && proxy_settings >"$proxy_config" || return 73
  proxy_units || return 73
  # What is on its way through it is cut off, and tried again by Postfix.
  [ "$before" = "$(cat "$proxy_config" "$units/$login_unit")" ] || systemctl stop "$login_unit" 2>/dev/null
  failure=$(systemctl --quiet enable --now "$login_unit" "$token_unit.timer" 2>&1) || return 73
  failure="the login proxy does not listen: $(proxy_said)"
  wait_for 15 proxy_listens || return 73
  durable "$units" "$units/multi-user.target.wants" "$units/timers.target.wants"
}

# proxy_units: writes them. 73: they cannot be written.
proxy_units() {
  write_unit "$login_unit" '[Unit]' 'Description=Log in at relay hosts that take tokens, for Postfix' \
    'After=network.target' 'Before=postfix.service postfix@-.service' '' '[Service]' \
    "ExecStart=/usr/sbin/dovecot -F -c $proxy_config" 'Restart=always' 'RestartSec=1' \
    'RuntimeDirectory=postfix-relay-login' "$(proxy_sandbox)" '' '[Install]' 'WantedBy=multi-user.target' || return 73
  write_unit "$token_unit.service" '[Unit]' 'Description=Renew the tokens for relay hosts' \
    'Wants=network-online.target' 'After=network-online.target' '' '[Service]' 'Type=oneshot' 'TimeoutStartSec=300' \
    "ExecStart=$tool renew" "$(token_sandbox)" || return 73
  write_unit "$token_unit.timer" '[Unit]' 'Description=Renew the tokens for relay hosts' '' '[Timer]' 'OnActiveSec=1' \
    'OnUnitInactiveSec=60' 'AccuracySec=1' '' '[Install]' 'WantedBy=timers.target'
}

# proxy_sandbox: prints what the unit may do, where systemd can shut it in here.
proxy_sandbox() {
  can_sandbox || return 0
  # shellcheck disable=SC2086 # options
  printf '%s\n' $unit_sandbox NoNewPrivileges=yes PrivateTmp=yes RestrictSUIDSGID=yes MemoryDenyWriteExecute=yes \
    'SystemCallFilter=~@clock @cpu-emulation @debug @module @obsolete @raw-io @reboot @swap' \
    SystemCallErrorNumber=EPERM 'RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6' \
    "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SYS_CHROOT"
}

# token_sandbox: the same for the unit that renews: it writes in the folder of the logins alone.
token_sandbox() {
  can_sandbox || return 0
  # shellcheck disable=SC2086 # options
  printf '%s\n' $unit_sandbox NoNewPrivileges=yes PrivateTmp=yes RestrictSUIDSGID=yes MemoryDenyWriteExecute=yes \
    SystemCallFilter=@system-service SystemCallErrorNumber=EPERM UMask=0077 \
    'RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6' "ReadWritePaths=$login -/run -$spool" \
    'CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_SETGID CAP_SETUID'
}

# proxy_settings: prints its configuration, in the form of the Dovecot that is installed. Postfix never sends the
# password itself, so nothing has to be said of a connection without TLS.
proxy_settings() {
  local version=''
  version=$(dovecot --version 2>/dev/null)
  if version_at_least 2.4 "${version:-2.3}"; then
    printf '%s\n' 'dovecot_config_version = 2.4.0' 'dovecot_storage_version = 2.4.0' 'protocols {' \
      '  submission = yes' '}' 'passdb passwd-file {' "  passwd_file_path = $login/accounts" \
      '  default_password_scheme = PLAIN' '}'
  else
    printf '%s\n' 'protocols = submission' 'passdb {' '  driver = passwd-file' \
      "  args = scheme=PLAIN username_format=%u $login/accounts" '}'
  fi
  printf '%s\n' 'instance_name = postfix-relay-login' 'base_dir = /run/postfix-relay-login' \
    'state_dir = /run/postfix-relay-login' 'login_greeting = ready' 'ssl = no' 'auth_mechanisms = cram-md5' \
    'auth_failure_delay = 0' 'auth_verbose = yes' 'login_proxy_max_reconnects = 0' \
    'submission_max_mail_size = 157286400' \
    'submission_backend_capabilities = PIPELINING DSN ENHANCEDSTATUSCODES 8BITMIME' \
    "listen = $(proxy_addresses)" 'service submission-login {' '  chroot =' '  inet_listener submission {' \
    "    port = $proxy_port" '  }' '  inet_listener submissions {' '    port = 0' '  }' '}'
}

# proxy_addresses: prints where it listens: for each login at an address of its own.
proxy_addresses() { printf '127.86.1.%s' 1 && printf ', 127.86.1.%s' 2 3 4 5 6 7 8; }

# proxy_said: prints the newest line of the last minutes that says why it could not log in, or did not start.
proxy_said() {
  journalctl -q -b -n 300 --since=-3min -o cat -u "$login_unit" 2>/dev/null |
    grep -E 'Error: |Panic: |Fatal: |Login failed as' | grep -v -e 'Raw backtrace' -e 'Fatal: master: ser' | tail -n 1
}

# proxy_reason ANSWER: prints why, where an answer to Postfix is the login proxy's own and says nothing of that.
proxy_reason() {
  local said=''
  case $1 in
  *'Account is temporarily unavailable'* | *'lost connection with 127.86.1.'*) said=$(proxy_said) ;;
  esac
  [ -z "$said" ] || printf 'dovecot[0]: %s\n' "$said"
}

# proxy_fault: prints why logins by tokens may fail, if something of it is not as it was installed.
proxy_fault() {
  has_tokens "$state/good" || return 0
  [ -s "$login/password" ] || printf '%s\n' "the password of the login proxy, $login/password, is gone"
  if ! proxy_settings | cmp -s - "$proxy_config"; then printf '%s was changed\n' "$proxy_config"; fi
  case $(stat -c '%a %U:%G' "$login" "$login/accounts" 2>/dev/null | tr '\n' ' ') in
  '750 root:dovecot 640 root:dovecot ') ;;
  *) printf '%s\n' "$login/accounts, which the login proxy reads, is gone or has another owner or mode" ;;
  esac
  if ! all_enabled "$login_unit" "$token_unit.timer"; then
    printf '%s\n' "the units $login_unit or $token_unit.timer, for relay hosts that take tokens, are not enabled"
  fi
  proxy_stopped
}

# proxy_stopped: prints that it does not run, if so.
proxy_stopped() {
  if ! has_tokens "$state/good" || all_active "$login_unit" "$token_unit.timer"; then return; fi
  printf '%s\n' "the login proxy ($login_unit), or the timer that renews its tokens ($token_unit.timer), does not run"
}

# proxy_remove: nothing of it stays but packages.
proxy_remove() {
  local unit=''
  [ -e "$units/$login_unit" ] || [ -d "$login" ] || return 0
  systemctl --quiet disable --now "$token_unit.timer" "$login_unit" 2>/dev/null
  systemctl stop "$token_unit.service" 2>/dev/null
  for unit in "$login_unit" "$token_unit.service" "$token_unit.timer"; do rm -f "$units/$unit"; done
  rm -rf "$login"
  systemctl daemon-reload
}
