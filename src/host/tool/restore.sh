# The verb restore: the host becomes what it was before us. Until the last step, packages, it goes on working with what
# is live.

# restore service | sasl-passwd | main-cf | packages: undoes a step of pulumi.
restore() {
  receive
  if ! may_restore; then
    json restored no reason "$reason"
    return
  fi
  case $1 in
  service) candidate_remove ;;
  sasl-passwd) rm -rf "$state/staged/sent/sasl_passwd" "$state"/staged/etc "$state"/parts/sasl-passwd.* ;;
  main-cf) rm -rf "$state/staged" "$state/parts" ;;
  packages) restore_packages ;;
  *) fail 64 'restore takes service, sasl-passwd, main-cf or packages' ;;
  esac
  json restored "$1" stays "${stays-}" kept@ "${kept-}"
}

# restore_packages: the files of before, or none and no Postfix; then all that is left of the tool. Sets: stays (why
# Postfix stays) kept (files that were changed by hand)
restore_packages() {
  stays='' kept='' files=''
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
    files=$kept
    if postfix_is_ours; then
      stays='Postfix stays, since it had a configuration that is not ours.'
    else
      packages_remove
      stays=$kept
    fi
  else
    packages_removable
    empty_queue
    packages_remove
    stays=$kept
    [ ! -f "$state/open.cf" ] || take_away
  fi
  kept=$files
  made=$(recorded made-aliases)
  [ -z "$made" ] || [ "$(sha256sum <"$aliases" 2>/dev/null)" != "$made" ] || rm -f "$aliases" "$aliases".*db
  if [ -z "$stays" ] && [ -n "$(recorded indexes)" ]; then remove_indexes; fi
  [ -z "$stays$kept" ] || say "$stays $kept"
  forget
}

# restore_original: the Postfix configuration of before goes live again, and Postfix runs as it did. Sets: kept
restore_original() {
  if [ "$(live)" != original ]; then
    if running && [ "$(recorded original/master)" = running ]; then action=reload; else action=restart; fi
    [ "$(listeners "$etc")" = "$(listeners "$state/original/etc")" ] || action=restart
    switch_to original '' "$action" ||
      fail 78 "the configuration of before could not be restored: $wrong $(unchanged)"
  fi
  case $(recorded original/unit) in disabled*) systemctl --quiet disable postfix || : ;; esac
  [ "$(recorded original/master)" != stopped ] || stop_postfix || :
  flush_queue
}

# empty_queue: from now on nothing is accepted, and what was accepted leaves. If it cannot, the door opens again.
empty_queue() {
  postfix_installed && [ -e "$etc/main.cf" ] || return 0
  close_door || { open_door && fail 73 "cannot keep Postfix from accepting mail: $wrong $(unchanged)"; }
  flush_queue
  while waiting=$(queue_length) && [ "$waiting" -gt 0 ]; do
    wait_for 30 shorter_than "$waiting" && continue
    open_door
    fail 69 "$waiting messages wait in the queue and would be lost with Postfix (see 'postqueue -p' on the host)." \
      "Repair the delivery and destroy again, or give them up with 'postsuper -d ALL' on the host." \
      "Postfix accepts mail again. $(unchanged)"
  done
}
shorter_than() {
  [ "$(queue_length)" -lt "$1" ] && return
  flush_queue
  sleep 0.5
  return 1
}

# remove_indexes: those of the host's aliases that were not there before us.
remove_indexes() {
  for file in "$aliases".*db; do
    case "$(recorded indexes)" in *"$file "*) ;; *) rm -f "$file" ;; esac
  done
}

# take_away: our files go; what is left of Postfix is stopped, and its sendmail command refuses for want of a main.cf.
# Sets: stays
take_away() {
  if postfix_installed; then
    stop_postfix || :
    systemctl --quiet disable postfix 2>/dev/null || :
    stays="${stays:-Postfix stays installed.} It is stopped and disabled;"
    stays="$stays its sendmail command refuses mail with an exit code."
  fi
  for name in $(ours) main.cf; do rm -f "$etc/$name"; done
  rmdir "$etc" 2>/dev/null || :
}

# forget: nothing of the tool stays, nor a password in any place it ever had. The state folder is renamed first.
# What somebody had changed by hand is kept.
forget() {
  systemctl --quiet disable "$boot_unit" 2>/dev/null
  remove_monitoring
  # A switch whose journal was lost with the state folder: what it had renamed, the plan tells.
  if [ ! -s "$state/owner" ] && [ -f "$swap/plan" ]; then undo_plan "$swap/plan"; fi
  rm -rf "$units/$boot_unit" "$swap" "$state.gone"
  rm -f "$state"/kept/*/sasl_passwd*
  [ ! -d "$state/kept" ] || mv "$state/kept" "$state.kept" || fail 73 "cannot rename $state/kept."
  if [ ! -s "$state/owner" ] && grep -q '^# Managed by postfix-relay' "$etc/main.cf" 2>/dev/null; then
    rm -f "$etc"/sasl_passwd*
    say "Postfix still has a main.cf of postfix-relay, whose password was removed: mail waits. Replace $etc/main.cf."
  fi
  [ ! -d "$state" ] || mv "$state" "$state.gone"
  if [ -d "$state.kept" ]; then mkdir "$state" && mv "$state.kept" "$state/kept"; fi
  rm -rf "$state.gone" "$tool" "$checked"*
}
