# What the tool says: reasons for people on stderr, one line of JSON for pulumi on stdout, never a password.

# Prints what is in the files that may hold passwords, wherever the tool has ever put one.
passwords() {
  set --
  for file in "$state"/*/sent/sasl_passwd "$state"/parts/*/sasl_passwd "$state"/kept/*/sasl_passwd \
    "$state"/original/etc/sasl_passwd "$inbox/sasl_passwd" "$etc/sasl_passwd"; do
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  [ $# = 0 ] || cat "$@"
}

# Takes every password out of stdin, the longest first, also as Postfix logs it: `?` for what is no printable ASCII.
redact() {
  { passwords && printf '\n%s\n' "$marker" && cat; } | awk -v end="$marker" '
    $0 == end && !reading {
      reading = 1
      for (i = 2; i <= n; i++)
        for (j = i; j > 1 && length(secret[j]) > length(secret[j - 1]); j--) {
          longer = secret[j]; secret[j] = secret[j - 1]; secret[j - 1] = longer
        }
      next
    }
    !reading {
      if (!sub(/^[^ \t]+[ \t]+[^:]*:/, "") || length($0) < 4) next
      secret[++n] = $0
      if (gsub(/[^ -~]/, "?")) secret[++n] = $0
      next
    }
    {
      for (i = 1; i <= n; i++) {
        done = ""
        while (at = index($0, secret[i])) {
          done = done substr($0, 1, at - 1) "[secret]"
          $0 = substr($0, at + length(secret[i]))
        }
        $0 = done $0
      }
      print
    }'
}

# say TEXT...: one line on stderr; UTF-8, since pulumi takes nothing else.
say() { printf 'postrelay: %s\n' "$(printf %s "$*" | tr '\n' ' ')" | redact | iconv -c -f UTF-8 -t UTF-8 >&2; }

# fail CODE TEXT...: says why on stderr and ends.
fail() {
  code=$1
  shift
  say "$@"
  exit "$code"
}

# json KEY VALUE...: one JSON object on stdout. KEY# takes a number, KEY@ a list of strings, one on each line. Redacted
# before it is escaped, and UTF-8, since pulumi takes nothing else.
json() {
  {
    printf 'postrelay %s\n' "$verb"
    while [ $# -gt 1 ]; do
      case $1 in
      *@)
        # Not for an empty list, which is the usual one: two programs.
        if [ -z "$2" ]; then printf '%s \n' "$1"
        else printf '%s\n' "$2" | tr '\000-\011\013-\037\177' ' ' | awk -v key="$1" '{ print key, $0 }'; fi
        ;;
      *)
        case $2 in
        *[[:cntrl:]]*) printf '%s %s\n' "$1" "$(printf %s "$2" | tr '\000-\037\177' ' ')" ;;
        *) printf '%s %s\n' "$1" "$2" ;;
        esac
        ;;
      esac
      shift 2
    done
  } | redact | iconv -c -f UTF-8 -t UTF-8 | awk '
    {
      key = $1
      value = substr($0, length(key) + 2)
      gsub(/[\\"]/, "\\\\&", value)
      kind = substr(key, length(key))
      if (kind == "#" || kind == "@") name = substr(key, 1, length(key) - 1); else name = key
      if (kind == "#") text = value == "" ? 0 : value; else text = "\"" value "\""
      if (kind == "@" && value == "") text = ""
      if (kind == "@" && name == last) { line = line (text == "" ? "" : "," text); next }
      line = line close_list (NR > 1 ? "," : "") "\"" name "\":" (kind == "@" ? "[" : "") text
      close_list = kind == "@" ? "]" : ""
      last = kind == "@" ? name : ""
    }
    END { print "{" line close_list "}" }'
}
