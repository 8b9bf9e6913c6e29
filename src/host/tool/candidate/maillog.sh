# maillog: what the Postfix that runs has logged since a mark. In the journal everybody can write under any name, so
# only lines of root and of Postfix's own user count. A file counts that is Postfix's own (maillog_file), or where there
# is no journal.

# Where it is (journal, file or none), the name of the file, how far it was read (a cursor, or "INODE BYTES"), and the
# user ID of Postfix.
maillog_place='' maillog_file='' maillog_at='' maillog_user=''

# maillog_mark: from here on.
maillog_mark() {
  local owner=''
  {
    IFS= read -r maillog_file
    IFS= read -r owner
  } <<VALUES
$(postconf -xh maillog_file mail_owner 2>/dev/null)
VALUES
  maillog_user=$(id -u "${owner:-postfix}" 2>/dev/null)
  maillog_place='file'
  if [ -f "$maillog_file" ]; then
    maillog_at=$(stat -c '%i %s' "$maillog_file")
    return
  fi
  maillog_place='journal'
  maillog_at=$(maillog_journal -n 0)
  maillog_at=${maillog_at#-- cursor: }
  [ -z "$maillog_at" ] || return 0
  # Postfix has not logged anything yet, or there is no journal.
  [ -z "$(journalctl -q -n 1 -o cat 2>/dev/null)" ] || return 0
  maillog_place=none maillog_file=$root/var/log/mail.log
  [ -f "$maillog_file" ] || return 0
  maillog_place='file' maillog_at=$(stat -c '%i %s' "$maillog_file")
}

# maillog_read FILE: appends what is new to that file.
maillog_read() {
  case $maillog_place in
  journal) maillog_from_journal "$1" ;;
  file) maillog_from_file "$1" ;;
  esac
}

# maillog_journal OPTION...: prints lines of the journal, and the cursor of the last one. A cursor has to be that of
# such a line: behind another one journalctl leaves out the first that fits. Master runs as root, what it starts as
# Postfix's own user.
maillog_journal() {
  journalctl -q -o short --show-cursor "$@" _UID="$maillog_user" + _UID=0 _COMM=master 2>/dev/null
}

# maillog_from_journal FILE: the lines after the last one.
maillog_from_journal() {
  local line=''
  if [ -n "$maillog_at" ]; then maillog_journal --after-cursor="$maillog_at"; else maillog_journal; fi >"$1.new"
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
