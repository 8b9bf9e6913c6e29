# What the tool says: reasons for people on stderr, one line of JSON for programs on stdout, never a password. All of it
# is UTF-8, since pulumi takes nothing else.

# say TEXT...: one line on stderr.
say() {
  { printf 'postrelay: ' && printf %s "$*" | tr '\n' ' ' | redact; } | iconv -c -f UTF-8 -t UTF-8 >&2
}

# tell LINE...: prints lines on stdout, for a person.
tell() { printf '%s\n' "$@" | tr '\000-\011\013-\037\177' ' ' | redact | iconv -c -f UTF-8 -t UTF-8; }

# is_terminal: whether a person reads what is printed.
is_terminal() { [ -t 1 ]; }

# fail CODE TEXT...: says why on stderr, and ends the tool with that code. Not in a pipe or a command substitution,
# where it would end only that.
fail() {
  local code="$1"
  shift
  say "$@"
  exit "$code"
}

# json KEY VALUE...: prints one JSON object. KEY# takes a number, KEY@ a list of strings, one on each line, KEY! a word
# of the tool's own, KEY!@ a list of such words. Redacted before it is escaped.
json() {
  {
    printf 'postrelay! %s\n' "$verb"
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
  } | redact fields | iconv -c -f UTF-8 -t UTF-8 | awk '
    {
      key = $1
      value = substr($0, length(key) + 2)
      gsub(/[\\"]/, "\\\\&", value)
      kind = substr(key, length(key))
      name = key
      sub(/[#@!]+$/, "", name)
      if (kind == "#") text = value ~ /^[0-9]+(\.[0-9]+)?$/ ? value : 0; else text = "\"" value "\""
      if (kind == "@" && value == "") text = ""
      if (kind == "@" && name == last) { line = line (text == "" ? "" : "," text); next }
      line = line close_list (NR > 1 ? "," : "") "\"" name "\":" (kind == "@" ? "[" : "") text
      close_list = kind == "@" ? "]" : ""
      last = kind == "@" ? name : ""
    }
    END { print "{" line close_list "}" }'
}
