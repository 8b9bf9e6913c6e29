# Unpacks the host tool and runs it as root: `sh -s install` or `sh -s restore packages`.
# Three lines follow this text: input=the lines for the tool, tool=base64 of the gzipped tool, main "$@".
# Exit code: the tool's own; 77 if this login cannot become root or sudo would log the password; 73 if there is no room
# for the tool.
# shellcheck shell=sh disable=SC2154 # input and tool are set after this text
main() {
  umask 077
  root=
  if [ "$(id -u)" != 0 ]; then
    root='sudo -n'
    become_root "$1"
  fi
  unpacked=$(mktemp 2>&1) || cannot_unpack "$unpacked"
  trap 'rm -f "$unpacked"' EXIT
  said=$({ printf %s "$tool" | base64 -d | gzip -dc >"$unpacked"; } 2>&1) || cannot_unpack "$said"
  printf %s "$input" | $root sh "$unpacked" "$@"
}

# refuse CODE TEXT: says why, and ends.
refuse() {
  echo "postrelay: $2 Nothing was changed." >&2
  exit "$1"
}

# cannot_unpack WORDS: says where and why the tool cannot be written, in the words of the program that could not.
cannot_unpack() {
  why=$(printf '%s\n' "$1" | tail -n 1 | sed 's/.*: //')
  refuse 73 "cannot unpack the host tool in ${TMPDIR:-/tmp}: $why. Make room there, or make it writable for $(id -un)."
}

# become_root VERB: ends where sudo does not run commands for this login, or would log the password.
become_root() {
  export LC_ALL=C
  who=$(id -un)
  how="with 'visudo -f /etc/sudoers.d/zz-postrelay', or set connection.user to root."
  if ! said=$(sudo -n true 2>&1); then
    case $said in
    *tty*) how="Write 'Defaults:$who !requiretty' $how" ;;
    *) how='Allow it passwordless sudo, or set connection.user to root.' ;;
    esac
    refuse 77 "$who cannot become root here: 'sudo -n true' failed ($(printf %s "$said" | tr '\n' ' ')). $how"
  fi
  [ "$1" = install ] || return 0 # nothing secret follows
  option=$({ sudo -nl || sudo -n sudo -l -U "$who"; } 2>/dev/null | logged)
  case $option in
  '') return ;;
  LOG_INPUT) line="$who ALL=(root) NOPASSWD: NOLOG_INPUT: /usr/local/sbin/postrelay" ;;
  *) line="Defaults!/usr/local/sbin/postrelay !$option" ;;
  esac
  refuse 77 "sudo here logs what commands read ($option), so it would log the relay's password. Write '$line' $how"
}

# logged: reads what `sudo -l` lists, and names the option that logs the input of postrelay, if one does. Of all words
# that hold for it, the last one counts: defaults, those for root, those for the command, then the tags of the rules.
logged() {
  awk '
    function tool(word) { return word ~ "^(ALL|/usr/local/sbin/(postrelay|[*])?)$" }
    function root(word) { return word ~ /^(ALL|root|#0)$/ }
    BEGIN { holds = 1 }
    { gsub(/,/, " ") }
    /may run the following/ { rules = 1; defaults = option; next }
    rules && match($0, /\([^)]*\)/) {
      holds = substr($0, RSTART, RLENGTH) ~ /[( ](ALL|root|#0)[ )]/
      tag = defaults
      $0 = substr($0, RSTART + RLENGTH)
    }
    rules {
      for (i = 1; i <= NF; i++)
        if ($i ~ /LOG_INPUT:$/) tag = $i ~ /^NO/ ? "" : "LOG_INPUT"
        else if (holds && tool($i)) option = tag
      next
    }
    {
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^Defaults[>!]/) { kind = substr($i, 9, 1); $i = substr($i, 10); holds = 0 }
        if (kind == ">" ? root($i) : tool($i)) holds = 1
        if (holds && $i ~ /^!?log_(input|stdin)$/) option = $i ~ /^!/ ? "" : $i
      }
    }
    END { print option }
  '
}
