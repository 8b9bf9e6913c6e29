# The verbs start, deliver and rollback: from what is staged to a proven configuration that is live.

# What pulumi means to be staged (its digest), and what of the host's own Postfix ends with it, one on each line.
apply_wanted='' apply_ends=''

# start: the staged generation runs beside the live one, which is not touched.
start() {
  local takeover='' generation_services=''
  receive_for_apply
  takeover=$(takeover_of "$state/staged" "$apply_wanted")
  [ "$takeover" = nothing ] || start_candidate
  json generation "$(label "$apply_wanted")" takeover! "$takeover" ends@ "$apply_ends"
}

# deliver: proves the candidate by a message and its further routes by probes; then its files take over.
deliver() {
  local from='' to='' patience='' unit='' failure='' generation_services='' postfix_copied=''
  local proof_verdict='' proof_reason='' proof_unproven=''
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue=''
  receive_for_apply
  candidate_runs "$apply_wanted" || start_candidate
  from=$(input_key from) to=$(input_key to) patience=$(input_key timeout)
  candidate_patience "$patience" || fail 73 "cannot write in $candidate. $(unchanged)"
  prove "$from" "$to" "$patience"
  [ "$proof_verdict" != sent ] || probe_routes "$delivery_recipient" "$patience"
  candidate_remove
  [ "$proof_verdict" = sent ] || fail 69 "the test delivery to $to failed: $proof_reason $(unchanged)"
  unit=$(unit_state)
  unmask "$unit" || fail 78 "the unit postfix.service cannot be unmasked: $failure $(unchanged)"
  leave_queue || fail "$?" "the delivery was proven, but $failure $(unchanged)"
  take_files_over || fail 78 "the delivery was proven, but the switch failed: $failure $(unchanged)"
  record_resource
  note_proof "$delivery_answer"
  start_at_boot "$unit" || fail 78 "Postfix was switched, but does not start at boot: $failure"
  flush_queue
  json status! sent relay "$delivery_relay" dsn "$delivery_dsn" queueId "$delivery_id" answer "$delivery_answer" \
    seconds# "$delivery_seconds" unproven@ "$proof_unproven" kept@ "$switch_kept"
}

# receive_for_apply: what both begin with: what is staged has to be what pulumi means, and made from the host as it is.
receive_for_apply() {
  receive
  require_owner
  record_owner
  require_postfix
  recover
  apply_wanted=$(input_key digest)
  [ "$(digest "$state/staged")" = "$apply_wanted" ] || assemble "$apply_wanted" ||
    fail 65 "the staged files are not the ones this step was planned for: another run has staged something else." \
      "Run pulumi up again; if it says the same: pulumi up --replace '**-main-cf'. $(unchanged)"
  [ "$(rendered_from "$state/staged")" = "$(line_of "$state/staged/rendered")" ] || render_staged
}

# start_candidate: looks at what would stop the switch later, then starts it. Sets: generation_services
start_candidate() {
  local failure='' postfix_copied=''
  if [ "$(live)" = original ]; then
    case $(unit_state) in masked*)
      fail 78 "the unit postfix.service is masked: run 'systemctl unmask postfix' on the host. $(unchanged)" ;;
    esac
  fi
  read_services "$state/staged"
  require_replaceable
  require_no_overrides "$state/staged"
  require_aliases "$state/staged"
  require_ports "$state/staged"
  candidate_start "$state/staged" "$apply_wanted" || fail "$?" "$failure $(unchanged)"
}

# require_replaceable: refuses to replace a Postfix that does more than pass on mail, unless that is wanted; and always
# to leave messages behind that nobody would deliver.
require_replaceable() {
  local left=''
  apply_ends=$(what_ends "$state/staged")
  if [ -n "$apply_ends" ] && [ "$(input_key replace)" != yes ]; then
    fail 78 "Postfix on this host does more than pass on mail, and that would end:" \
      "$({ what_changes "$state/staged" && printf '%s\n' "$apply_ends"; } | sed '$!s/$/;/; $s/$/./')" \
      "Set replaceMailServer to true to go on, or take this host out of the program. A parameter that is to stay goes" \
      "into mainCf with the same value. $(unchanged)"
  fi
  left=$(stranded)
  [ -z "$left" ] || fail 69 "$left, and nobody would deliver them: deliver or delete them, then run pulumi up again." \
    "$(unchanged)"
  apply_ends=$(what_changes "$state/staged" && printf '%s\n' "$apply_ends")
}

# leave_queue: where the configuration of before has a queue that ours does not look into, it is delivered, and nothing
# more is accepted for it. 69: messages remain, 73 or 78: mail cannot be refused. Sets: failure
leave_queue() {
  local queue=''
  is_hand_made || return 0
  queue=$(queue_folder)
  [ "$queue" != "$spool" ] || return 0
  drain_queue && return
  failure="$failure (queue_directory = $queue). Postfix accepts mail as before."
  return 69
}

# take_files_over: the proven generation becomes live and good. 73: it cannot be written, 78: the switch was undone.
# Sets: failure postfix_copied
take_files_over() {
  local takeover=''
  takeover=$(takeover_of "$state/staged" "$apply_wanted")
  if [ "$takeover" = nothing ]; then
    copy_chroot "$spool" || return 73
    [ -z "$postfix_copied" ] || take_over reload
    return
  fi
  keep_next "$state/staged" "$apply_wanted" || return 73
  switch_to "$state/good.next" proven "$takeover"
}

# keep_next GENERATION DIGEST: a copy of it, on the disk, that becomes good with the switch. 73: it cannot be written.
# Sets: failure
keep_next() {
  failure="cannot write in $state: is the disk full?"
  remove_paths "$state/good.next"
  cp -a "$1" "$state/good.next" && printf '%s\n' "$2" >"$state/good.next/digest" || return 73
  durable_tree "$state/good.next"
}

# note_proof ANSWER: holds what proof_field gives. A disk that is full ends no delivery that was proven.
note_proof() { write_line "$state/proven" "$(date +%s) $(postfix_version) $1" 2>/dev/null; }

# unmask STATE: where the unit was masked, which it was after it was proven, it can be started again. Sets: failure
unmask() {
  case $1 in
  masked) failure=$(systemctl unmask postfix 2>&1) ;;
  masked-runtime) failure=$(systemctl unmask --runtime postfix 2>&1) ;;
  esac
}

# start_at_boot STATE: Postfix is enabled, whatever its unit was. Sets: failure
start_at_boot() { case $1 in enabled*) ;; *) failure=$(systemctl enable postfix 2>&1) ;; esac }

# rollback: by hand, to the generation that was proven before; where mail is paused, to the one that is live.
rollback() {
  local target="$state/previous" digest='' takeover='' failure='' postfix_copied=''
  recover
  case $(live_mark) in
  original) fail 69 'nothing of postfix-relay is live here.' ;;
  paused) target=$state/good ;;
  esac
  digest=$(line_of "$target/digest")
  [ -n "$digest" ] || fail 69 'no configuration was proven before the one that is live.'
  keep_next "$target" "$digest" || fail 73 "$failure $(unchanged)"
  takeover=$(takeover_of "$target" "$digest")
  [ "$takeover" != nothing ] || takeover=reload
  switch_to "$state/good.next" rolled-back "$takeover" || fail 78 "$failure $(unchanged)"
  flush_queue
  json live "$(live_label)"
}
