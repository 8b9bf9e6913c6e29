# The verbs start, deliver and rollback: from what is staged to a proven configuration that is live.

# start: the staged generation runs beside the live one, which is not touched.
start() {
  receive_for_apply
  takeover=$(takeover_of "$state/staged" "$wanted")
  [ "$takeover" = nothing ] || start_candidate
  json generation "$(label "$wanted")" takeover "$takeover" ends@ "$ends"
}

# deliver: proves the candidate by a message and its further ways by probes; then its files take over.
deliver() {
  receive_for_apply
  candidate_runs "$wanted" || start_candidate
  candidate_patience "$(key timeout)" || fail 73 "cannot write in $candidate. $(unchanged)"
  prove "$(key from)" "$(key to)" "$(key timeout)"
  [ "$verdict" != sent ] || prove_ways "$recipient" "$(key timeout)"
  candidate_remove
  [ "$verdict" = sent ] || fail 69 "the test delivery to $(key to) failed: $reason $(unchanged)"
  was=$(unit_state)
  unmask || fail 78 "the unit postfix.service cannot be unmasked: $wrong $(unchanged)"
  take_files_over || fail 78 "the delivery was proven, but the switch failed: $wrong $(unchanged)"
  record_resource
  note_proof "$answer"
  start_at_boot || fail 78 "Postfix was switched, but does not start at boot: $wrong"
  flush_queue
  json status sent relay "$relay" dsn "$dsn" queueId "$queue_id" answer "$answer" seconds# "$seconds" \
    unproven@ "$unproven" kept@ "$kept"
}

# receive_for_apply: what both begin with: what is staged has to be what pulumi means, and made from the host as it is.
# Sets: wanted ends
receive_for_apply() {
  receive
  require_owner
  record_owner
  require_postfix
  recover
  wanted=$(key digest) ends=''
  [ "$(digest "$state/staged")" = "$wanted" ] || assemble "$wanted" ||
    fail 65 "the staged files are not the ones this step was planned for: another run has staged something else." \
      "Run pulumi up again; if it says the same: pulumi up --replace '**-main-cf'. $(unchanged)"
  [ "$(rendered_from "$state/staged")" = "$(line_of "$state/staged/rendered")" ] || render_staged
}

# start_candidate: looks at what would stop the switch later, then starts it. Sets: ends services
start_candidate() {
  if [ "$(live)" = original ]; then
    case $(unit_state) in masked*)
      fail 78 "the unit postfix.service is masked: run 'systemctl unmask postfix' on the host. $(unchanged)" ;;
    esac
  fi
  services=$(postconf -c "$state/staged/etc" -M)
  require_no_overrides "$state/staged"
  require_aliases "$state/staged"
  require_ports "$state/staged"
  require_replaceable
  candidate_start "$state/staged" "$wanted" || fail "$?" "$wrong $(unchanged)"
}

# require_replaceable: refuses to replace a Postfix that does more than pass on mail, unless that is wanted. Sets: ends
require_replaceable() {
  ends=$(what_ends)
  if [ -n "$ends" ] && [ "$(key replace)" != yes ]; then
    ! listens_outside || ends="port 25 takes mail from other machines
$ends"
    fail 78 "Postfix on this host does more than pass on mail, and that would end: $(echo "$ends" | tr '\n' ';')" \
      "Set replaceMailServer to true to go on, or take this host out of the program. $(unchanged)"
  fi
  ! listens_outside || ends="port 25 takes no mail from other machines any more
$ends"
}

# take_files_over: the proven generation becomes live and good. Sets: wrong kept
take_files_over() {
  kept='' takeover=$(takeover_of "$state/staged" "$wanted")
  if [ "$takeover" = nothing ]; then
    copy_chroot "$spool" || return 73
    [ -z "$copied" ] || take_over reload
    return
  fi
  keep_next "$state/staged" "$wanted" || return 73
  switch_to "$state/good.next" proven "$takeover"
}

# keep_next GENERATION DIGEST: a copy of it, on the disk, that becomes good with the switch. Sets: wrong
keep_next() {
  wrong="cannot write in $state: is the disk full?"
  gone "$state/good.next"
  cp -a "$1" "$state/good.next" && echo "$2" >"$state/good.next/digest" || return 73
  durable_tree "$state/good.next"
}

# note_proof ANSWER: holds what proof_field gives. A disk that is full ends no delivery that was proven.
note_proof() { write_line "$state/proven" "$(date +%s) $(postfix_version) $1" 2>/dev/null; }

# unmask: where the unit `was` masked, which it was after it was proven, it can be started again. Sets: wrong
unmask() {
  case $was in
  masked) wrong=$(systemctl unmask postfix 2>&1) ;;
  masked-runtime) wrong=$(systemctl unmask --runtime postfix 2>&1) ;;
  esac
}

# start_at_boot: Postfix is enabled, whatever it `was`. Sets: wrong
start_at_boot() { case $was in enabled*) ;; *) wrong=$(systemctl enable postfix 2>&1) ;; esac }

# rollback: by hand, to the generation that was proven before; where mail is held, to the one that is held.
rollback() {
  recover
  case $(live_mark) in
  original) fail 69 'nothing of postfix-relay is live here.' ;;
  held) target=$state/good ;;
  *) target=$state/previous ;;
  esac
  [ -f "$target/digest" ] || fail 69 'no configuration was proven before the one that is live.'
  keep_next "$target" "$(cat "$target/digest")" || fail 73 "$wrong $(unchanged)"
  takeover=$(takeover_of "$target" "$(cat "$target/digest")")
  [ "$takeover" != nothing ] || takeover=reload
  switch_to "$state/good.next" rolled-back "$takeover" || fail 78 "$wrong $(unchanged)"
  flush_queue
  json live "$(live_label)"
}
