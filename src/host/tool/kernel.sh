# Time, and what is on the disk.

# Monotonic seconds: a clock that is set while something is waited for ends no wait.
now() { IFS=. read -r now_seconds _ </proc/uptime && echo "$now_seconds"; }

# read_line FILE: its first line, or nothing; a program for each would be most of what the tool takes. Sets: kernel_line
read_line() {
  kernel_line=''
  { IFS= read -r kernel_line <"$1" || :; } 2>/dev/null
}

# line_of FILE: prints it.
line_of() {
  read_line "$1"
  [ -z "$kernel_line" ] || printf '%s\n' "$kernel_line"
}

newline='
'

# has_line TEXT LINE: whether that is one of its lines.
has_line() { case $newline$1$newline in *"$newline$2$newline"*) ;; *) return 1 ;; esac }

# gone PATH...: removes what is there of these; most of the time nothing is, and no program is asked for.
gone() {
  for kernel_path in "$@"; do
    if [ -e "$kernel_path" ] || [ -L "$kernel_path" ]; then
      rm -rf "$@"
      return
    fi
  done
}

# wait_for SECONDS COMMAND...: asks at once, soon, and then twenty times a second.
wait_for() {
  wait_until=$(($(now) + $1)) wait_pause=0.02
  shift
  until "$@"; do
    [ "$(now)" -lt "$wait_until" ] || return 1
    sleep "$wait_pause"
    wait_pause=0.05
  done
}

# durable PATH...: puts files and folders on the disk, so that a power cut leaves them as they are now.
durable() { sync "$@" 2>/dev/null; }

# durable_tree FOLDER...: the same for all that is in them.
durable_tree() { find "$@" \( -type f -o -type d \) -exec sync {} + 2>/dev/null; }

# look_old FILE: a Postfix command waits up to two seconds when main.cf is younger than that.
look_old() { touch -d '-10 seconds' "$1"; }

# readable FOLDER: all may read its files, those with passwords apart.
readable() {
  for file in "$1"/*; do
    case ${file##*/} in sasl_passwd*) ;; *) set -- "$@" "$file" ;; esac
  done
  shift
  [ $# = 0 ] || chmod 644 "$@"
}

# put_readable FILE PLACE: a file that all may read takes that place, and Postfix reads it at once.
put_readable() { chmod 644 "$1" && look_old "$1" && mv -f "$1" "$2"; }

# write_unit NAME LINE...: a unit of systemd, which learns of it only when it is another one.
write_unit() {
  unit=$units/$1
  shift
  printf '%s\n' "$@" >"$unit.new" || return 73
  if cmp -s "$unit.new" "$unit"; then
    rm -f "$unit.new"
    return
  fi
  put_readable "$unit.new" "$unit" && durable "$unit" && systemctl daemon-reload
}
