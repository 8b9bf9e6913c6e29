# Runs as root the host tool that was brought before (bootstrap.sh): `sh -s install` or `sh -s restore packages`. Three
# lines follow this text: input=the lines for the tool, brought=its path, main "$@".
# Exit code: the tool's own; 77 if this login cannot become root; 69 if no tool is there.
# shellcheck shell=sh disable=SC2154 # input and brought are set after this text
main() {
  become_root
  trap 'by_root '\''rm -f "$1"'\'' "$brought"' EXIT
  find_tool "$1"
  printf %s "$input" | $root sh "$found" "$@"
}

# by_root SCRIPT ARGUMENT...: sudo may be open for a shell and no more.
by_root() {
  script=$1
  shift
  $root sh -c "$script" - "$@"
}

# find_tool VERB: the tool that was brought; to restore, any that the host still has. Ends where there is none.
# Sets: found
find_tool() {
  for found in "$brought" /usr/local/lib/postfix-relay/postrelay /usr/local/sbin/postrelay; do
    # shellcheck disable=SC2016 # the shell of root expands it
    if by_root 'test -s "$1"' "$found"; then return; fi
    [ "$1" = restore ] || refuse 69 'the host tool was brought, and is not here any more.' "Run 'pulumi up' again."
  done
  # shellcheck disable=SC2016 # the shell of root expands it
  by_root 'for left in /var/lib/postfix-relay /etc/postfix/.postfix-relay /etc/systemd/system/postfix-relay-*; do
      [ ! -e "$left" ] || exit 1
    done
    ! grep -qs "^# Managed by postfix-relay" /etc/postfix/main.cf' ||
    refuse 69 'the host tool is gone, and without it nothing can be undone.' \
      "Run 'pulumi up', which brings it again, and then 'pulumi destroy'."
  echo 'nothing of postfix-relay is recorded on this host, so there is nothing to restore.' >&2
  exit 0
}
