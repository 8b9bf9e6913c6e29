# Time, and what is on the disk.

# now: prints monotonic seconds: a clock that is set while something is waited for ends no wait.
now() {
  local seconds=''
  IFS=. read -r seconds _ </proc/uptime && printf '%s\n' "$seconds"
}

# read_line FILE: its first line, or nothing; a program for each would be most of what the tool takes. Sets: kernel_line
read_line() {
  kernel_line=''
  { IFS= read -r kernel_line <"$1" || :; } 2>/dev/null
}

# line_of FILE: prints it.
line_of() {
  local kernel_line=''
  read_line "$1"
  [ -z "$kernel_line" ] || printf '%s\n' "$kernel_line"
}

# has_line TEXT LINE: whether that is one of its lines.
has_line() { case $newline$1$newline in *"$newline$2$newline"*) ;; *) return 1 ;; esac }

# in_folder FOLDER NAME: whether it has that file, be it a link that leads nowhere.
in_folder() { [ -e "$1/$2" ] || [ -L "$1/$2" ]; }

# remove_paths PATH...: removes what is there of these; most of the time nothing is, and no program is started.
remove_paths() {
  local path=''
  for path in "$@"; do
    if [ -e "$path" ] || [ -L "$path" ]; then
      rm -rf "$@"
      return
    fi
  done
}

# wait_for SECONDS COMMAND...: asks at once, then eight times soon, and then twenty times a second. 1: the time is over.
wait_for() {
  local deadline='' pause=0.02 tries=0
  deadline=$(($(now) + $1))
  shift
  until "$@"; do
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep "$pause"
    tries=$((tries + 1))
    [ "$tries" -lt 8 ] || pause=0.05
  done
}

# durable PATH...: puts files and folders on the disk, so that a power cut leaves them as they are now.
durable() { sync "$@" 2>/dev/null; }

# durable_tree FOLDER...: the same for all that is in them.
durable_tree() { find "$@" \( -type f -o -type d \) -exec sync {} + 2>/dev/null; }

# write_line FILE TEXT: writes that line, as a whole or not at all, and on the disk. 73: it cannot be written.
write_line() {
  printf '%s\n' "$2" >"$1.new" || return 73
  durable "$1.new" || return 73
  mv "$1.new" "$1" && durable "${1%/*}"
}

# make_older FILE: a Postfix command waits up to two seconds when main.cf is younger than that.
make_older() { touch -d '-10 seconds' "$1"; }

# put_readable FILE PLACE: a file that all may read takes that place, and Postfix reads it at once.
put_readable() { chmod 644 "$1" && make_older "$1" && mv -f "$1" "$2"; }
