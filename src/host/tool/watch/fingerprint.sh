# fingerprint: what find says of each file that a comparison reads. As long as that is the same, the comparison would
# find the same, and only what no file tells has to be asked.

# fingerprint: prints it. Nobody can set a change time back; but a file that changed just now may change once more
# within the same tick of the kernel's clock, so `//young` marks it. Links are followed, as by those who read. The name
# of the host is in no file that has to change with it. With a find that cannot do all this it prints nothing.
fingerprint() {
  local postconf='' place='' kernel_line=''
  postconf=$(command -v postconf)
  set -- "$0" "$tool" "$etc" "$state" "$aliases" "$aliases".* "$root/etc/passwd" "$root/etc/group" \
    "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/updates" \
    "$postconf" "${postconf%/*}"/post[adq]* "${postconf%/*}/sendmail" "$root/usr/lib/postfix" "$root/etc/hostname"
  for place in $resolver_files; do set -- "$@" "$root/etc/$place" "$spool/etc/$place"; done
  # Where systemd looks for units: each link there may enable or mask one of ours.
  for place in /etc /run /usr/lib /usr/local/lib; do
    set -- "$@" "$root$place/systemd/system" "$root$place/systemd/system.control" "$root$place/systemd/system.attached"
  done
  for place in transient generator generator.early generator.late; do set -- "$@" "$root/run/systemd/$place"; done
  [ -L "$root/lib" ] || set -- "$@" "$root/lib/systemd/system"
  # Of these only owner and mode count: they change with each message.
  set -- "$spool" "$spool"/[a-z]* "$root/var/lib/postfix" "$root/var/lib/postfix"/* "$@"
  place=$(find -L "$@" -maxdepth 3 \( -path "$spool*" ! -path "$spool/etc/*" -o -path "$root/var/lib/postfix" \
    -o -path "$root/var/lib/postfix/*" \) -printf '%m %U:%G %p\n' -prune \
    -o \( ! -path '*/systemd/*' -o -xtype l -o -path '*/postfix*' \) \
    -printf '%C@ %D %i %y %m %U:%G %s %p %l\n' -newerct '2 seconds ago' -printf '//young\n' 2>/dev/null)
  read_line /proc/sys/kernel/hostname
  [ -z "$place" ] || printf '%s\n' "$kernel_line" "$place"
}

# is_as_checked FILES: whether all files, of which this is the fingerprint, are as they were when a check last found
# nothing. Sets: facts_label facts_version facts_user facts_log_name facts_log_file (if so)
is_as_checked() {
  local kept=''
  {
    {
      IFS= read -r facts_label && IFS= read -r facts_version && IFS= read -r facts_user
      IFS= read -r facts_log_name && IFS= read -r facts_log_file && kept=$(cat)
    } <"$fingerprint_file"
  } 2>/dev/null
  [ -n "$1" ] && [ "$kept" = "$1" ]
}

# list_live_drift: prints what no file tells, for a host whose files are as they were when list_drift found nothing.
list_live_drift() {
  local fault=''
  fault=$(monitoring_fault enabled)
  [ -z "$fault" ] || printf '%s\n' "packages $fault"
  fault=$(proxy_stopped)
  [ -z "$fault" ] || printf '%s\n' "packages+delivery $fault"
  drift_listeners
  drift_running
  drift_writable
}

# read_facts: what a check tells or needs besides, and what only files decide too. Sets: facts_label (of what is live)
# facts_version (of Postfix) facts_user (its user ID) facts_log_name (its name in the log) facts_log_file
read_facts() {
  local maillog_owner='' maillog_name='' maillog_own=''
  facts_label=$(live_label)
  facts_version=$(mail_version)
  maillog_settings
  facts_user=$maillog_owner facts_log_name=$maillog_name facts_log_file=$maillog_own
}

# keep_fingerprint FILES: keeps the one that was taken before the comparison, which found nothing, with the facts.
# If it cannot be kept, the next check compares again.
keep_fingerprint() {
  local new=''
  case $1 in '' | *//young*) return ;; esac
  [ "$(fingerprint)" = "$1" ] || return
  {
    new=$(mktemp "$fingerprint_file.XXXXXX") || return
    printf '%s\n' "$facts_label" "$facts_version" "$facts_user" "$facts_log_name" "$facts_log_file" "$1" >"$new" &&
      mv -f "$new" "$fingerprint_file" || rm -f "$new"
  } 2>/dev/null
}
