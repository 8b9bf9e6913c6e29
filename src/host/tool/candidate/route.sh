# How the candidate sends while a change is proven: how long it waits, and by which way.

# candidate_patience SECONDS: each try may take that long, so that a log line tells in time what it waited for. The SMTP
# client, which is not running yet, reads this when it starts.
candidate_patience() {
  local phase='' patience=$(($1 > 3 ? $1 - 2 : 1))
  set -- "smtp_connect_timeout=$((patience < 10 ? patience : 10))s"
  for phase in helo starttls mail rcpt data_init data_xfer data_done; do
    set -- "$@" "smtp_${phase}_timeout=${patience}s"
  done
  candidate_set "$@"
}

# candidate_route VIA: sends everything by TRANSPORT:NEXTHOP, or with `-` as the configuration says. It is not
# undone: `-` comes first.
candidate_route() {
  local reloads=''
  [ "$1" != - ] || return 0
  reloads=$(candidate_reloads)
  candidate_set "sender_dependent_default_transport_maps=static:$1" || return 73
  postfix -c "$candidate_etc" reload 2>/dev/null && wait_for 5 candidate_reloaded "$reloads"
}
candidate_reloads() { grep -c '/master\[[0-9]*\]: reload ' "$candidate_log"; }
candidate_reloaded() { [ "$(candidate_reloads)" -gt "$1" ]; }
