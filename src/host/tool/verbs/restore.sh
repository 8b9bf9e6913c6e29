# The verb restore: the host becomes what it was before us. Until the last step, packages, it works with what
# is live.

# Why Postfix stays, if it does; and what was kept, in words, one on each line.
restore_stays='' restore_kept=''

# restore inbox | service | sasl-passwd | main-cf | packages: undoes a step of pulumi.
restore() {
  local input_refusal=''
  receive
  if ! may_restore; then
    json restored! no reason "$input_refusal"
    return
  fi
  case $1 in
  inbox) rm -f "$state/seen" ;;
  service) candidate_remove ;;
  main-cf | sasl-passwd) restore_part "$1" ;;
  packages) restore_packages ;;
  *) fail 64 'restore takes inbox, service, sasl-passwd, main-cf or packages' ;;
  esac
  json restored! "$1" stays "$restore_stays" kept@ "$restore_kept"
}

# restore_part PART: nothing of it stays staged, nor of what was made with it.
# shellcheck disable=SC2046 # paths without blanks
restore_part() { rm -rf $(part_files "$1") "$state/staged/etc" "$state/parts/$1".*; }

# restore_packages: the files of before, or none and no Postfix; then all that is left of the tool.
restore_packages() {
  local made=''
  if [ ! -s "$state/owner" ]; then
    say 'nothing of postfix-relay is recorded on this host, so there is nothing to restore.'
    candidate_remove
    forget
    return
  fi
  recover
  candidate_remove
  if has_original || is_hand_made; then
    restore_original
    restore_kept=$switch_kept
    if postfix_is_ours; then
      restore_stays='Postfix stays, since it had a configuration that is not ours.'
    else
      packages_remove
      restore_stays=$removal_kept
    fi
  else
    packages_removable
    restore_nothing
  fi
  proxy_remove
  proxy_reopen
  made=$(recorded made-aliases)
  [ -z "$made" ] || [ "$(sha256sum <"$aliases" 2>/dev/null)" != "$made" ] || rm -f "$aliases" "$aliases".*db
  if [ -z "$restore_stays" ] && [ -n "$(recorded indexes)" ]; then remove_indexes; fi
  [ -z "$restore_stays$restore_kept" ] || say "$restore_stays" "$restore_kept"
  forget
}

# restore_nothing: Postfix goes, and before it what it has accepted; or it stays, stopped, since others need it.
restore_nothing() {
  local failure=''
  if postfix_installed && [ -e "$etc/main.cf" ]; then
    drain_queue || restore_refuse "$?" 'would be lost with Postfix'
  fi
  keep_corrupt
  packages_remove
  restore_stays=$removal_kept
  [ ! -f "$state/accepting.cf" ] || take_away
}

# restore_refuse CODE FATE: says why the queue could not be emptied, and what would become of it; ends.
restore_refuse() {
  [ "$1" = 69 ] || fail "$1" "$failure" "$(unchanged)"
  fail 69 "$failure and $2 (see 'postqueue -p' on the host)." \
    "What to do: Repair the delivery and destroy again, or give them up with 'postsuper -d ALL' on the host." \
    "Postfix accepts mail again." "$(unchanged)"
}

# keep_corrupt: what Postfix could not read, and had put aside, does not go with it: somebody may.
keep_corrupt() {
  local kept="$state/kept/corrupt" count='' file=''
  count=$(corrupt_messages | wc -l)
  if [ "$count" = 0 ] || ! printf '%s\n' "$removal_going" | tr ' ' '\n' | grep -qx postfix; then return; fi
  mkdir -p "$kept" || fail 73 "cannot write in $kept." "$(unchanged)"
  corrupt_messages | while read -r file; do cp "$file" "$kept/"; done
  [ "$(find "$kept" -type f | wc -l)" -ge "$count" ] && durable_tree "$state/kept" ||
    fail 73 "cannot write in $kept: is the disk full?" "$(unchanged)"
  restore_kept="Postfix could not read $count of its messages (in its folder corrupt/): they are kept on the host in \
$kept"
}

# restore_original: the Postfix configuration of before goes live again, and Postfix runs as it did. What waits in our
# queue leaves before, where that configuration has another one.
restore_original() {
  local takeover=restart failure='' postfix_copied=''
  if [ "$(live)" != original ]; then
    if running && [ "$(recorded original/master)" = running ]; then takeover=reload; fi
    [ "$(listeners "$etc")" = "$(listeners "$state/original/etc")" ] || takeover=restart
    if [ "$(queue_folder "$state/original/etc")" != "$spool" ]; then
      drain_queue || restore_refuse "$?" 'would not be looked at with the configuration of before'
    fi
    switch_to original '' "$takeover" ||
      fail 78 "the configuration of before could not be restored: $failure" "$(unchanged)"
    rm -f "$state/accepting.cf"
  fi
  case $(recorded original/unit) in disabled*) systemctl --quiet disable postfix || : ;; esac
  [ "$(recorded original/master)" != stopped ] || stop_postfix || :
  flush_queue
}

# remove_indexes: those of the host's aliases that were not there before us.
remove_indexes() {
  local before='' file=''
  before=$(recorded indexes)
  for file in "$aliases".*db; do
    case $before in *"$file "*) ;; *) rm -f "$file" ;; esac
  done
}

# take_away: our files go; what is left of Postfix is stopped, and its sendmail command refuses for want of a main.cf.
take_away() {
  local name='' failure=''
  if postfix_installed; then
    stop_postfix || :
    systemctl --quiet disable postfix 2>/dev/null || :
    restore_stays="${restore_stays:-Postfix stays installed.} It is stopped and disabled;"
    restore_stays="$restore_stays its sendmail command refuses mail with an exit code."
  fi
  for name in $(our_files) $(left_over_files) main.cf; do rm -f "$etc/$name"; done
  rmdir "$etc" 2>/dev/null || :
}

# forget: nothing of the tool stays, nor a password in any place it ever had. The state folder is renamed first.
# What somebody had changed by hand is kept.
forget() {
  systemctl --quiet disable "$boot_unit" 2>/dev/null
  remove_monitoring
  remove_adapting
  # A switch whose journal was lost with the state folder: what it had renamed, the plan tells.
  if [ ! -s "$state/owner" ] && [ -f "$swap/plan" ]; then undo_plan "$swap/plan"; fi
  rm -rf "$units/$boot_unit" "$swap" "$state.gone"
  remove_secrets "$state"/kept/*
  [ ! -d "$state/kept" ] || mv "$state/kept" "$state.kept" || fail 73 "cannot rename $state/kept."
  if [ ! -s "$state/owner" ] && is_left_over; then
    remove_secrets "$etc"
    say 'Postfix still has a main.cf of postfix-relay, whose password was removed: mail waits.' \
      "What to do: Replace $etc/main.cf."
  fi
  [ ! -d "$state" ] || mv "$state" "$state.gone"
  if [ -d "$state.kept" ]; then mkdir "$state" && mv "$state.kept" "$state/kept"; fi
  rm -rf "$state.gone" "$tool" "$fingerprint_file"* "${spare%/*}"
}
