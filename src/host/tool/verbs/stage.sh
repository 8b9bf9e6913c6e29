# The verb stage: keeps the files for the next generation. The two steps may come in any order: what can be checked only
# with both is checked when they are started.

# stage main-cf | sasl-passwd: the steps of those names.
stage() {
  local stage_part=''
  receive
  require_owner
  record_owner
  require_postfix
  recover
  case $1 in
  main-cf) [ -f "$inbox/main.cf" ] || fail 64 'no main.cf on stdin' ;;
  sasl-passwd)
    [ -f "$inbox/sasl_passwd" ] || fail 64 'no sasl_passwd on stdin'
    require_tellable
    ;;
  *) fail 64 'stage takes main-cf or sasl-passwd' ;;
  esac
  keep_staged "$1" || fail 73 "cannot write in $state: is the disk full?" "$(unchanged)"
  # The files of a part are those of what is staged.
  durable_tree "$state/staged/sent" && durable "$stage_part" "$state/parts" "$state" ||
    fail 73 "cannot write in $state." "$(unchanged)"
  # An endpoint may refuse before there is anything to prove: who gives the proven secrets again needs no others.
  if [ "$1" = sasl-passwd ] && [ -d "$login" ] && same_secrets "$state/staged/sent" "$state/good/sent"; then
    forget_refused
  fi
  json staged! "$1"
}

# require_tellable: refuses a password that stands in this tool's own words, since the gap that it leaves tells it.
require_tellable() {
  cat "$inbox/sasl_passwd" "$inbox/sasl_secrets" 2>/dev/null | sed 's/^[^ \t]*[ \t]*[^:]*://' | grep .... |
    grep -qF -f - "$0" || return 0
  remove_secrets "$inbox" # so that no gap is in this
  fail 78 "a password (credentials.password, or one in accounts) is a word of this tool's reports, too: left \
out of them, the gap would reveal it." 'What to do: Give that account a longer one with the provider.' "$(unchanged)"
}

# keep_staged PART: moves the files from stdin to what is staged, which has to be rendered anew. What that part had
# before and has no more goes last: killed in between, nothing that was there is missing. 73: they cannot be written.
# Sets: stage_part
keep_staged() {
  local sent="$state/staged/sent" came='' file=''
  [ -d "$sent" ] || mkdir -p "$sent" || return 73
  rm -f "$state/staged/rendered" || return 73
  for file in "$inbox"/[a-z]*; do came="$came${file##*/}$newline"; done
  mv "$inbox"/[a-z]* "$sent/" || return 73
  for file in $(part_files "$1"); do has_line "$came" "${file##*/}" || rm -f "$file"; done
  keep_part "$1"
}

# part_files PART: prints the paths of its staged files.
part_files() {
  local file='' part=''
  for file in "$state"/staged/sent/*; do
    part='main-cf'
    ! is_secret "${file##*/}" || part='sasl-passwd'
    [ "$part" != "$1" ] || printf '%s\n' "$file"
  done
}

# keep_part PART: pulumi does not stage again what its state calls staged, though a killed run, or one of another
# machine, may have staged something else since. The last three of each are kept. 73: it cannot be written.
# Sets: stage_part (its folder)
keep_part() {
  local part="$1" old=''
  # shellcheck disable=SC2046 # paths without blanks
  set -- $(part_files "$1")
  stage_part=$state/parts/$part.$(printf %.16s "$(sha256sum "$@" | sha256sum)")
  mkdir -p "$stage_part" && ln -f "$@" "$stage_part/" || return 73
  set -- "$state/parts/$part".*
  [ $# -le 3 ] || ls -td "$@" | tail -n +4 | while read -r old; do rm -rf "$old"; done
}

# forget_passwords: after a proof no password is kept but the last two that were proven, and one in a file that this run
# has kept aside.
forget_passwords() {
  local folder=''
  forget_refused
  for folder in "$state"/kept/*; do [ "$folder" = "$switch_aside" ] || remove_secrets "$folder"; done
}

# forget_refused: nothing that could be staged again has other secrets than the last two that were proven.
forget_refused() {
  local folder=''
  for folder in "$state"/parts/sasl-passwd.*; do
    same_secrets "$folder" "$state/good/sent" || same_secrets "$folder" "$state/previous/sent" || rm -rf "$folder"
  done
}

# same_secrets FOLDER FOLDER: whether both have the same accounts.
same_secrets() {
  local name=''
  for name in sasl_passwd sasl_tokens sasl_secrets; do
    if [ -f "$1/$name" ] || [ -f "$2/$name" ]; then cmp -s "$1/$name" "$2/$name" || return; fi
  done
}

# assemble DIGEST: whether it could be staged again from parts.
assemble() {
  local main='' sasl=''
  for main in "$state"/parts/main-cf.*; do
    for sasl in "$state"/parts/sasl-passwd.*; do
      rm -rf "$state/again"
      mkdir -p "$state/again/sent" && ln "$main"/* "$sasl"/* "$state/again/sent/" 2>/dev/null || continue
      [ "$(digest "$state/again")" = "$1" ] || continue
      rm -rf "$state/staged" && mv "$state/again" "$state/staged" || return 73
      render_staged
      return
    done
  done
  rm -rf "$state/again"
  return 1
}

# render_staged: renders and checks what is staged. One that was refused is rendered, and refused, again.
render_staged() {
  local why="cannot write in $state: is the disk full?"
  render "$state/staged" || fail 73 "$why" "$(unchanged)"
  validate "$state/staged"
  look_up "$state/staged"
  mv "$state/staged/rendered.new" "$state/staged/rendered" || fail 73 "$why" "$(unchanged)"
  durable_tree "$state/staged" || fail 73 "$why" "$(unchanged)"
}

# pause_mail: where an old password dies when the new one is made, no message is tried with it from now on.
pause_mail() {
  local failure='' postfix_copied=''
  if [ "$(input_key rotation)" != cutover ] || [ ! -d "$state/good" ] || [ "$(live_mark)" = paused ]; then return; fi
  if same_secrets "$state/staged/sent" "$state/good/sent"; then return; fi
  switch_to "$state/good" paused reload || fail 73 "cannot pause mail: $failure" "$(unchanged)"
}
