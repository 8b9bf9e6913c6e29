# The lists in $state/packages, one name a line:
#   ours      what our calls of apt have installed      removed   what they removed, to be restored
#   known     names whose settings were here before     before    what was installed before the first call
#   begun     the boot ID, while a call is under way    apt.log   what that call said
#   blocked   "MODE PROGRAM UNIT" of a mail system that may not accept mail now
#   replaced  mail systems whose spool is still to be looked at

# read_list NAME: prints one of them.
read_list() { cat "$state/packages/$1" 2>/dev/null || :; }

# write_list NAME TEXT: makes a text that list, as a whole and durably.
write_list() {
  local file="$state/packages/$1" text=''
  text=$(printf '%s\n' "$2" | grep . | sort -u)
  [ "$text" != "$(read_list "$1")" ] || return 0
  write_line "$file" "$text" || fail 73 "cannot write $file: is the disk full or read-only?" "$(unchanged)"
}
