# The verbs start, deliver and rollback: from what is staged to a proven configuration that is live.

# What pulumi means to be staged (its digest), and what of the host's own Postfix ends with it, one on each line.
apply_wanted='' apply_ends=''

# What is to be known of the running Postfix, although it sends or may send.
apply_unclear=''

# start: the staged generation runs beside the live one, which is not touched.
start() {
  local takeover='' generation_services=''
  receive_for_apply
  pause_mail
  takeover=$(takeover_of "$state/staged" "$apply_wanted")
  [ "$takeover" = nothing ] || start_candidate
  json generation "$(label "$apply_wanted")" takeover! "$takeover" ends@ "$apply_ends"
}

# deliver: proves the candidate by a message and its further routes by probes; then its files take over.
deliver() {
  local from='' to='' patience='' unit='' failure='' generation_services='' faults=''
  local proof_verdict='' proof_reason='' proof_unproven=''
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue='' proof_token=''
  receive_for_apply
  if candidate_runs "$apply_wanted"; then require_tokens "$state/staged"; else start_candidate; fi
  from=$(input_key from) to=$(input_key to) patience=$(input_key timeout)
  candidate_patience "$patience" || fail 73 "cannot write in $candidate." "$(unchanged)"
  prove "$from" "$to" "$patience"
  [ "$proof_verdict" != sent ] || probe_routes "$delivery_recipient" "$patience"
  [ "$proof_verdict" != sent ] || require_greeting
  faults=$(candidate_faults)
  candidate_remove
  [ "$proof_verdict" = sent ] ||
    fail 69 "the test delivery to $to failed: $proof_reason" "$(token_hint "$state/staged")" "$(unchanged)"
  unit=$(unit_state)
  unmask "$unit" || fail 78 "the unit postfix.service cannot be unmasked: $failure" "$(unchanged)"
  permissions_mend "$faults" || fail 73 "the delivery was proven, but $failure" "$(unchanged)"
  leave_queue || fail "$?" "the delivery was proven, but $failure" "$(unchanged)"
  take_files_over "$to" "$patience" "$faults" || fail "$?" "the delivery was proven, but $failure" "$(unchanged)"
  record_resource
  record probe "$(input_key relay) $to"
  note_proof "$delivery_answer"
  forget_passwords
  forget_tokens
  start_at_boot "$unit" || fail 78 "Postfix was switched, but does not start at boot: $failure"
  flush_queue
  json status! sent relay! "$(shown_relay)" dsn! "$delivery_dsn" queueId! "$delivery_id" answer "$delivery_answer" \
    seconds# "$delivery_seconds" token! "$proof_token" at! "$(date -u +%Y-%m-%dT%H:%M:%SZ)" kept@ "$switch_kept" \
    unproven@ "$proof_unproven$apply_unclear" repaired@ "$(printf '%s\n' "$faults" | permissions_words)"
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
      "What to do: Run pulumi up again; if it says the same: pulumi up --replace '**-main-cf' --replace \
'**-sasl-passwd'." "$(unchanged)"
  [ "$(rendered_from "$state/staged")" = "$(line_of "$state/staged/rendered")" ] || render_staged
}

# start_candidate: looks at what would stop the switch later, then starts it. Sets: generation_services
start_candidate() {
  local failure='' postfix_copied=''
  if [ "$(live)" = original ]; then
    case $(unit_state) in masked*)
      fail 78 'the unit postfix.service is masked.' "What to do: run 'systemctl unmask postfix'." "$(unchanged)" ;;
    esac
  fi
  read_services "$state/staged"
  require_replaceable
  require_no_overrides "$state/staged"
  require_aliases "$state/staged"
  require_ports "$state/staged"
  require_room "$state/staged"
  require_tokens "$state/staged"
  candidate_start "$state/staged" "$apply_wanted" || fail "$?" "$failure" "$(unchanged)"
}

# require_replaceable: refuses to end more than passing on mail, unless that is wanted, and to leave messages behind.
require_replaceable() {
  local left=''
  apply_ends=$(what_ends "$state/staged") left=$(stranded)
  if [ -n "$apply_ends" ] && [ "$(input_key replace)" != yes ]; then
    fail 78 'Postfix on this host does more than pass on mail, and that would end:' \
      "$(printf '%s\n' "$apply_ends" | sed 's/^/  /')" "What to do: Set replaceMailServer to true to continue; what is \
to stay goes into mainCf with the same value." "$(unchanged)"
  fi
  [ -z "$left" ] || fail 69 "$left, and would stay there." 'What to do: deliver or delete them first.' "$(unchanged)"
  apply_ends=${apply_ends:-$(what_changes "$state/staged")}
}

# require_greeting: refuses a configuration with which the SMTP server of Postfix, which the candidate does not have,
# answers no program of this host.
require_greeting() {
  local said=''
  awk '$2 == "inet" && $8 == "smtpd" { found = 1 } END { exit !found }' "$state/staged/etc/master.cf" || return 0
  said=$(printf 'QUIT\r\n' | timeout 10 sendmail -C "$candidate_etc" -bs 2>&1)
  case $said in 220*) return ;; esac
  said=$(grep '/smtpd\[.*fatal: ' "$candidate_log" | tail -n 1 | sed 's/^[^[]* //')
  candidate_remove
  fail 78 "Postfix would send with this configuration, but take no mail from programs at port 25 of this host: its \
SMTP server does not greet." 'What to do: Look at the smtpd_… parameters in mainCf.' "Log: $said" "$(unchanged)"
}

# take_files_over TO SECONDS MENDED: the proven generation becomes live and good, and the running Postfix sends with it.
# 69: it does not, and the switch was undone; 73: it cannot be written, 78: Postfix did not take it. Sets: failure
take_files_over() {
  local takeover='' code=0 postfix_copied=''
  takeover=$(takeover_of "$state/staged" "$apply_wanted")
  # A process that died of what was mended is not started again for a minute, unless Postfix itself is.
  if [ -n "$3" ] && [ "$takeover" = reload ]; then takeover=restart; fi
  if [ "$takeover" != nothing ]; then
    keep_next "$state/staged" "$apply_wanted" && switch_to "$state/good.next" proven "$takeover" prove_live "$1" "$2"
    code=$?
    [ "$code" = 69 ] || failure="the switch failed: $failure"
    return "$code"
  fi
  failure='' && copy_chroot "$spool" || return 73
  sends_mark "$inbox/.sends"
  if [ -n "$3" ]; then stop_postfix && take_over start || return 78
  elif [ -n "$postfix_copied" ]; then take_over reload || return; fi
  prove_live "$1" "$2"
}

# prove_live TO SECONDS: whether the running Postfix, with the files that it has now, sends what a user hands in. 69: it
# does not. What is known of the test message stays. Sets: failure
prove_live() {
  local sends_verdict='' sends_reason=''
  local delivery_id='' delivery_line='' delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_status=''
  local delivery_seconds='' delivery_answer='' delivery_clue=''
  sends_probe "$1" "$(input_key relay)" "$2"
  if [ "$sends_verdict" = no ]; then
    failure="the running Postfix does not send with it: $sends_reason"
    return 69
  fi
  [ -z "$sends_reason" ] || apply_unclear="the running Postfix: $(on_one_line "$sends_reason")"
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

# rollback: by hand, to the generation that was proven before; where mail is paused, to the one that is live.
rollback() {
  local target="$state/previous" digest='' takeover='' failure='' postfix_copied=''
  recover
  case $(live_mark) in
  original) fail 69 'no postfix-relay configuration is active here.' "$(unchanged)" ;;
  paused) target=$state/good ;;
  esac
  digest=$(line_of "$target/digest")
  [ -n "$digest" ] || fail 69 'no configuration was proven before the one that is live.' "$(unchanged)"
  require_tokens "$target"
  keep_next "$target" "$digest" || fail 73 "$failure" "$(unchanged)"
  takeover=$(takeover_of "$target" "$digest")
  [ "$takeover" != nothing ] || takeover=reload
  switch_to "$state/good.next" rolled-back "$takeover" || fail 78 "$failure" "$(unchanged)"
  flush_queue
  json live! "$(live_label)"
}
