# The state folder: single lines under a name, and what is live.

# recorded NAME: the line that is held under that name, or nothing.
recorded() { line_of "$state/$1"; }

# record NAME TEXT: holds a line, as a whole or not at all, and on the disk.
record() {
  read_line "$state/$1"
  [ "$kernel_line" != "$2" ] || return 0
  write_line "$state/$1" "$2" || fail 73 "cannot write $state/$1: is the disk full or read-only? $(unchanged)"
}

# write_line FILE TEXT: the same for any file.
write_line() {
  echo "$2" >"$1.new" || return 73
  durable "$1.new" || return 73
  mv "$1.new" "$1" && durable "${1%/*}"
}

# newer_format: says so if the state folder is of a version that this one does not know.
newer_format() {
  read_line "$state/format"
  [ "${kernel_line:-0}" -le "$format" ] ||
    echo "$state was written by a newer postfix-relay (format $kernel_line, this one knows $format)"
}

# Prints "DIGEST MARK" of what is live, or "original".
live() { read_line "$state/live" && echo "${kernel_line:-original}"; }
live_digest() { live_line=$(live) && echo "${live_line%% *}"; }
live_mark() { live_line=$(live) && echo "${live_line##* }"; }

# proof_field N: when the live configuration was proven (1), with which Postfix (2), the relay host's answer (3-).
proof_field() {
  proof=$(recorded proven)
  case $1 in
  1) ;;
  2) proof=${proof#* } ;;
  *) proof=${proof#* * } && printf '%s\n' "$proof" && return ;;
  esac
  printf '%s\n' "${proof%% *}"
}

# Prints the names in /etc/postfix that are ours.
ours() {
  [ -f "$state/live" ] || return 0
  { IFS= read -r _ && while IFS= read -r our_name; do printf '%s\n' "$our_name"; done; } <"$state/live" || :
}

# is_ours NAME: whether it is one of them.
is_ours() { has_line "$(ours)" "$1"; }

# Whether all that /etc/postfix has is the main.cf with which mail waits for a first configuration.
is_holding() { [ -f "$state/holding.cf" ] && cmp -s "$state/holding.cf" "$etc/main.cf"; }

# Prints the sentence that ends the reason of a failure: what the host does now.
unchanged() {
  case $(live_mark) in
  original)
    if is_holding; then echo 'Postfix is installed and keeps mail in its queue until a configuration is proven.'
    else echo 'Nothing was changed.'; fi
    ;;
  held) echo 'The live configuration was not changed: it holds the queue until a password is proven.' ;;
  *) echo 'The live configuration was not changed.' ;;
  esac
}

# in_folder FOLDER NAME: whether it has that file, be it a link that leads nowhere.
in_folder() { [ -e "$1/$2" ] || [ -L "$1/$2" ]; }
there() { in_folder "$etc" "$1"; }
