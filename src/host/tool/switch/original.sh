# What was on the host before us: taken before the first of our files goes live, restored at destroy, or file by file
# when a generation no longer needs a name.

# Files that were kept aside since the tool was called, in words, one on each line; and the folder for those edited by
# hand.
switch_kept='' switch_aside=''

# has_original: whether the host had a Postfix configuration of its own.
has_original() { in_folder "$state/original/etc" main.cf; }

# take_original: takes it, as it is now; a link also as what it leads to. 73: it cannot be written.
take_original() {
  local taken="$state/original.new" name='' file=''
  rm -rf "$taken" "$state/original.old"
  mkdir -p "$taken/linked" && cp -a "$etc" "$taken/etc" || return 73
  rm -rf "$taken/etc/.postfix-relay"
  if is_refusing_mail; then cp -p "$state/accepting.cf" "$taken/etc/main.cf" || return 73; fi
  if is_placeholder; then rm -f "$taken/etc/main.cf"; fi
  for name in $(left_over_files); do rm -f "$taken/etc/$name"; done
  for file in "$taken/etc"/*; do
    if [ -L "$file" ] && [ -f "$etc/${file##*/}" ]; then cp -L "$etc/${file##*/}" "$taken/linked/" || return 73; fi
  done
  unit_state >"$taken/unit"
  if running; then echo running; else echo stopped; fi >"$taken/master"
  [ ! -d "$state/original" ] || mv "$state/original" "$state/original.old" || return 73
  mv "$taken" "$state/original" && durable_tree "$state/original" || return 73
  durable "$state" && rm -rf "$state/original.old"
}

# keep_foreign NAME: a file of somebody else's under a name that becomes ours from now on: it is restored when we go.
# 73: it cannot be kept.
keep_foreign() {
  rm -f "$state/kept.new"
  cp -a "$etc/$1" "$state/kept.new" || return 73
  mv "$state/kept.new" "$state/original/etc/$1" && durable "$state/original/etc" || return 73
  switch_kept="$switch_kept/etc/postfix/$1 was not ours; copy: $state/original/etc/$1, and \
is restored when its name is no longer needed$newline"
}

# original_file NAME FOLDER: puts that file, as it was, into FOLDER. 1: there was none, 73: it cannot be written. A link
# that leads nowhere any more is restored as the file it led to.
original_file() {
  in_folder "$state/original/etc" "$1" || return 1
  cp -a "$state/original/etc/$1" "$2/$1" || return 73
  if [ -L "$2/$1" ] && [ -f "$state/original/linked/$1" ] && ! leads_somewhere "$(readlink "$2/$1")"; then
    rm -f "$2/$1"
    cp -p "$state/original/linked/$1" "$2/$1" || return 73
  fi
}
leads_somewhere() { case $1 in /*) [ -e "$root$1" ] ;; *) [ -e "$etc/$1" ] ;; esac }

# keep_aside NAME: keeps a file that is not as we left it, for root only, the last three times. 73: it cannot be kept.
keep_aside() {
  local old=''
  switch_aside=${switch_aside:-$state/kept/$(date -u +%Y%m%dT%H%M%SZ)}
  mkdir -p "$switch_aside" && cp -p "$etc/$1" "$switch_aside/$1" || return 73
  chmod 600 "$switch_aside/$1" && durable "$switch_aside/$1" "$switch_aside" || return 73
  switch_kept="$switch_kept/etc/postfix/$1 was edited by hand; copy: \
$switch_aside/$1$newline"
  find "$state/kept" -mindepth 1 -maxdepth 1 -name '2*' | sort | head -n -3 | while read -r old; do rm -rf "$old"; done
}

# is_left_over: whether main.cf is one of ours, though the state folder does not know of it any more.
is_left_over() { grep -q '^# Managed by postfix-relay' "$etc/main.cf" 2>/dev/null; }

# left_over_files: prints the names in /etc/postfix of such a configuration: of what we ever put there, what its main.cf
# names, with the indexes.
left_over_files() {
  local name='' file='' text=''
  if [ "$(live)" != original ] || ! is_left_over; then return 0; fi
  text=$(cat "$etc/main.cf")
  printf 'main.cf\n'
  for name in $own_names; do
    case "$text " in *"/etc/postfix/$name"[!A-Za-z0-9_.-]*) ;; *) continue ;; esac
    for file in "$etc/$name" "$etc/$name".*db; do [ ! -e "$file" ] || printf '%s\n' "${file##*/}"; done
  done
}
own_names='sasl_passwd relay_aliases relay_header_checks sender_canonical sender_relay sender_transport relay_ca.pem'

# is_hand_made: whether a configuration of the host's own is live: not ours, nor the one with which mail waits.
is_hand_made() {
  if [ "$(live)" != original ] || is_placeholder || is_left_over; then return 1; fi
  [ -e "$etc/main.cf" ]
}

# words_of NAME: prints the words of a list in the live main.cf, one on each line.
words_of() { live_value "$1" | tr -s ', \t' '\n' | grep .; }

# loopback_only: whether Postfix listens at the loopback interface alone.
loopback_only() {
  local outside=''
  outside=$(words_of inet_interfaces | grep -vxE 'loopback-only|localhost|127\.[0-9.]+|\[?::1\]?')
  [ -z "$outside" ]
}

# build_aliases GENERATION|original: builds the index of the host's aliases if it is not the one that they give.
# 73: /etc/aliases cannot be written, 78: newaliases refuses it. Sets: failure
build_aliases() {
  local built=''
  [ "$1" != original ] || return 0
  if ! in_folder "${aliases%/*}" aliases; then
    failure="cannot write $aliases"
    : >"$aliases" && chmod 644 "$aliases" || return 73
    record made-aliases "$(sha256sum <"$aliases")"
  fi
  if [ -n "$(aliases_index_fault "$1")" ]; then
    built=$(aliases_built "$1")
    [ -z "$(aliases_refusal "$1")" ] || rm -f "$built"
    failure=$(newaliases 2>&1) || {
      failure="newaliases refuses /etc/aliases: $(printf '%s\n' "$failure" | head -n 1)"
      return 78
    }
  fi
  aliases_know "$1"
}
