# apt: how apt and dpkg are called, how long others may keep them busy, and what they said.

# apt_run LOG COMMAND...: runs a command that gets no answers; what it says goes to LOG. Sets: apt_log
apt_run() {
  apt_log=$state/packages/$1
  shift
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 timeout 600 "$@" </dev/null >"$apt_log" 2>&1
}

# apt_get LOG ARGUMENT...: apt-get as wanted here, whatever the host's settings say; LOG is durable before dpkg runs.
apt_get() {
  apt_get_log=$1
  shift
  # Without a terminal dpkg writes to the log itself, even when we and apt-get are killed.
  apt_run "$apt_get_log" apt-get -q=1 -y -o DPkg::Lock::Timeout=0 -o DPkg::Options::=--force-confold \
    -o DPkg::Use-Pty=false -o "DPkg::Pre-Invoke::=sync '$state/packages/$apt_get_log'" \
    -o APT::Install-Recommends=false -o APT::Install-Suggests=false -o APT::Get::AutomaticRemove=false \
    -o APT::Get::Purge=false -o APT::Get::Show-Versions=false "$@"
}

# apt_busy: whether the last call failed because another process holds a lock. Sets: apt_holder
apt_busy() {
  apt_holder=$(sed -nE '
    s/^E: Could not get lock ([^ ]+)\. It is held by process ([0-9]+) \((.*)\).*/process \2 (\3) holds \1/p
    s/^E: Could not get lock ([^ ]+) - .*/another process holds \1/p
    s/^dpkg: error: dpkg (frontend|database) lock was .* with pid ([0-9]+).*/process \2 holds the \1 lock of dpkg/p
    s/^debconf: .* (\/[^ ]+) is locked by another process.*/another process holds \1/p
    ' "$apt_log" | head -n 1)
  [ -n "$apt_holder" ]
}

# apt_patient COMMAND...: tries again while others hold a lock, for five minutes in a run. Sets: apt_waited apt_told
apt_patient() {
  apt_since=$(now)
  until "$@"; do
    apt_busy || return 1
    if [ "${apt_waited=0}" -ge 300 ]; then
      fail 75 "apt has been busy for 5 minutes: $apt_holder. Run pulumi up again when that is done. $(unchanged)"
    fi
    if [ "$apt_waited" -ge "${apt_told=0}" ]; then
      say "waiting for apt: $apt_holder"
      apt_told=$((apt_waited + 15))
    fi
    sleep 1
    apt_tried=$(now)
    apt_waited=$((apt_waited + apt_tried - apt_since))
    apt_since=$apt_tried
  done
}

# apt_twice COMMAND...: tries again with fresh package lists, as old ones are the usual reason to fail. Sets: apt_missed
apt_twice() {
  if apt_patient "$@"; then return 0; fi
  # A list that cannot be had stops nothing, the others may do. Some of that apt-get tells by its exit code, some not.
  apt_patient apt_get update.log update || :
  apt_missed=$(apt_unfetched <"$apt_log" | tr '\n' ' ')
  apt_patient "$@"
}

# apt_unfetched: the package lists that could not be had; stdin is what apt-get update said.
apt_unfetched() {
  sed -nE "s/^[EW]: Failed to fetch ([^ ]+).*/\1/p; s/^[EW]: The repository '([^ ']+ [^ ']+).*/\1/p" | sort -u
}

# apt_reason: why the last call failed, in its own words.
apt_reason() {
  awk '
    { last = $0 }
    more { if (/^ /) why = why $0; exit }
    /^E: / { sub(/\.$/, ""); why = substr($0, 4) detail; exit }
    /^dpkg: error/ { why = $0; more = 1 }
    unmet && /^ / { detail = " (" substr($0, 2) ")"; unmet = 0 }
    /unmet dependencies:$/ { unmet = 1 }
    END { print why == "" ? last : why }' "$apt_log" | sed 's/  */ /g; s/[.: ]*$//'
}

# apt_planned new|removed: the names that apt-get said it would install newly, or remove; stdin is its output.
apt_planned() {
  awk -v which="$1" '
    BEGIN {
      head["new"] = "The following NEW packages will be installed:"
      head["removed"] = "The following packages will be REMOVED:"
    }
    on && /^ / { for (i = 1; i <= NF; i++) { sub(/\*$/, "", $i); print $i }; next }
    { on = $0 == head[which] }' | sort -u
}

# apt_begun new|removed: the names that dpkg said it began to install newly, or to remove; stdin is its output.
apt_begun() {
  case $1 in
  new) apt_words='Selecting previously [a-z]+ package ([^ ]+)\.' ;;
  removed) apt_words='Removing ([^ ]+) \(.*' ;;
  esac
  sed -nE "s/^$apt_words\$/\1/p" | sed "s/:$(dpkg --print-architecture)\$//" | sort -u
}

# apt_status NAME: dpkg's letters for a package: what is wanted, what is there, what is wrong.
apt_status() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null
}

# apt_ready NAME: whether a package is installed and configured.
apt_ready() { case $(apt_status "$1") in ?i\ *) return 0 ;; *) return 1 ;; esac; }

# apt_there NAME: whether a package is installed, if only half.
apt_there() { case $(apt_status "$1") in ?[!nc]*) return 0 ;; *) return 1 ;; esac; }

# apt_missing NAME...: those of the packages that are not installed. Sets: missing (each ends with a space)
# first_version (of the first of them, installed or not)
apt_missing() {
  missing='' first_version='' apt_found=' '
  # shellcheck disable=SC2016 # dpkg-query's own format
  apt_lines=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' "$@" 2>/dev/null)
  while read -r apt_state apt_name apt_version; do
    [ "$apt_name" != "$1" ] || first_version=$apt_version
    case $apt_state in ?[!nc]*) apt_found="$apt_found$apt_name " ;; esac
  done <<READ
$apt_lines
READ
  for apt_name in "$@"; do case $apt_found in *" $apt_name "*) ;; *) missing="$missing$apt_name " ;; esac; done
}

# apt_gone NAME: whether nothing of a package is installed; its settings may be there.
apt_gone() { ! apt_there "$1"; }

# apt_known NAME: whether anything of a package is there, if only its settings.
apt_known() { case $(apt_status "$1") in ?[!n]*) return 0 ;; *) return 1 ;; esac; }

# apt_each TEST: those of the names on stdin for which the test holds.
apt_each() { while read -r apt_name; do if [ -n "$apt_name" ] && "$1" "$apt_name"; then echo "$apt_name"; fi; done; }

# apt_noted NAME: one of the lists in $state/packages.
apt_noted() { cat "$state/packages/$1" 2>/dev/null || :; }

# apt_note NAME TEXT: makes a text that list, as a whole and durably.
apt_note() {
  apt_text=$(printf '%s\n' "$2" | grep . | sort -u)
  [ "$apt_text" != "$(apt_noted "$1")" ] || return 0
  apt_file=$state/packages/$1
  printf '%s\n' "$apt_text" >"$apt_file.new" || apt_unwritten
  durable "$apt_file.new" || apt_unwritten
  mv "$apt_file.new" "$apt_file" || apt_unwritten
  durable "$state/packages" || apt_unwritten
}

# apt_unwritten: says that a list cannot be written, and ends.
apt_unwritten() { fail 73 "cannot write $apt_file: is the disk full or read-only? $(unchanged)"; }
