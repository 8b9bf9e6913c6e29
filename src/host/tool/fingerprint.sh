# fingerprint: what find says of each file that a comparison reads. As long as that is the same, the comparison would
# find the same, and only what no file tells has to be asked.

# fingerprint: prints it. Nobody can set a change time back; but a file that changed just now may change once more
# within the same tick of the kernel's clock, so `//young` marks it. Links are followed, as by those who read. A find
# that cannot do all this prints nothing.
fingerprint() {
  postconf=$(command -v postconf)
  set -- "$0" "$tool" "$etc" "$state" "$aliases" "$aliases".* "$root/etc/passwd" "$root/etc/group" \
    "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/updates" \
    "$postconf" "${postconf%/*}/postalias" "$root/usr/lib/postfix"
  # Where systemd looks for units: each link there may enable or mask one of ours.
  for place in /etc /run /usr/lib /usr/local/lib; do
    set -- "$@" "$root$place/systemd/system" "$root$place/systemd/system.control" "$root$place/systemd/system.attached"
  done
  for place in transient generator generator.early generator.late; do set -- "$@" "$root/run/systemd/$place"; done
  [ -L "$root/lib" ] || set -- "$@" "$root/lib/systemd/system"
  find -L "$@" -maxdepth 3 \( ! -path '*/systemd/*' -o -xtype l -o -path '*/postfix*' \) \
    -printf '%C@ %D %i %y %m %U:%G %s %p %l\n' -newerct '2 seconds ago' -printf '//young\n' 2>/dev/null
}

# as_checked: whether all files are as they were when a check last found nothing. Sets: files; and, if so, what ask sets
as_checked() {
  files=$(fingerprint) kept_files=''
  { read_checked <"$checked"; } 2>/dev/null
  [ -n "$files" ] && [ "$kept_files" = "$files" ]
}
read_checked() {
  IFS= read -r label && IFS= read -r version
  IFS= read -r log_name && kept_files=$(cat)
}

# drift_now: what no file tells, for a host whose files are as they were when drift found nothing.
drift_now() {
  fault=$(monitoring_fault enabled)
  [ -z "$fault" ] || echo "packages $fault"
  drift_listeners
  drift_running
}

# ask: what a check tells or needs besides, and what only files decide too. Sets: label version log_name
ask() {
  label=$(live_label) version=$(postconf -dh mail_version 2>/dev/null) log_name=$(live_value syslog_name)
}

# keep_checked: keeps the fingerprint that was taken before the comparison, which found nothing, with what ask has set.
# Whatever stands in the way of that, the next check compares again.
keep_checked() {
  case $files in '' | *//young*) return ;; esac
  [ "$(fingerprint)" = "$files" ] || return
  {
    new=$(mktemp "$checked.XXXXXX") || return
    printf '%s\n' "$label" "$version" "$log_name" "$files" >"$new" && mv -f "$new" "$checked" || rm -f "$new"
  } 2>/dev/null
}
