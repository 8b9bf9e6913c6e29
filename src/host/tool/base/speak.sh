# What the tool says: reasons for people on stderr, one line of JSON for programs on stdout, never a password. All of it
# is UTF-8, since pulumi takes nothing else; and what it repeats of others moves no cursor, hides nothing and fills no
# screen.

# For awk: a text without the control characters of Latin 1, invisible ones, those that turn the direction of a text,
# and marks that pulumi takes for a colour; of a long one the middle is left out.
speak_clean='
  function clean(text,   first, last) {
    gsub(/\302[\200-\237\255]|\330\234|\342\200[\213-\217\250-\256]|\342\201[\240-\257]|\357\273\277/, " ", text)
    gsub(/<[{]%/, "<{ %", text)
    if (length(text) <= 4000) return text
    first = substr(text, 1, 3500)
    last = substr(text, length(text) - 400)
    sub(/[\300-\377][\200-\277]*$/, "", first)
    sub(/^[\200-\277]+/, "", last)
    return first " [" length(text) - length(first) - length(last) " bytes are left out here] " last
  }'

# said TEXT...: prints each text on a line of its own, without empty ones.
said() {
  printf '%s\n' "$@" | tr '\000-\011\013-\037\177' ' ' | sed '/^ *$/d' | iconv -c -f UTF-8 -t UTF-8 | redact |
    awk "$speak_clean"'{ print clean($0) }'
}

# say TEXT...: says them on stderr.
say() { said "$@" | sed '1s/^/postrelay: /' >&2; }

# tell LINE...: prints lines on stdout, for a person.
tell() { said "$@"; }

# on_one_line TEXT: prints it so.
on_one_line() { printf '%s\n' "$1" | tr '\n' ' ' | sed 's/ *$//'; }

# reason WHY [LINE...]: prints why, of which the first sentence says what has happened and the others what to do, and
# below it what the log has about it: each on a line of its own.
reason() {
  local line=''
  case $1 in
  *'. '*) printf '%s\nWhat to do: %s\n' "${1%%. *}." "${1#*. }" ;;
  *) printf '%s\n' "$1" ;;
  esac
  shift
  for line; do [ -z "$line" ] || printf 'Log: %s\n' "$line"; done
}

# is_terminal: whether a person reads what is printed.
is_terminal() { [ -t 1 ]; }

# fail CODE WHAT [DO] [EVIDENCE] STATE: says what has happened, what to do, and last what the host does now, each on a
# line of its own, and ends the tool with that code. Not in a pipe or a command substitution, where it would end only
# that.
fail() {
  local code="$1"
  shift
  say "$@"
  exit "$code"
}

# json KEY VALUE...: prints one JSON object. KEY# takes a number, KEY@ a list of strings, one on each line, KEY! a word
# of the tool's own, KEY!@ a list of such words. Redacted before it is cut, and that before it is escaped.
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
  } | iconv -c -f UTF-8 -t UTF-8 | redact fields | awk "$speak_clean"'
    {
      key = $1
      value = clean(substr($0, length(key) + 2))
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
