# monitoring: timers on the host that write for Prometheus, where that is wanted: what check says, each minute; and
# whether mail leaves, as often as the probe is wanted.

# read_folder_owner FOLDER: who may put another folder in its place: root, or else the owner of the first part of its
# path that is not root's, a link on the way included. 73: others, too, may write in a part.
# Sets: monitoring_owner ("UID:GID") failure
read_folder_owner() {
  local path='' rest='' whole=''
  whole=$(readlink -m "$1")
  set -- "$1" "$whole"
  for rest in "$1" "$2"; do
    path=''
    while rest=${rest#/} && [ -n "$rest" ]; do
      path=$path/${rest%%/*}
      set -- "$@" "$path"
      case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    done
  done
  monitoring_owner=$(stat -c '%u:%g %a %F:%n' / "$@" 2>/dev/null | awk -v whole="$whole" '
    $1 !~ /^0:/ { print $1; found = 1; exit }
    { name = substr($0, index($0, ":/") + 1) }
    / symbolic link:/ || name == whole || $2 ~ /^[1357]...$/ { next } # where a link leads is looked at, too
    $2 ~ /[2367].$|[2367]$/ { print "open " name; found = 1; exit }
    END { if (!found) print "0:0" }')
  case $monitoring_owner in
  'open '*)
    failure="others may write in ${monitoring_owner#open }, a part of that path, and put a folder of their own there."
    return 73
    ;;
  esac
}

# run_as_owner FOLDER COMMAND...: runs it with no more rights than who owns a part of the path already has. 73: others,
# too, may write in a part. Sets: failure
run_as_owner() {
  local monitoring_owner=''
  read_folder_owner "$1" || return 73
  shift
  case $monitoring_owner in
  0:*) "$@" ;;
  *) setpriv --reuid="${monitoring_owner%:*}" --regid="${monitoring_owner#*:}" --clear-groups -- "$@" ;;
  esac
}

# A program of its own, which another user may run: puts what is on stdin in the place of the file $1, as a whole. It
# opens no file that was there before, and touches none by its name but by renaming.
# shellcheck disable=SC2016 # it expands in the program
monitoring_put='umask 022; set -C; new=${1%/*}/.${1##*/}.$(od -An -N8 -tx1 /dev/urandom | tr -d " \n")
  cat >"$new" && mv -fT "$new" "$1" || { rm -f "$new"; exit 1; }'

# install_monitoring: the timers as `monitoring` wants them, or none. 73: they cannot be set up.
install_monitoring() {
  local folder='' every='' failure=''
  folder=$(input_key textfile) every=$(input_key probe-every)
  [ "$(recorded textfile) $(recorded probe-every)" = "$folder $every" ] || remove_monitoring || return 73
  [ -n "$folder" ] || return 0
  # shellcheck disable=SC2016 # the same
  if ! run_as_owner "$root$folder" sh -c 'umask 022; mkdir -p "$1"' sh "$root$folder"; then
    [ -z "$failure" ] || say "$folder cannot be the folder for the metrics: $failure"
    return 73
  fi
  record textfile "$folder"
  monitoring_timer "$metrics_unit" 'Write what the mail relay does for Prometheus' 0 60 1 "$folder" \
    "check --format prometheus --to $folder/postfix-relay.prom" || return 73
  [ -n "$every" ] || return 0
  record probe-every "$every"
  # Not at once: the first configuration is proven later in the same run. The hosts of a fleet do not ask all at once.
  monitoring_timer "$probe_unit" 'Ask the relay host whether mail leaves' 300 "$every" 60 "$folder" \
    "probe --textfile $folder/postfix-relay-probe.prom"
}

# monitoring_sandbox UNIT FOLDER: prints what its service may do: read, and write in that folder, in memory and in the
# queue, of which it tells whether that can be written. A probe is handed in by sendmail: postdrop's set-gid bit is
# nothing under NoNewPrivileges, and what runs as another user has to be killed when it hangs.
monitoring_sandbox() {
  local more='NoNewPrivileges=yes' kill=''
  [ "$1" = "$metrics_unit" ] || more='' kill=' CAP_KILL'
  can_sandbox || return 0
  # shellcheck disable=SC2086 # options
  printf '%s\n' $unit_sandbox $more RestrictSUIDSGID=yes MemoryDenyWriteExecute=yes SystemCallFilter=@system-service \
    SystemCallErrorNumber=EPERM 'RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6' UMask=0077 \
    "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_SETUID CAP_SETGID CAP_SYS_PTRACE$kill"
  case $2 in
  /tmp | /tmp/* | /var/tmp | /var/tmp/*) printf '%s\n' "ReadWritePaths=-/run -$spool -/tmp -/var/tmp" ;;
  *) printf '%s\n' PrivateTmp=yes "ReadWritePaths=-/run -$spool -$2" ;;
  esac
}

# monitoring_timer UNIT WORDS FIRST SECONDS ACCURACY FOLDER VERB: a timer that runs this verb of the tool after FIRST
# seconds and then as often, and writes in that folder. 73: it cannot be set up.
monitoring_timer() {
  write_unit "$1.service" '[Unit]' "Description=$2" '' '[Service]' 'Type=oneshot' 'TimeoutStartSec=120' \
    'SuccessExitStatus=1 2' "ExecStart=$tool $7" "$(monitoring_sandbox "$1" "$6")" || return 73
  write_unit "$1.timer" '[Unit]' "Description=$2" '' '[Timer]' "OnActiveSec=$3" "OnUnitActiveSec=$4" \
    "AccuracySec=$5" "RandomizedDelaySec=$(($4 / 60 - 1))" '' '[Install]' 'WantedBy=timers.target' || return 73
  systemctl --quiet enable --now "$1.timer" && durable "$units" "$units/timers.target.wants"
}

# remove_monitoring: the timers go, and what they wrote.
remove_monitoring() {
  local folder='' unit='' failure=''
  folder=$(recorded textfile)
  [ -n "$folder" ] || return 0
  for unit in "$metrics_unit" "$probe_unit"; do
    systemctl --quiet disable --now "$unit.timer" 2>/dev/null
    systemctl stop "$unit.service" 2>/dev/null
    rm -f "$units/$unit.service" "$units/$unit.timer"
  done
  run_as_owner "$root$folder" rm -f "$root$folder/postfix-relay.prom" "$root$folder/postfix-relay-probe.prom"
  rm -f "$state/textfile" "$state/probe-every"
  systemctl daemon-reload
}

# monitoring_timers: prints those that there should be, on one line.
monitoring_timers() {
  [ -n "$(recorded textfile)" ] || return 0
  if [ -z "$(recorded probe-every)" ]; then printf '%s\n' "$metrics_unit.timer"
  else printf '%s\n' "$metrics_unit.timer $probe_unit.timer"; fi
}

# monitoring_fault [enabled]: prints why nothing is written for Prometheus, if it should be; the timers may be known to
# be enabled.
monitoring_fault() {
  local timers=''
  timers=$(monitoring_timers)
  [ -n "$timers" ] || return 0
  # shellcheck disable=SC2086 # units
  { [ -n "${1-}" ] || all_enabled $timers; } && all_active $timers ||
    printf '%s\n' "the timer $(printf '%s\n' "$timers" | sed 's/ / or /'), which writes the metrics, does not run"
}
