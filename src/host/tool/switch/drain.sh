# drain: this host accepts no more mail while its queue empties for the last time.

# drain_queue: from now on nothing is accepted, and what was accepted leaves. If it cannot, mail is accepted as before.
# 69: messages remain, 73 or 78: mail cannot be refused. Sets: failure
drain_queue() {
  local code=0 why=''
  refuse_mail && empty_queue || code=$?
  [ "$code" != 0 ] || return 0
  why=$failure
  accept_mail || why="$why${newline}Postfix may still refuse mail: $failure"
  failure=$why
  return "$code"
}

# refuse_mail: from now on nothing new is accepted: the sendmail command ends with an exit code, no port is open.
# 73: main.cf cannot be written, or programs still hand in mail; 78: Postfix did not take it. Sets: failure
refuse_mail() {
  local why='cannot keep Postfix from accepting mail:'
  failure="$why $etc/main.cf cannot be replaced: is it immutable (chattr -i), a link, or $etc read-only?"
  if [ -L "$etc/main.cf" ] || [ ! -w "$etc/main.cf" ]; then return 73; fi
  failure="$why cannot write in $state or $etc: is the disk full?"
  cp -p "$etc/main.cf" "$state/accepting.cf" && durable "$state/accepting.cf" "$state" || return 73
  mkdir -p "$swap" && refusing_main_cf >"$swap/refusing" || return 73
  put_readable "$swap/refusing" "$etc/main.cf" || return 73
  if running && ! take_over reload; then
    failure="$why $failure"
    return 78
  fi
  wait_for 60 nobody_submits && return
  failure="$why these still hand in a message: $(submitters | sed '$!s/$/,/' | tr '\n' ' ')- end them, or wait."
  return 73
}

# refusing_main_cf: prints the main.cf with which it does so.
refusing_main_cf() {
  cat "$state/accepting.cf" && printf '%s\nauthorized_submit_users =\nmaster_service_disable = inet\n' "$marker"
}

# nobody_submits: whether no program is handing in a message.
nobody_submits() { [ -z "$(submitters)" ]; }

# submitters: prints the processes that hand in a message: programs of Postfix, which may have been replaced since they
# began, not others of their name.
submitters() {
  local exe='' program='' pid=''
  find /proc/[0-9]*/exe -maxdepth 0 \( -lname '*/sendmail*' -o -lname '*/postdrop*' -o -lname '*/smtpd*' \) \
    -printf '%p %l\n' 2>/dev/null | while read -r exe program; do
    case $program in
    "$root"/usr/sbin/*' (deleted)' | "$root"/usr/lib/postfix/*' (deleted)') ;;
    *) is_submitter "$exe" || continue ;;
    esac
    pid=${exe#/proc/} pid=${pid%/exe}
    printf 'process %s (%s, %s)\n' "$pid" "$(line_of "/proc/$pid/comm")" "$(stat -c %U "/proc/$pid" 2>/dev/null)"
  done
}

# is_submitter EXE: whether a process runs one of these programs.
is_submitter() {
  local program=''
  for program in "$root/usr/sbin/sendmail" "$root/usr/sbin/postdrop" "$root/usr/lib/postfix/sbin/smtpd"; do
    [ -z "$(find -L "$1" -maxdepth 0 -samefile "$program" 2>/dev/null)" ] || return 0
  done
  return 1
}

# empty_queue: waits until all has left, as long as it gets less. 69: it does not. Sets: failure
empty_queue() {
  local queue='' waiting=''
  queue=$(queue_folder)
  flush_queue
  while waiting=$(queue_length "$queue") && [ "$waiting" -gt 0 ]; do
    wait_for 30 is_shorter_than "$waiting" "$queue" && continue
    failure="$waiting messages wait in the queue"
    return 69
  done
}

# is_shorter_than COUNT QUEUE: whether fewer messages than that are in the queue; if not, they are tried.
is_shorter_than() {
  [ "$(queue_length "$2")" -lt "$1" ] && return
  flush_queue
  sleep 0.5
  return 1
}

# is_refusing_mail: whether a run has begun that, and Postfix is still there to accept mail again. While files are
# renamed the journal comes first.
is_refusing_mail() { [ -f "$state/accepting.cf" ] && [ ! -f "$state/journal" ] && postfix_installed; }

# accept_mail: undoes it, unless another main.cf has become live since. 73: main.cf cannot be written, 78: Postfix did
# not take it. Sets: failure
accept_mail() {
  local refuses=''
  if [ -f "$state/accepting.cf" ] && refusing_main_cf | cmp -s - "$etc/main.cf"; then
    refuses=yes failure="cannot write in $etc: is the disk full?"
    mkdir -p "$swap" && cp -p "$state/accepting.cf" "$swap/accepting" || return 73
    mv "$swap/accepting" "$etc/main.cf" || return 73
  fi
  rm -f "$state/accepting.cf" "$swap/refusing"
  rmdir "$swap" 2>/dev/null || :
  if [ -n "$refuses" ] && running; then take_over reload; fi
}
