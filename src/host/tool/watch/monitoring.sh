# monitoring: a timer on the host that writes what check says for Prometheus, where that is wanted.

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
monitoring_put='umask 022; set -C; new=${1%/*}/.${1##*/}.$(od -An -N8 -tx1 /dev/urandom | tr -d " \n")
  cat >"$new" && mv -fT "$new" "$1" || { rm -f "$new"; exit 1; }'

# install_monitoring: the timer as `monitoring` wants it, or none. 73: it cannot be set up.
install_monitoring() {
  local folder='' failure=''
  folder=$(input_key textfile)
  [ "$(recorded textfile)" = "$folder" ] || remove_monitoring || return 73
  [ -n "$folder" ] || return 0
  if ! run_as_owner "$root$folder" sh -c 'umask 022; mkdir -p "$1"' sh "$root$folder"; then
    [ -z "$failure" ] || say "$folder cannot be the folder for the metrics: $failure"
    return 73
  fi
  record textfile "$folder"
  write_unit "$metrics_unit.service" '[Unit]' 'Description=Write what the mail relay does for Prometheus' '' \
    '[Service]' 'Type=oneshot' 'TimeoutStartSec=50' 'SuccessExitStatus=1 2' \
    "ExecStart=$tool check --format prometheus --to $folder/postfix-relay.prom" || return 73
  write_unit "$metrics_unit.timer" '[Unit]' 'Description=Write what the mail relay does for Prometheus each minute' '' \
    '[Timer]' 'OnActiveSec=0' 'OnUnitActiveSec=60' 'AccuracySec=1' '' '[Install]' 'WantedBy=timers.target' || return 73
  systemctl --quiet enable --now "$metrics_unit.timer" && durable "$units" "$units/timers.target.wants"
}

# remove_monitoring: the timer goes, and what it wrote.
remove_monitoring() {
  local folder='' failure=''
  folder=$(recorded textfile)
  [ -n "$folder" ] || return 0
  systemctl --quiet disable --now "$metrics_unit.timer" 2>/dev/null
  systemctl stop "$metrics_unit.service" 2>/dev/null
  run_as_owner "$root$folder" rm -f "$root$folder/postfix-relay.prom"
  rm -f "$units/$metrics_unit.service" "$units/$metrics_unit.timer" "$state/textfile"
  systemctl daemon-reload
}

# monitoring_fault [enabled]: prints why nothing is written for Prometheus, if it should be; the timer may be known to
# be enabled.
monitoring_fault() {
  if [ -z "$(recorded textfile)" ]; then return; fi
  [ "${1:-$(systemctl is-enabled "$metrics_unit.timer" 2>/dev/null)}" = enabled ] &&
    systemctl --quiet is-active "$metrics_unit.timer" ||
    printf '%s\n' "the timer $metrics_unit.timer, which writes the metrics, does not run"
}
