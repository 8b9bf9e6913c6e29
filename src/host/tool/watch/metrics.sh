# metrics: what check says, in the text format of Prometheus.

# metric NAME TYPE HELP SAMPLE...: prints one metric; a sample is a value, or labels and a value.
metric() {
  local name="postrelay_$1" sample=''
  printf '# HELP %s %s\n# TYPE %s %s\n' "$name" "$3" "$name" "$2"
  shift 3
  for sample in "$@"; do
    case $sample in '{'*) printf '%s\n' "$name$sample" ;; *) printf '%s\n' "$name $sample" ;; esac
  done
}

# check_metrics: the text format of Prometheus.
check_metrics() {
  local mark='' name=''
  metric in_sync gauge 'Whether the host matches what was proven (1), does not (0), or unknown (-1).' \
    "$(case $check_sync in yes) echo 1 ;; no) echo 0 ;; *) echo -1 ;; esac)"
  metric differences gauge 'How many things are no longer as they were proven.' \
    "$(printf '%s' "$check_drift" | grep -c .)"
  metric told gauge 'How many things an operator has to know that no step repairs.' \
    "$(printf '%s' "$check_told" | grep -c .)"
  metric queue_messages gauge 'Messages in the queue.' "{queue=\"active\"} $queue_active" \
    "{queue=\"deferred\"} $queue_deferred" "{queue=\"hold\"} $queue_hold"
  metric queue_oldest_seconds gauge 'Age of the oldest message in the queue.' "$queue_oldest"
  mark=$(live_mark)
  set --
  for name in original proven paused rolled-back; do
    if [ "$name" = "$mark" ]; then set -- "$@" "{state=\"$name\"} 1"; else set -- "$@" "{state=\"$name\"} 0"; fi
  done
  metric configuration_state gauge 'What is live: 1 for the state that it is in.' "$@"
  [ -z "$relayed_at" ] ||
    metric last_relayed_timestamp_seconds gauge 'When mail last left through the relay.' "$relayed_at"
  check_token_metrics
}

# check_token_metrics: the same of tokens, where some are live.
check_token_metrics() {
  local name='' folder='' label='' when='' why='' seconds='' renewed='' errors=''
  has_tokens "$state/good" || return 0
  for name in $(token_names "$state/good"); do
    folder=$login/logins/$name
    label="{user=\"$(token_value "$folder" user)\",relay=\"$(token_value "$folder" host)\"}"
    when=0 why=''
    { read -r when _ <"$folder/times"; } 2>/dev/null
    { read -r _ why <"$folder/error"; } 2>/dev/null
    seconds="$seconds$label $(token_left "$folder")$newline" renewed="$renewed$label $when$newline"
    errors="$errors$label $(if [ -z "$why" ]; then echo 0; else echo 1; fi)$newline"
  done
  check_lines token_seconds 'For how many seconds the token is good still; 0: it has ended.' "$seconds"
  check_lines token_renewed_timestamp_seconds 'When the token was renewed last.' "$renewed"
  check_lines token_error 'Whether the last try to renew the token has failed (1).' "$errors"
}

# check_lines NAME HELP SAMPLES: prints a metric with a sample on each line.
check_lines() {
  local sample='' name="$1" help="$2" samples="$3"
  set --
  while IFS= read -r sample; do [ -z "$sample" ] || set -- "$@" "$sample"; done <<SAMPLES
$samples
SAMPLES
  metric "$name" gauge "$help" "$@"
}
