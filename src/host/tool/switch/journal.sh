# The journal of a switch: $state/journal while files are renamed, $state/committed once Postfix has taken them over.

# switch_begin: from here on a killed run is rolled back. Sets: failure
switch_begin() {
  failure="cannot write in $state: is the disk full or read-only?"
  if running; then echo 'was running'; else echo 'was stopped'; fi >"$state/journal.new" || return 73
  cat "$swap/plan" >>"$state/journal.new" || return 73
  durable "$state/journal.new" "$state/live.next" && mv "$state/journal.new" "$state/journal" && durable "$state"
}

# switch_commit: Postfix has the new files; what follows is bookkeeping, and is done again if it is cut off.
# Sets: failure
switch_commit() {
  failure="cannot write in $state"
  mv "$state/journal" "$state/committed" && durable "$state" && switch_finish
}

# switch_finish: the proven generation is good, the one before it is previous, and live says what is. 73: it cannot be
# written. Sets: failure
switch_finish() {
  failure="cannot write in $state"
  if [ -d "$state/good.next" ]; then
    if cmp -s "$state/good/digest" "$state/good.next/digest"; then rm -rf "$state/good"; fi
    if [ -d "$state/good" ]; then rm -rf "$state/previous" && mv "$state/good" "$state/previous" || return 73; fi
    rm -f "$state/good.next/mended"
    mv "$state/good.next" "$state/good" || return 73
  fi
  [ ! -f "$state/live.next" ] || mv "$state/live.next" "$state/live" || return 73
  if [ "$(live)" = original ]; then rm -rf "$state/good" "$state/previous"; fi
  durable "$state" || return 73
  rm -rf "$swap" "$state/committed"
}

# roll_back [boot]: undoes what the journal says, and Postfix has the files of before again; at boot it starts
# afterwards. 73: the files cannot be renamed, 78: Postfix did not start. Sets: failure
roll_back() {
  [ "${1-}" = boot ] || stop_postfix
  failure="cannot rename files in $etc"
  undo_plan "$state/journal" || return 73
  durable "$etc"
  if [ "${1-}" != boot ] && grep -qx 'was running' "$state/journal"; then take_over start || return 78; fi
  rm -rf "$swap" "$state/live.next" "$state/good.next" "$state/journal"
}

# undo_plan FILE: undoes those of its renames that were made. 73: one cannot be undone.
undo_plan() {
  local how='' name=''
  while read -r how name; do
    case $how in
    add) in_folder "$swap/new" "$name" || rm -f "$etc/$name" || return 73 ;;
    put | drop) rename_before "$name" || return 73 ;;
    esac
  done <"$1"
}

# rename_before NAME: one file of before, unless it is still there: mv refuses a file and its own link. On an overlay a
# link may be one no more after a boot; its content is.
rename_before() {
  in_folder "$swap/back" "$1" || return 0
  [ "$(stat -c %i "$swap/back/$1")" != "$(stat -c %i "$etc/$1" 2>/dev/null)" ] || return 0
  mv -f "$swap/back/$1" "$etc/$1" 2>/dev/null && return
  rm -f "$beside" && cp -a "$swap/back/$1" "$beside" && mv -f "$beside" "$etc/$1"
}

# recover [boot]: ends what a killed run has left half done. 1: a mail system that Postfix replaces still refuses mail.
recover() {
  local failure=''
  if [ -f "$state/committed" ]; then
    switch_finish || fail 73 "an interrupted change could not be ended: $failure."
  elif [ -f "$state/journal" ]; then
    roll_back "$@" || fail 78 "an interrupted change could not be rolled back: $failure."
    say 'an interrupted change of the configuration was rolled back.'
  fi
  remove_paths "$state/good.next" "$state/live.next" "$state"/*.new "$beside" "$tool.new" "$spare.new" \
    "$units"/postfix-relay-*.new
  if is_refusing_mail; then accept_mail || say "Postfix still refuses mail: $failure"; fi
  if [ "${1-}" = boot ]; then candidate_remove; fi
  mta_unblock
}
