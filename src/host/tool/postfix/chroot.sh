# The chroot of Postfix: copies of the files that resolve names. Nobody but Postfix's start, and we, keep them up to
# date.

resolver_files='resolv.conf hosts nsswitch.conf services host.conf localtime'

# stale_chroot QUEUE: prints which of them are not in the chroot of that queue as the host has them, on one line.
stale_chroot() {
  local file=''
  if [ ! -d "$1/etc" ] || [ "$(resolver_sums "$root/etc")" = "$(resolver_sums "$1/etc")" ]; then return; fi
  for file in $resolver_files; do
    if [ ! -f "$root/etc/$file" ] || cmp -s "$root/etc/$file" "$1/etc/$file"; then continue; fi
    printf '%s ' "$file"
  done
}

# resolver_sums FOLDER: prints the checksums of these files there.
# shellcheck disable=SC2086 # a list of names
resolver_sums() { cd "$1" 2>/dev/null && sha256sum $resolver_files 2>/dev/null; }

# copy_chroot QUEUE: gives the chroot of that queue these files as they are now: a reload does not. 73: they cannot be
# written. Sets: postfix_copied failure
copy_chroot() {
  local file=''
  postfix_copied=''
  for file in $(stale_chroot "$1"); do
    failure="cannot write $1/etc/$file"
    rm -rf "$1/etc/$file.new"
    cp -L "$root/etc/$file" "$1/etc/$file.new" && put_readable "$1/etc/$file.new" "$1/etc/$file" || return 73
    postfix_copied="$postfix_copied$file "
  done
}
