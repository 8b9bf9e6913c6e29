# permissions: owners and modes without which the programs of Postfix cannot hand mail to each other, from its own list
# (postfix-files).

# permissions_folder: prints where the main.cf is that says whose they are: the proven one, whatever the live one says.
permissions_folder() {
  if [ -f "$state/good/etc/main.cf" ]; then printf '%s\n' "$state/good/etc"; else printf '%s\n' "$etc"; fi
}

# permissions_wanted: prints "MODE OWNER GROUP PATH" of each place; `-` for any group. Of a program only the bits that
# let others run it: Debian's own modes are narrower than those of the list, whose `postfix set-permissions` stops at
# files that Debian does not ship.
permissions_wanted() {
  local values='' list=''
  values=$(postconf -c "$(permissions_folder)" -x queue_directory data_directory command_directory daemon_directory \
    meta_directory sendmail_path mail_owner setgid_group 2>/dev/null)
  list=${values#*meta_directory = }
  list=$root${list%%"$newline"*}/postfix-files
  [ -f "$list" ] || return 0
  { printf '%s\n' "$values" && echo && cat "$list"; } | awk -v root="$root" '
    # value(TEXT): what stands for a parameter at its beginning.
    function value(text,   name, rest) {
      if (text !~ /^[$]/) return text
      name = substr(text, 2)
      rest = ""
      if (match(name, /\//)) { rest = substr(name, RSTART); name = substr(name, 1, RSTART - 1) }
      return (name in set) ? set[name] rest : ""
    }
    !listed && !NF { listed = 1; next }
    !listed { name = $1; sub(/^[^=]*= ?/, ""); set[name] = $0; next }
    /^[$](queue_directory|data_directory|daemon_directory|command_directory|sendmail_path)/ {
      split($0, part, ":")
      if (part[2] !~ /^[df]$/ || part[6] ~ /o/ || part[1] == "$command_directory/postlog") next
      path = value(part[1])
      mode = part[5]
      if (part[2] == "f") mode = (length(mode) > 3 && mode ~ /^[2367]/ ? "2" : "") (mode ~ /[1357]$/ ? "111" : "")
      if (path == "" || mode == "") next
      print mode, value(part[3]), (part[4] == "-" ? "-" : value(part[4])), root path
    }'
}

# permissions_faults: prints "NEEDED OWNER:GROUP FOUND OWNER:GROUP PATH" of each place that is not so. What is not there
# Postfix makes, or its package does not ship.
permissions_faults() {
  local wanted='' paths=''
  wanted=$(permissions_wanted)
  paths=$(printf '%s\n' "$wanted" | cut -d ' ' -f 4-)
  # shellcheck disable=SC2086 # paths without blanks
  { printf '%s\n' "$wanted" && echo && stat -L -c '%a %U %G %n' -- $paths 2>/dev/null; } | awk '
    # both(A, B): two modes, with the bits of either.
    function both(a, b,   text, place, bit, sum) {
      a = substr("0000" a, length(a) + 1)
      b = substr("0000" b, length(b) + 1)
      for (place = 1; place <= 4; place++) {
        sum = 0
        for (bit = 4; bit >= 1; bit /= 2)
          if (int(substr(a, place, 1) / bit) % 2 || int(substr(b, place, 1) / bit) % 2) sum += bit
        text = text sum
      }
      sub(/^0+/, "", text)
      return text
    }
    !listed && !NF { listed = 1; next }
    !listed { mode[$4] = $1; owner[$4] = $2; group[$4] = $3; next }
    {
      needed = both($1, mode[$4])
      whose = owner[$4] ":" (group[$4] == "-" ? $3 : group[$4])
      if (needed != $1 || whose != $2 ":" $3) print needed, whose, $1, $2 ":" $3, $4
    }'
}

# permissions_words: turns such lines on stdin into words.
permissions_words() {
  local needed='' whose='' found='' now='' path=''
  while read -r needed whose found now path; do
    [ -n "$path" ] || continue
    printf '%s has mode %s and owner %s; Postfix needs %s and %s\n' "$path" "$found" "$now" "$needed" "$whose"
  done
}

# permissions_mend FAULTS: gives these places what they need; what lies in the folder of Postfix's own data, its owner
# too. 73: one cannot be changed. Sets: failure
permissions_mend() {
  local needed='' whose='' path='' data=''
  [ -n "$1" ] || return 0
  data=$root$(postconf -c "$(permissions_folder)" -xh data_directory)
  while read -r needed whose _ _ path; do
    [ -n "$path" ] || continue
    failure="cannot change the owner or the mode of $path: is it immutable, or its file system read-only?"
    case $path in
    "$data") chown -R "$whose" "$path" 2>/dev/null || return 73 ;;
    *) chown "$whose" "$path" 2>/dev/null || return 73 ;;
    esac
    chmod "$needed" "$path" 2>/dev/null || return 73
  done <<FAULTS
$1
FAULTS
}

# read_only: prints the first folder of the queue that cannot be written, although root may write everywhere.
read_only() {
  local folder=''
  for folder in "$spool" "$spool/maildrop" "$spool/incoming" "$spool/active" "$spool/deferred"; do
    if [ -d "$folder" ] && [ ! -w "$folder" ]; then
      printf '%s\n' "$folder"
      return
    fi
  done
}
