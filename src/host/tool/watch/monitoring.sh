# monitoring: a timer on the host that writes what check says for Prometheus, where that is wanted.

# install_monitoring: the timer as `monitoring` wants it, or none. 73: it cannot be set up.
install_monitoring() {
  local folder=''
  folder=$(input_key textfile)
  [ "$(recorded textfile)" = "$folder" ] || remove_monitoring || return 73
  [ -n "$folder" ] || return 0
  mkdir -p "$root$folder" || return 73
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
  local folder=''
  folder=$(recorded textfile)
  [ -n "$folder" ] || return 0
  systemctl --quiet disable --now "$metrics_unit.timer" 2>/dev/null
  systemctl stop "$metrics_unit.service" 2>/dev/null
  rm -f "$units/$metrics_unit.service" "$units/$metrics_unit.timer" "$root$folder/postfix-relay.prom" "$state/textfile"
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
