# Unpacks the host tool and runs it as root: `sh -s install` or `sh -s restore packages`.
# Three lines follow this text: owner=project/stack/name, tool=base64 of the gzipped tool, main "$@".
# Exit code: the tool's own; 77 if this login cannot become root; 73 if there is no room for the tool.
# shellcheck shell=sh disable=SC2154 # owner and tool are set after this text
main() {
  umask 077
  root=
  if [ "$(id -u)" != 0 ]; then
    root='sudo -n'
    if ! sudo -n true 2>/dev/null; then
      echo "postfix-relay: $(id -un) cannot become root here: 'sudo -n true' failed. Allow it passwordless sudo, or set connection.user to root. Nothing was changed." >&2
      exit 77
    fi
  fi
  if ! unpacked=$(mktemp) || ! printf %s "$tool" | base64 -d | gzip -dc >"$unpacked"; then
    echo "postfix-relay: cannot unpack the host tool in ${TMPDIR:-/tmp}: free some space there. Nothing was changed." >&2
    exit 73
  fi
  trap 'rm -f "$unpacked"' EXIT
  printf '#%% owner %s\n' "$owner" | $root sh "$unpacked" "$@"
}
