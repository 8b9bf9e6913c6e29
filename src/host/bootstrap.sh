# Unpacks the host tool and runs it as root: `sh -s install` or `sh -s restore packages`; `sh -s bring` only puts it
# where brought.sh finds it. Four lines follow this text: input=the lines for the tool, brought=that place, tool=base64
# of the gzipped tool, main "$@".
# Exit code: the tool's own; 77 if this login cannot become root or sudo would log the password; 73 if there is no room
# for the tool.
# shellcheck shell=sh disable=SC2154 # input, brought and tool are set after this text
main() {
  umask 077
  become_root
  if [ -n "$root" ] && [ "$1" != restore ]; then require_silence; fi
  unpacked=$(mktemp 2>&1) || cannot_unpack "$unpacked" "${TMPDIR:-/tmp}"
  trap 'rm -f "$unpacked"' EXIT
  said=$({ printf %s "$tool" | base64 -d | gzip -dc >"$unpacked"; } 2>&1) || cannot_unpack "$said" "${TMPDIR:-/tmp}"
  if [ "$1" != bring ]; then
    printf %s "$input" | $root sh "$unpacked" "$@"
    return
  fi
  # shellcheck disable=SC2016 # the shell of root expands it
  said=$($root sh -c 'cat >"$1.new" && mv "$1.new" "$1"' - "$brought" <"$unpacked" 2>&1) ||
    cannot_unpack "$said" "${brought%/*}"
}

# cannot_unpack WORDS FOLDER: says where and why the tool cannot be written, in the words of the program that could not.
cannot_unpack() {
  why=$(printf '%s\n' "$1" | tail -n 1 | sed 's/.*: //')
  refuse 73 "cannot unpack the host tool in $2: $why." "Make room there, or make it writable for $(id -un)."
}

# require_silence: ends where sudo would log the password.
require_silence() {
  option=$({ sudo -nl || sudo -n sudo -l -U "$who"; } 2>/dev/null | logged)
  case $option in
  '') return ;;
  unknown) refuse 77 "'sudo -l' does not tell whether sudo here logs what commands read, such as the relay's password." \
    "Let $who list its rules, or set connection.user to root." ;;
  LOG_INPUT) line="$who ALL=(root) NOPASSWD: NOLOG_INPUT: /usr/local/sbin/postrelay" ;;
  *) line="Defaults!/usr/local/sbin/postrelay !$option" ;;
  esac
  refuse 77 "sudo here logs what commands read ($option), so it would log the relay's password." \
    "Write '$line' $how"
}

# logged: reads what `sudo -l` lists, and names the option that logs the input of postrelay, if one does or may: the
# name of an alias, a pattern or a path that may lead here turns it on, and only what is certain turns it off. Of all
# that hold for it, the last one counts: defaults, those for root, those for the command, then the tags of the rules.
logged() {
  awk '
    # 2: it is, 1: it may be, 0: it is not. A path is another one by its last part, as sudo compares files.
    function tool(word) {
      if (word ~ "^(ALL|/usr/local/sbin/(postrelay)?)$") return 2
      if (word ~ /^\// && word !~ /[^A-Za-z0-9_.\/@+-]/ && word !~ /\/(postrelay)?$/) return 0
      return word ~ /^([\/^]|[A-Z][A-Z0-9_]*$)/
    }
    function root(word) { return word ~ /^(ALL|root|#0)$/ ? 2 : word !~ /^[a-z_][a-z0-9_-]*$/ }
    # held(KIND, LIST): the same for a list. What is no command in it is an argument: it holds for some calls alone.
    function held(kind, list,   words, n, i, not, found, some, bare) {
      n = split(list, words, /[ ,]+/)
      for (i = 1; i <= n; i++) {
        if (words[i] == "") continue
        for (not = 0; sub(/^!/, "", words[i]);) not = !not
        found = kind == ">" ? root(words[i]) : tool(words[i])
        if (kind == "!" && words[i] !~ /^([\/^]|[A-Z]+$)/) bare = 1
        if (not && found == 2) some = 0
        else if (not && found && some) some = 1
        else if (!not && found > some) some = found
      }
      return bare && some ? 1 : some
    }
    # bound(KIND, TEXT): "LIST OPTION, OPTION": the options are the last words, of which each but the last has a comma.
    function bound(kind, text,   words, n, i, first, list, holds) {
      n = split(text, words, " ")
      for (first = n; first > 1 && words[first - 1] ~ /,$/;) first--
      for (i = 1; i < first; i++) list = list " " words[i]
      holds = held(kind, list)
      for (i = 1; i <= n; i++) {
        sub(/,$/, "", words[i])
        if (holds && words[i] ~ /^log_(input|stdin)$/) option = words[i]
        if (holds == 2 && i >= first && words[i] ~ /^!log_(input|stdin)$/) option = ""
      }
    }
    # rule(ITEM): "TAG: … COMMAND ARGUMENT …"
    function rule(item,   words, n, i, not, sure) {
      n = split(item, words, " ")
      for (i = 1; i <= n && words[i] ~ /^([A-Z_]+:$|[A-Z_]+=|sha[0-9]+:)/; i++)
        if (words[i] ~ /LOG_INPUT:$/) tag = words[i] ~ /^NO/ ? "" : "LOG_INPUT"
      for (not = 0; sub(/^!/, "", words[i]);) not = !not
      sure = tool(words[i])
      if (sure > holds) sure = holds
      if (sure == 2 && i < n) sure = 1
      if (!sure || not) return
      if (tag != "") option = tag
      else if (sure == 2) option = ""
    }
    /^Runas and Command-specific/ { part = "bound"; next }
    /may run the following/ {
      n = split(limits, texts, /Defaults/)
      for (i = 2; i <= n; i++) bound(substr(texts[i], 1, 1), substr(texts[i], 2))
      part = "rules"
      defaults = option
      next
    }
    part == "bound" { limits = limits " " $0; next }
    part == "" && !/:$/ {
      n = split($0, texts, /[ ,]+/)
      for (i = 1; i <= n; i++)
        if (texts[i] ~ /^!?log_(input|stdin)$/) option = texts[i] ~ /^!/ ? "" : texts[i]
    }
    part == "rules" {
      gsub(/\\,/, " ")
      if (match($0, /^ *\([^)]*\)/)) {
        list = substr($0, RSTART, RLENGTH)
        gsub(/[ ()]|:.*/, " ", list)
        holds = list ~ /[^ ]/ ? held(">", list) : 1
        tag = defaults
        $0 = substr($0, RSTART + RLENGTH)
      }
      n = split($0, texts, /, */)
      for (i = 1; i <= n; i++) rule(texts[i])
    }
    END { print part == "rules" ? option : "unknown" }
  '
}
