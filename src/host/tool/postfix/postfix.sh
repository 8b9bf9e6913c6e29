# What the tool asks of Postfix: its version, its parameters, its processes and its queue.

# postfix_installed: whether Postfix is there now: a shell remembers where it once found a command.
postfix_installed() { hash -r && command -v postconf >/dev/null; }

# postfix_version: prints the version of Postfix's package.
postfix_version() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${Version}' postfix 2>/dev/null
}

# require_postfix: ends the verb when Postfix is gone from the host.
require_postfix() {
  postfix_installed || fail 78 "Postfix is not installed on this host any more." \
    "What to do: Install it again: pulumi up --replace '**-packages', or 'apt-get install postfix' on the host." \
    "$(unchanged)"
}

# mail_version: prints the version that Postfix has for itself. It says that without its files, which may be broken.
mail_version() { postconf -c / -dh mail_version 2>/dev/null; }

# version_at_least WANTED VERSION: whether that version is not older than the wanted one.
version_at_least() {
  local wanted="${1#*.}" minor="${2#*.}"
  if [ "${1%%.*}" != "${2%%.*}" ]; then
    [ "${2%%.*}" -gt "${1%%.*}" ]
    return
  fi
  case $1 in *.*) ;; *) return 0 ;; esac
  [ "${minor%%[!0-9]*}" -ge "$wanted" ]
}

# live_value NAME: prints what a parameter of the live main.cf means.
live_value() { postconf -xh "$1" 2>/dev/null || :; }

# listeners FOLDER: prints where its main.cf makes Postfix listen and where it has its queue, which a reload does not
# change.
listeners() { postconf -c "$1" -xh inet_interfaces inet_protocols queue_directory 2>/dev/null | tr '\n' ' '; }

# queue_folder [FOLDER]: prints where Postfix has its queue with the live main.cf, or with that in a folder: one that is
# not ours may have another place.
queue_folder() {
  local from="${1:-$etc}" queue=''
  if grep -q '^queue_directory' "$from/main.cf" 2>/dev/null; then
    queue=$(postconf -c "$from" -xh queue_directory 2>/dev/null)
  fi
  printf '%s\n' "${queue:-$spool}"
}

# master: prints the process ID of the running master, if there is one.
master() { master_in "$spool" || master_in "$(queue_folder)"; }

# master_in QUEUE: prints that of the Postfix with that queue.
master_in() {
  local pid='' kernel_line=''
  { read -r pid <"$1/pid/master.pid"; } 2>/dev/null || return 1
  read_line "/proc/$pid/comm"
  [ "$kernel_line" = master ] && printf '%s\n' "$pid"
}
running() { master >/dev/null; }
not_running() { ! running; }

# queue_manager: prints the process ID of the running queue manager, which a reload replaces.
queue_manager() {
  local parent='' pid='' kernel_line=''
  parent=$(master) || return 0
  for pid in $(pidof qmgr nqmgr); do
    read_line "/proc/$pid/stat"
    case $kernel_line in
    *' (qmgr) '?" $parent "* | *' (nqmgr) '?" $parent "*) printf '%s\n' "$pid" ;;
    esac
  done
}

# reloaded QUEUE_MANAGER: whether another queue manager than that one is at work, and the queue answers.
reloaded() {
  local newer=''
  newer=$(queue_manager)
  [ -n "$newer" ] && [ "$newer" != "$1" ] && queue_answers
}
queue_answers() { postqueue -p >/dev/null 2>&1; }

# take_over start|reload: makes Postfix read its files. 78: it has not. Sets: failure
take_over() {
  local older='' begun=''
  older=$(queue_manager) begun=$(now)
  if ! tell_postfix "$1" || ! wait_for 15 reloaded "$older"; then
    failure="Postfix did not $1: $(start_failure "$begun") $(on_one_line "$failure")"
    return 78
  fi
  follow_bridges
}

# tell_postfix start|reload: systemd starts it. A reload by systemd is the same command in twice the time, and does not
# reach a Postfix that was started by hand. Sets: failure
tell_postfix() {
  failure=''
  case $1 in
  reload) postfix_directly reload ;;
  *) failure=$(timeout 60 systemctl "$1" postfix 2>&1) ;;
  esac
}

# postfix_directly COMMAND: leaves a postsuper at work that no pipe and no lock may wait for.
postfix_directly() { timeout 60 postfix "$1" </dev/null >/dev/null 2>&1 9>&-; }

# stop_postfix: true when no process of it is left to meet half-changed files. Sets: failure
stop_postfix() {
  failure=$(timeout 60 systemctl stop postfix 2>&1) || return
  ! running || postfix_directly stop
  wait_for 15 not_running
}

# start_failure TIME: prints the newest reason that Postfix has logged since then for not running. What only says that
# it does not run follows from another line.
start_failure() {
  local reasons=''
  reasons=$(maillog_since "$1" | grep -E 'postfix.*(fatal|error|panic):|^(fatal|error|panic):' |
    grep -v 'mail system is not running')
  { printf '%s\n' "$reasons" | grep -v -e 'mail system startup failed' -e 'daemon initialization failure' ||
    printf '%s\n' "$reasons"; } | tail -n 1
}

# queue_length [QUEUE]: prints how many messages are in the queue, whether Postfix runs or not. One that was not handed
# in completely, which a power cut leaves for a week, is none: Postfix makes a file executable when it is accepted.
queue_length() {
  local queue="${1:-$spool}" folder=''
  for folder in maildrop incoming active deferred hold; do
    [ ! -d "$queue/$folder" ] || find "$queue/$folder" -type f -perm -100
  done | wc -l
}

# corrupt_messages: prints the paths of messages that Postfix could not read and has put aside.
corrupt_messages() { find "$spool/corrupt" -type f 2>/dev/null; }
flush_queue() { postqueue -f 2>/dev/null || :; }
