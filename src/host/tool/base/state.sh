# The state folder: single lines under a name, and what is live.

# recorded NAME: prints the line that is held under that name, or nothing.
recorded() { line_of "$state/$1"; }

# record NAME TEXT: holds a line, as a whole or not at all, and on the disk.
record() {
  local kernel_line=''
  read_line "$state/$1"
  [ "$kernel_line" != "$2" ] || return 0
  write_line "$state/$1" "$2" || fail 73 "cannot write $state/$1: is the disk full or read-only?" "$(unchanged)"
}

# newer_format: says so if the state folder is of a version that this one does not know.
newer_format() {
  local kernel_line=''
  read_line "$state/format"
  [ "${kernel_line:-0}" -le "$format" ] || printf '%s\n' \
    "$state was written by a newer postfix-relay (format $kernel_line, this one knows $format)"
}

# live: prints "DIGEST MARK" of what is live, or "original".
live() {
  local kernel_line=''
  read_line "$state/live"
  printf '%s\n' "${kernel_line:-original}"
}

# live_digest: prints the first of these words.
live_digest() {
  local line=''
  line=$(live)
  printf '%s\n' "${line%% *}"
}

# live_mark: prints the last of them: original, proven, paused or rolled-back.
live_mark() {
  local line=''
  line=$(live)
  printf '%s\n' "${line##* }"
}

# label DIGEST: prints what may be shown of it. With the digest itself, even a part of it, one could try passwords.
label() {
  [ -z "$1" ] || printf '%.12s\n' "$({ recorded salt && printf '%s\n' "$1"; } | sha256sum)"
}

# live_label: prints what is live, as it may be shown.
live_label() {
  case $(live) in
  original) echo original ;;
  *) printf '%s\n' "$(label "$(live_digest)") $(live_mark)" ;;
  esac
}

# proof_field N: prints when the live configuration was proven (1), with which Postfix (2), the relay host's answer
# (3-).
proof_field() {
  local proof=''
  proof=$(recorded proven)
  case $1 in
  1) proof=${proof%% *} ;;
  2)
    proof=${proof#* }
    proof=${proof%% *}
    ;;
  *) proof=${proof#* * } ;;
  esac
  printf '%s\n' "$proof"
}

# our_files: prints the names in /etc/postfix that are ours.
our_files() {
  local name=''
  [ -f "$state/live" ] || return 0
  { IFS= read -r _ && while IFS= read -r name; do printf '%s\n' "$name"; done; } <"$state/live" || :
}

# is_ours NAME: whether it is one of them.
is_ours() { has_line "$(our_files)" "$1"; }

# in_etc NAME: whether /etc/postfix has that file.
in_etc() { in_folder "$etc" "$1"; }

# is_unedited NAME: whether that file of ours in /etc/postfix is what good/ says, but for what was added for a while.
is_unedited() {
  case $1 in
  main.cf) sed "/^$marker/,\$d" "$etc/main.cf" 2>/dev/null | cmp -s - "$state/good/etc/main.cf" ;;
  *) cmp -s "$etc/$1" "$state/good/etc/$1" ;;
  esac
}

# is_placeholder: whether all that /etc/postfix has is the main.cf with which mail waits for a first configuration.
is_placeholder() { [ -f "$state/placeholder.cf" ] && cmp -s "$state/placeholder.cf" "$etc/main.cf"; }

# unchanged: prints the sentence that ends the reason of a failure: what the host does now. Of another mail system that
# apt has removed before it failed, the list of packages tells.
unchanged() {
  case $(live_mark) in
  original)
    if is_placeholder && [ -e "$root/usr/sbin/postfix" ]; then
      echo 'Postfix is installed and keeps mail in its queue until a configuration is proven.'
    elif [ -s "$state/packages/removed" ] && [ ! -e "$root/usr/sbin/sendmail" ]; then
      echo 'No mail system is installed here now: what programs send is refused.'
    else
      echo 'Nothing was changed.'
    fi
    ;;
  paused) echo 'The live configuration was not changed: mail is paused until a password is proven.' ;;
  *) echo 'The live configuration was not changed.' ;;
  esac
}
