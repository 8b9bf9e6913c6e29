# What both scripts have that run the host tool: root rights, and words for an operator. Exit code of a refusal: 77 if
# this login cannot become root; 69 or 73 as the scripts say.
# shellcheck shell=sh

# refuse CODE WHAT DO: says what has happened, what to do, and that nothing was changed, each on a line; ends.
refuse() {
  printf '%s\n' "postrelay: $2" "What to do: $3" 'Nothing was changed.' | tr '\000-\011\013-\037\177' ' ' >&2
  exit "$1"
}

# become_root: ends where sudo does not run commands for this login. Sets: root (what stands before a command for root)
become_root() {
  root=
  [ "$(id -u)" != 0 ] || return 0
  root='sudo -n'
  export LC_ALL=C
  who=$(id -un)
  how="with 'visudo -f /etc/sudoers.d/zz-postrelay', or set connection.user to root."
  if said=$(sudo -n true 2>&1); then return 0; fi
  case $said in
  *tty*) how="Write 'Defaults:$who !requiretty' $how" ;;
  *) how='Allow it passwordless sudo, or set connection.user to root.' ;;
  esac
  refuse 77 "$who cannot become root here: 'sudo -n true' failed ($(printf %s "$said" | tr '\n' ' '))." "$how"
}
