# The aliases of the host: /etc/aliases is its own, and Postfix reads an index of it. Nothing here changes the host.

# aliases_fault GENERATION: prints why no index can be made of /etc/aliases, if none can.
aliases_fault() {
  local scratch='' refusal=''
  if [ -L "$aliases" ] && [ ! -e "$aliases" ]; then
    printf '/etc/aliases is a link to %s, which does not exist: make that file, or remove the link.\n' \
      "$(readlink "$aliases")"
  elif [ -e "$aliases" ] && [ ! -f "$aliases" ]; then
    echo '/etc/aliases is not a file: make it one.'
  elif [ -f "$aliases" ] && ! is_known_aliases "$1"; then
    scratch=$(mktemp -d) || return 0
    refusal=$(aliases_index "$1" "$scratch" 2>&1) || printf 'newaliases refuses /etc/aliases: %s. Correct it.\n' \
      "$(printf '%s\n' "$refusal" | head -n 1 | sed "s|$scratch|/etc|g")"
    rm -rf "$scratch"
  fi
}

# aliases_index GENERATION FOLDER: makes a copy of /etc/aliases there, with an index.
aliases_index() { cat "$aliases" >"$2/aliases" && postalias -c "$1/etc" "$(map_type "$1"):$2/aliases"; }

# aliases_index_fault GENERATION: prints what is wrong with the index of /etc/aliases, if anything is.
aliases_index_fault() {
  local built='' refusal='' known=''
  built=$(aliases_built "$1")
  if is_known_aliases "$1"; then known=yes; else refusal=$(aliases_refusal "$1"); fi
  if [ ! -e "$aliases" ] || [ ! -e "$built" ]; then
    printf '/etc/aliases has no index, %s\n' "$built"
  elif [ -n "$refusal" ]; then
    printf 'the index of /etc/aliases is damaged: %s\n' "$refusal"
  elif [ -n "$(find -L "$aliases" -newer "$built" 2>&1)" ]; then
    printf '/etc/aliases was changed, and newaliases was not run\n'
  elif [ -z "$known" ] && ! is_made_of_aliases "$1"; then
    printf 'the index of /etc/aliases, %s, was not made of it\n' "$built"
  fi
}

# aliases_built GENERATION: prints the path of that index.
aliases_built() {
  local type=''
  type=$(map_type "$1")
  case $type in hash | btree) type=db ;; esac
  printf '%s\n' "$aliases.$type"
}

# aliases_refusal GENERATION: prints why Postfix cannot read it, if it cannot.
aliases_refusal() {
  postalias -c "$1/etc" -q postmaster "$(map_type "$1"):$aliases" 2>&1 >/dev/null | sed -n 's/.*fatal: //p' | sed 1q
}

# is_made_of_aliases GENERATION: whether it has the entries that one made now would have, whatever the times of the
# files are. Postfix cannot list those of every type: then that is not told.
is_made_of_aliases() {
  local scratch='' wanted='' found=''
  scratch=$(mktemp -d) || return 0
  if aliases_index "$1" "$scratch" 2>/dev/null; then
    wanted=$(aliases_entries "$1" "$scratch/aliases")
    found=$(aliases_entries "$1" "$aliases")
  fi
  rm -rf "$scratch"
  [ -z "$wanted" ] || [ "$wanted" = "$found" ]
}

# aliases_know GENERATION: from now on this index is known to be that of this file, as long as both stay. Where that
# cannot be written, the next one compares again.
aliases_know() { aliases_sums "$1" >"$state/aliases" || :; } 2>/dev/null

# is_known_aliases GENERATION: whether they are what was known then. Two checksums are a tenth of four programs.
is_known_aliases() {
  local sums=''
  sums=$(aliases_sums "$1")
  [ -n "$sums" ] && [ "$sums" = "$(recorded aliases)" ]
}

# aliases_sums GENERATION: prints checksums of the file and of its index, if both are there.
aliases_sums() {
  local built=''
  built=$(aliases_built "$1")
  # shellcheck disable=SC2046 # words: each checksum, and whose it is
  set -- $(sha256sum "$aliases" "$built" 2>/dev/null)
  [ $# != 4 ] || printf '%s\n' "$*"
}

# aliases_entries GENERATION FILE: prints those of its index; the time when it was made, and where, are left out.
aliases_entries() {
  timeout 10 postalias -c "$1/etc" -s "$(map_type "$1"):$2" 2>/dev/null | grep -v '^YP_' | sort
}
