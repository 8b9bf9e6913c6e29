# maillog: what the Postfix that runs has logged. In the journal everybody can write under any name, so only lines of
# root and of Postfix's own user count. A file counts that is Postfix's own (maillog_file). In /var/log/mail.log, too,
# everybody can write: it counts only where there is no journal, and list_told says so.

# Where it is (journal, file, open for mail.log, or none), the name of the file, how far it was read (a cursor, or
# "INODE BYTES"), the same of mail.log, and the user ID of Postfix.
maillog_place='' maillog_file='' maillog_at='' maillog_open_at='' maillog_user=''

# What runs as root of Postfix, at first or always, as the kernel knows it.
maillog_programs='_COMM=master _COMM=local _COMM=virtual _COMM=pipe _COMM=smtp _COMM=qmgr _COMM=pickup _COMM=cleanup
_COMM=bounce _COMM=tlsmgr _COMM=trivial-rewrite _COMM=proxymap'

# maillog_settings: asks Postfix for its user, whose ID it gives, its name in the log, and the name of its own log file.
# Sets: maillog_owner maillog_name maillog_own
maillog_settings() {
  {
    IFS= read -r maillog_owner
    IFS= read -r maillog_name
    IFS= read -r maillog_own
  } <<VALUES
$(postconf -xh mail_owner syslog_name maillog_file 2>/dev/null)
VALUES
  maillog_owner=$(id -u "${maillog_owner:-postfix}" 2>/dev/null) maillog_name=${maillog_name:-postfix}
}

# maillog_use USER FILE: where the log is, as maillog_settings tells; a file may not be there before the first line.
maillog_use() {
  maillog_user=$1 maillog_file=$2
  case $2 in '' | /dev/*) maillog_place=journal ;; *) maillog_place='file' ;; esac
}

# maillog_fall_back: the journal has nothing of Postfix: where that is because there is none, mail.log counts.
maillog_fall_back() { has_journal || maillog_open; }

# maillog_open: mail.log counts, where there is one.
maillog_open() {
  maillog_place=none maillog_file=$root/var/log/mail.log
  [ ! -f "$maillog_file" ] || maillog_place=open
}

# has_journal: whether it has a line, of anybody.
has_journal() { [ -n "$(journalctl -q -n 1 -o cat 2>/dev/null)" ]; }

# maillog_mark: from here on.
maillog_mark() {
  local maillog_owner='' maillog_name='' maillog_own=''
  maillog_settings
  maillog_use "$maillog_owner" "$maillog_own"
  if [ "$maillog_place" = journal ]; then
    maillog_at=$(maillog_journal -o short --show-cursor -n 0)
    maillog_at=${maillog_at#-- cursor: }
    [ -n "$maillog_at" ] || maillog_fall_back
  fi
  case $maillog_place in
  journal) maillog_open_at=$(stat -c '%i %s' "$root/var/log/mail.log" 2>/dev/null) ;;
  file | open) maillog_at=$(stat -c '%i %s' "$maillog_file" 2>/dev/null) ;;
  esac
}

# maillog_elsewhere: whether the journal keeps no lines of this kind (MaxLevelStore in journald.conf), so that mail.log
# counts from the mark on, as it does where there is no journal; or nothing does.
maillog_elsewhere() {
  [ "$maillog_place" = journal ] && ! journal_keeps || return 1
  maillog_at=$maillog_open_at
  maillog_open
}

# journal_keeps: whether the journal keeps a line of the level of most that Postfix writes.
journal_keeps() {
  logger -p mail.info -t postrelay 'Looks whether the journal keeps lines of this level.' 2>/dev/null
  journalctl --sync 2>/dev/null
  [ -n "$(journalctl -q -n 1 -o cat --since -1min SYSLOG_IDENTIFIER=postrelay PRIORITY=6 2>/dev/null)" ]
}

# maillog_read FILE: appends what is new to that file.
maillog_read() {
  case $maillog_place in
  journal) maillog_from_journal "$1" ;;
  file | open) maillog_from_file "$1" ;;
  esac
}

# maillog_journal OPTION...: prints lines of the journal that only Postfix can have written, by fields that journald
# takes from the kernel. A match among the options is for lines of its own user.
maillog_journal() {
  # shellcheck disable=SC2086 # matches
  journalctl -q "$@" _UID="$maillog_user" + _UID=0 $maillog_programs 2>/dev/null
}

# maillog_from_journal FILE: the lines after the last one. A cursor has to be that of such a line: behind another one
# journalctl leaves out the first that fits.
maillog_from_journal() {
  local line=''
  maillog_journal -o short --show-cursor ${maillog_at:+"--after-cursor=$maillog_at"} >"$1.new"
  line=$(tail -n 1 "$1.new")
  case $line in '-- cursor: '*) ;; *) return 0 ;; esac
  maillog_at=${line#-- cursor: }
  grep -v '^-- cursor: ' "$1.new" >>"$1"
}

# maillog_from_file FILE: one that was rotated is read from its beginning.
maillog_from_file() {
  local inode="${maillog_at% *}" bytes="${maillog_at#* }" now=''
  now=$(stat -c '%i %s' "$maillog_file" 2>/dev/null) || return 0
  [ "$now" != "$maillog_at" ] || return 0
  [ "${now% *}" = "$inode" ] && [ "${now#* }" -ge "$bytes" ] || bytes=0
  # No more than what stat has seen: the rest is read the next time.
  tail -c "+$((bytes + 1))" "$maillog_file" | head -c "$((${now#* } - bytes))" >>"$1"
  maillog_at=$now
}

# maillog_since TIME: prints what was logged since then, without times; of files the newest lines, since they tell no
# time that could be compared. A program that ended at once has no name in the journal: all counts that root says of
# mail.
maillog_since() {
  local maillog_owner='' maillog_name='' maillog_own=''
  maillog_settings
  journalctl -q -n 200 --since "-$(($(now) - $1 + 1))s" -o cat SYSLOG_FACILITY=2 _UID=0 \
    _UID="$maillog_owner" 2>/dev/null
  set -- "$maillog_own"
  has_journal || set -- "$@" "$root/var/log/mail.log" "$root/var/log/syslog"
  tail -q -n 200 "$@" 2>/dev/null
}
