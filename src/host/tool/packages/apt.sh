# apt: how apt and dpkg are called, how long others may keep them busy, and what they said.

# Where the last call has written what it said; how long others have kept apt busy in this run, and when that is said
# next, in seconds; the package lists that could not be had.
apt_log=''
apt_waited=0
apt_next_word=0
apt_unfetched=''

# apt_run LOG COMMAND...: runs a command that gets no answers; what it says goes to LOG.
apt_run() {
  apt_log=$state/packages/$1
  shift
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 timeout 600 "$@" </dev/null >"$apt_log" 2>&1
}

# apt_get LOG ARGUMENT...: apt-get as wanted here, whatever the host's settings say; LOG is durable before dpkg runs.
apt_get() {
  local log="$1"
  shift
  # Without a terminal dpkg writes to the log itself, even when we and apt-get are killed.
  apt_run "$log" apt-get -q=1 -y -o DPkg::Lock::Timeout=0 -o DPkg::Options::=--force-confold \
    -o DPkg::Use-Pty=false -o "DPkg::Pre-Invoke::=sync '$state/packages/$log'" \
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

# apt_patient COMMAND...: tries again while others hold a lock, for five minutes in a run.
apt_patient() {
  local since='' tried='' apt_holder=''
  since=$(now)
  until "$@"; do
    apt_busy || return 1
    if [ "$apt_waited" -ge 300 ]; then
      fail 75 "apt has been busy for 5 minutes: $apt_holder." 'What to do: Run pulumi up again when that is done.' \
        "$(unchanged)"
    fi
    if [ "$apt_waited" -ge "$apt_next_word" ]; then
      say "waiting for apt: $apt_holder"
      apt_next_word=$((apt_waited + 15))
    fi
    sleep 1
    tried=$(now)
    apt_waited=$((apt_waited + tried - since))
    since=$tried
  done
}

# apt_twice COMMAND...: tries again with fresh package lists, as old ones are the usual reason to fail.
apt_twice() {
  if apt_patient "$@"; then return 0; fi
  # A list that cannot be had stops nothing, the others may do. Some of that apt-get tells by its exit code, some not.
  apt_patient apt_get update.log update || :
  apt_unfetched=$(apt_failed_lists <"$apt_log" | tr '\n' ' ')
  apt_patient "$@"
}

# apt_failed_lists: prints the package lists that could not be had; stdin is what apt-get update said.
apt_failed_lists() {
  sed -nE "s/^[EW]: Failed to fetch ([^ ]+).*/\1/p; s/^[EW]: The repository '([^ ']+ [^ ']+).*/\1/p" | sort -u
}

# apt_reason: prints why the last call failed, in its own words.
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

# apt_planned new|removed: prints the names that apt-get said it would install newly, or remove; stdin is its output.
apt_planned() {
  awk -v which="$1" '
    BEGIN {
      head["new"] = "The following NEW packages will be installed:"
      head["removed"] = "The following packages will be REMOVED:"
    }
    on && /^ / { for (i = 1; i <= NF; i++) { sub(/\*$/, "", $i); print $i }; next }
    { on = $0 == head[which] }' | sort -u
}

# apt_begun new|removed: prints the names that dpkg said it began to install newly, or to remove; stdin is its output.
apt_begun() {
  local words=''
  case $1 in
  new) words='Selecting previously [a-z]+ package ([^ ]+)\.' ;;
  removed) words='Removing ([^ ]+) \(.*' ;;
  esac
  sed -nE "s/^$words\$/\1/p" | sed "s/:$(dpkg --print-architecture)\$//" | sort -u
}

# apt_status NAME: prints dpkg's letters for a package: what is wanted, what is there, what is wrong.
apt_status() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null
}

# apt_ready NAME: whether a package is installed and configured.
apt_ready() { case $(apt_status "$1") in ?i\ *) return 0 ;; *) return 1 ;; esac; }

# apt_installed NAME: whether a package is installed, if only half.
apt_installed() { case $(apt_status "$1") in ?[!nc]*) return 0 ;; *) return 1 ;; esac; }

# apt_absent NAME: whether nothing of a package is installed; its settings may be there.
apt_absent() { ! apt_installed "$1"; }

# apt_known NAME: whether anything of a package is there, if only its settings.
apt_known() { case $(apt_status "$1") in ?[!n]*) return 0 ;; *) return 1 ;; esac; }

# apt_compare NAME...: which of the packages are installed. Sets: apt_missing (those that are not, each with a space
# behind it) apt_version (of the first of them, installed or not)
apt_compare() {
  local found=' ' lines='' letters='' name='' version=''
  apt_missing='' apt_version=''
  # shellcheck disable=SC2016 # dpkg-query's own format
  lines=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' "$@" 2>/dev/null)
  while read -r letters name version; do
    [ "$name" != "$1" ] || apt_version=$version
    case $letters in ?[!nc]*) found="$found$name " ;; esac
  done <<READ
$lines
READ
  for name in "$@"; do case $found in *" $name "*) ;; *) apt_missing="$apt_missing$name " ;; esac; done
}

# apt_each TEST: prints those of the names on stdin for which the test holds.
apt_each() {
  local name=''
  while read -r name; do if [ -n "$name" ] && "$1" "$name"; then printf '%s\n' "$name"; fi; done
}
