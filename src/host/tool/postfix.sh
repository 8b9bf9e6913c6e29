# What the tool asks of Postfix and of systemd.

# postfix_installed: whether Postfix is there now: a shell remembers where it once found a command.
postfix_installed() { hash -r && command -v postconf >/dev/null; }

# Prints the version of Postfix's package.
postfix_version() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${Version}' postfix 2>/dev/null
}

# require_postfix: ends the verb when Postfix is gone from the host.
require_postfix() {
  postfix_installed || fail 78 "Postfix is not installed on this host any more." \
    "Install it again: pulumi up --replace '**-packages', or 'apt-get install postfix' on the host. $(unchanged)"
}

# version_at_least WANTED VERSION: whether that version is not older than the wanted one.
version_at_least() {
  if [ "${1%%.*}" != "${2%%.*}" ]; then
    [ "${2%%.*}" -gt "${1%%.*}" ]
    return
  fi
  wanted_minor=${1#*.} minor=${2#*.}
  case $1 in *.*) ;; *) return 0 ;; esac
  [ "${minor%%[!0-9]*}" -ge "$wanted_minor" ]
}

# live_value NAME: what a parameter of the live main.cf means.
live_value() { postconf -xh "$1" 2>/dev/null || :; }

# listeners FOLDER: where its main.cf makes Postfix listen, which a reload does not change.
listeners() { postconf -c "$1" -xh inet_interfaces inet_protocols 2>/dev/null | tr '\n' ' '; }

# Prints the process ID of the running master, if there is one.
master() {
  { read -r master_pid <"$spool/pid/master.pid"; } 2>/dev/null || return 1
  read_line "/proc/$master_pid/comm"
  [ "$kernel_line" = master ] && echo "$master_pid"
}
running() { master >/dev/null; }
not_running() { ! running; }

# Prints the process ID of the running queue manager, which a reload replaces.
queue_manager() {
  parent=$(master) || return 0
  for pid in $(pidof qmgr nqmgr); do
    read_line "/proc/$pid/stat"
    case $kernel_line in *' (qmgr) '?" $parent "* | *' (nqmgr) '?" $parent "*) echo "$pid" ;; esac
  done
}

# reloaded QUEUE_MANAGER: whether another queue manager than that one is at work, and the queue answers.
reloaded() {
  newer=$(queue_manager)
  [ -n "$newer" ] && [ "$newer" != "$1" ] && queue_answers
}
queue_answers() { postqueue -p >/dev/null 2>&1; }

# take_over start|reload [directly]: makes Postfix read its files, and looks whether it has. Sets: wrong
take_over() {
  older=$(queue_manager)
  if ! tell_postfix "$@" || ! wait_for 15 reloaded "$older"; then
    wrong="Postfix did not $1: $(why_not) $wrong"
    return 78
  fi
}

# tell_postfix start|reload [directly]: by systemd; or directly, which is half the time, and leaves a postsuper at work
# that no pipe and no lock may wait for. Sets: wrong
tell_postfix() {
  case ${2-} in
  directly) wrong='' && timeout 60 postfix "$1" </dev/null >/dev/null 2>&1 9>&- ;;
  *) wrong=$(timeout 60 systemctl "$1" postfix 2>&1) ;;
  esac
}

# stop_postfix: true when no process of it is left to meet half-changed files. Sets: wrong
stop_postfix() { wrong=$(timeout 60 systemctl stop postfix 2>&1) && wait_for 15 not_running; }

# Prints the newest reason that Postfix has logged for not running.
why_not() {
  {
    journalctl -q -n 200 -o cat SYSLOG_FACILITY=2 2>/dev/null
    tail -q -n 200 "$(live_value maillog_file)" /var/log/mail.log /var/log/syslog 2>/dev/null
  } | grep -E 'postfix.*(fatal|error|panic):|^(fatal|error|panic):' | grep -v 'mail system is not running' | tail -n 1
}

# Prints whether Postfix starts at boot: enabled, disabled, masked …
unit_state() { systemctl is-enabled postfix.service 2>/dev/null || :; }

# all_enabled UNIT...: whether each of these is enabled, by one question.
all_enabled() { [ "$(systemctl is-enabled "$@" 2>/dev/null)" = "$(printf 'enabled%.0s\n' "$@")" ]; }

# Prints how many messages are in the queue, whether Postfix runs or not. One that was not handed in completely, which
# a power cut leaves for a week, is none: Postfix makes a file executable when it is accepted.
queue_length() {
  for folder in maildrop incoming active deferred hold; do
    [ ! -d "$spool/$folder" ] || find "$spool/$folder" -type f -perm -100
  done | wc -l
}
flush_queue() { postqueue -f 2>/dev/null || :; }

# copy_chroot QUEUE: gives the chroot of that queue the files that resolve names, as they are now: a reload does not.
# Sets: copied wrong
copy_chroot() {
  copied=''
  [ "$(resolver_files "$root/etc")" != "$(resolver_files "$1/etc")" ] || return 0
  for file in $resolver; do
    if [ ! -d "$1/etc" ] || [ ! -f "$root/etc/$file" ] || cmp -s "$root/etc/$file" "$1/etc/$file"; then continue; fi
    wrong="cannot write $1/etc/$file"
    cp -L "$root/etc/$file" "$1/etc/$file.new" && put_readable "$1/etc/$file.new" "$1/etc/$file" || return 73
    copied="$copied$file "
  done
}
resolver='resolv.conf hosts nsswitch.conf services host.conf localtime'
# shellcheck disable=SC2086 # a list of names
resolver_files() { cd "$1" 2>/dev/null && sha256sum $resolver 2>/dev/null; }
