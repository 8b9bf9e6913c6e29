# Makes other files live in /etc/postfix, or leaves those that are. What the host is, and what happens to it:
#
# | state       | proven | not proven  | takeover fails | pause  | rollback    | restore   | killed      |
# | ----------- | ------ | ----------- | -------------- | ------ | ----------- | --------- | ----------- |
# | original    | proven | original    | original       | -      | -           | original  | original    |
# | proven      | proven | proven      | proven         | paused | rolled-back | original  | proven      |
# | paused      | proven | paused      | paused         | paused | rolled-back | original  | paused      |
# | rolled-back | proven | rolled-back | rolled-back    | paused | rolled-back | original  | rolled-back |
#
# In between the journal names the files, $swap/back has those of before (the same inodes), $swap/new those to come.
# Killed, it is rolled back; once Postfix has taken the files over (`committed`) it is carried to the end.

# takeover_of GENERATION DIGEST: prints what Postfix needs to have it: nothing, reload or restart.
takeover_of() {
  if ! running; then echo restart
  elif is_live "$1" "$2"; then echo nothing
  # Reloaded, master(8) waits a minute for a service that could not start.
  elif [ -f "$1/mended" ] || { [ "$(live)" != original ] && [ -n "$(outside_listeners)" ]; }; then echo restart
  elif [ "$(listeners "$etc")" != \
    "$(parameter_of "$1" inet_interfaces) $(parameter_of "$1" inet_protocols) $spool " ]; then
    echo restart
  else echo reload; fi
}

# is_live GENERATION DIGEST: whether that is live, rendered as it would be now, and nothing of it is to be repaired.
is_live() {
  [ "$(live)" = "$2 proven" ] && [ "$(digest "$state/good")" = "$2" ] || return 1
  is_rendered_like "$1" "$state/good" && [ -z "$(drift_files)$(drift_aliases)$(bridges_fault)" ]
}

# switch_to GENERATION|original MARK reload|restart [COMMAND...]: makes it live, or leaves all as it was; a command
# proves the running Postfix before it stays. 73: nothing has begun; 78, or the code of the command: it was rolled back,
# or could not be. What was kept aside is in switch_kept. Sets: failure postfix_copied
switch_to() {
  local why='' code=0 generation="$1"
  if ! switch_prepare "$1" "$2" || ! switch_begin; then
    rm -rf "$swap" "$state/live.next" "$state/journal.new"
    return 73
  fi
  shift 2
  switch_try "$generation" "$@" || code=$?
  if [ "$code" = 0 ]; then
    switch_commit
    return
  fi
  why=$failure
  roll_back || why="$why${newline}Rolling back failed too: $failure"
  failure=$why
  return "$code"
}

# switch_try GENERATION|original reload|restart [COMMAND...]: the renames, Postfix, and what proves it. 78, or the code
# of the command: one of them failed. Sets: failure postfix_copied
switch_try() {
  local how="$2"
  switch_files "$1" "$2" || return 78
  shift 2
  [ $# = 0 ] || sends_mark "$inbox/.sends"
  case $how in restart) take_over start ;; *) take_over reload ;; esac || return 78
  [ $# = 0 ] || "$@"
}

# switch_prepare GENERATION|original MARK: copies what will be renamed, so that the switch itself needs no room on the
# disk, and links what it replaces. 73: it cannot. Sets: failure
switch_prepare() {
  local name=''
  failure="cannot write in $etc or $state: is the disk full or read-only?"
  remove_paths "$swap"
  mkdir -p "$swap/new" "$swap/back" && : >"$swap/plan" || return 73
  if [ "$1" = original ]; then
    echo original >"$state/live.next" || return 73
  else
    [ "$(live)" != original ] || take_original || return 73
    { printf '%s\n' "$(line_of "$1/digest") $2" && files_of "$1"; } >"$state/live.next" || return 73
    # shellcheck disable=SC2046 # names
    prepare_files "$1" $(files_of "$1") || return 73
    [ "$2" != paused ] || paused_lines "$1" >>"$swap/new/main.cf" || return 73
    install_bridges "$1/etc" && leave_out_bridges "$1/etc" "$swap/new/main.cf" || return 73
    make_older "$swap/new/main.cf" || return 73
    if [ -f "$1/mended" ]; then prepare_files "$1" master.cf && { ! in_etc master.cf || keep_aside master.cf; }; fi ||
      return 73
  fi
  for name in $(our_files); do
    [ -f "$swap/new/$name" ] || original_file "$name" "$swap/new" || printf '%s\n' "drop $name" >>"$swap/plan"
    if in_etc "$name" && ! is_unedited "$name"; then keep_aside "$name" || return 73; fi
  done
  for name in $(left_over_files); do [ -f "$swap/new/$name" ] || printf '%s\n' "drop $name" >>"$swap/plan"; done
  for name in $(ls -A "$swap/new"); do
    if in_etc "$name"; then printf '%s\n' "put $name"; else printf '%s\n' "add $name"; fi >>"$swap/plan"
  done
  for name in $(planned put "$swap/plan") $(planned drop "$swap/plan"); do link_before "$name" || return 73; done
  durable_tree "$swap" && durable "$etc"
}

# planned add|put|drop FILE: prints the names that a plan has behind that word.
planned() {
  local how='' name=''
  while read -r how name; do [ "$how" != "$1" ] || printf '%s\n' "$name"; done <"$2"
}

# prepare_files GENERATION NAME...: files to come; those of somebody else under their names are kept.
prepare_files() {
  local folder="$1/etc" name='' left=''
  left=$(left_over_files)
  shift
  (cd "$folder" && cp --preserve=mode "$@" "$swap/new/") || return 73
  make_readable "$swap/new" || return 73
  for name in "$@"; do
    if ! in_etc "$name" || is_ours "$name" || cmp -s "$etc/$name" "$state/original/etc/$name"; then continue; fi
    if has_line "$left" "$name"; then continue; fi
    # While mail is refused, the original has main.cf as it was before; a master.cf that is mended is kept aside.
    if [ "$name" = main.cf ] && { is_placeholder || is_refusing_mail; }; then continue; fi
    if [ "$name" = master.cf ] && [ -f "${folder%/etc}/mended" ]; then continue; fi
    keep_foreign "$name" || return 73
  done
}

# link_before NAME: keeps the file of before, as it is, to be renamed again. 73: it could not be replaced. Sets: failure
link_before() {
  in_etc "$1" || return 0
  failure="$etc/$1 cannot be replaced: is it immutable (chattr -i), or $etc read-only?"
  [ -L "$etc/$1" ] || [ -w "$etc/$1" ] || return 73
  ln "$etc/$1" "$swap/back/$1"
}

# paused_lines GENERATION: prints the lines of main.cf with which mail waits.
paused_lines() {
  printf '%s\n# The relay host does not take the old password any more: mail waits for a new one.\n' "$marker"
  printf 'defer_transports = %s\n' \
    "$(postconf -c "$1/etc" -M | awk '$2 == "unix" && $8 == "smtp" { printf "%s ", $1 }')"
}

# switch_files GENERATION|original reload|restart: the renames. While mail waits for a first configuration the queue
# manager hands nothing to a client, so nothing has to be softened. Sets: failure postfix_copied
switch_files() {
  if [ "$2" = restart ]; then
    stop_postfix || return 78
  elif ! is_placeholder && routes_differ "$1"; then
    soften || return 78
  fi
  rename_all && build_aliases "$1" || return 78
  copy_chroot "$spool" || return 78
}

# soften: the queue manager still knows the old relay host while a new SMTP client has the new maps: until both have the
# new ones nothing may bounce. Files that nobody has yet come first: a client does not start without one. Sets: failure
soften() {
  in_folder "$swap/new" main.cf || return 0
  rename_planned add || return 73
  { main_cf_to_come && printf '%s\nsoft_bounce = yes\n' "$marker"; } >"$swap/soft" || return 73
  put_readable "$swap/soft" "$etc/main.cf" || return 73
  take_over reload # another one follows
}

# main_cf_to_come: prints it; that of before may be a link, which leads on from its own place.
main_cf_to_come() {
  local target=''
  target=$(readlink "$swap/new/main.cf") || target=$swap/new/main.cf
  case $target in /*) cat "$target" ;; *) cat "$etc/$target" ;; esac
}

# rename_all: main.cf goes last, since it names the others; what it no longer names goes after it. Sets: failure
rename_all() {
  local name=''
  failure="cannot rename files in $etc"
  rename_planned add && rename_planned put || return 73
  ! in_folder "$swap/new" main.cf || mv -f "$swap/new/main.cf" "$etc/main.cf" || return 73
  for name in $(planned drop "$state/journal"); do rm -f "$etc/$name" || return 73; done
  durable "$etc"
}

# rename_planned add|put: renames the files, main.cf not among them, that are there already, or are not.
rename_planned() {
  local name=''
  for name in $(planned "$1" "$state/journal"); do
    if [ "$name" = main.cf ] || ! in_folder "$swap/new" "$name"; then continue; fi
    mv -f "$swap/new/$name" "$etc/$name" || return 73
  done
}
