#!/bin/sh
# postfix-relay: puts a Postfix relay configuration in place on this host, proves it by a test delivery, takes it back if it fails.
#
#   postfix-relay status            what is live, what is proven, what waits in the queue (read only)
#   postfix-relay check             compares the live files with what was applied (read only); exit code 1 if they differ
#   postfix-relay explain           reads a log line of Postfix on stdin and says what to do about it
#   postfix-relay revert            takes an unproven configuration back (run by a timer, and after a reboot)
#   postfix-relay install | stage main-cf | stage sasl-passwd | activate | deliver | restore STEP
#                                   the steps of `pulumi up` and `pulumi destroy`; their input comes on stdin
#
# Input: lines "#% owner PROJECT/STACK/NAME", "#% KEY VALUE", and "#% file NAME" followed by that file's lines.
# Output: one JSON line on stdout, reasons on stderr. Neither ever holds a secret.
# Exit codes: 0 done; 1 check found a difference; 64 wrong usage; 65 the staged files are not the wanted ones; 69 the host or the relay
# refuses; 73 cannot write; 75 busy, try again; 77 not root, or the host has another owner; 78 Postfix refuses the configuration.
#
# State, in /var/lib/postfix-relay (root only):
#   owner      who manages this host                staged/   the files wanted next
#   good/      the last proven generation           original/ what was here before the first apply
#   live       "DIGEST MARK" of what /etc/postfix holds, then the names of our files in it; MARK is probation, proven, holding or held
#   parts/     what was staged since good, by its sum
#   journal    exists while files are being swapped cutover   exists while the proven password must not be used any more
#   salt       goes into the labels that stand for digests in outputs
# A generation is a folder: sent/ as it came, etc/ as it goes to /etc/postfix.
set -eu
umask 077
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH TMPDIR 2>/dev/null || :

tool=/usr/local/sbin/postfix-relay
state=/var/lib/postfix-relay
etc=/etc/postfix
swap=$etc/.postfix-relay
inbox=/run/postfix-relay.in # in memory: a full disk cannot stop a roll-back
units=/etc/systemd/system
format=1 # of the state folder
probation_minutes=15

# --- speaking ---------------------------------------------------------------

# Takes out of stdin every password we know, in case a relay repeats one in its answer.
redact() {
  set -- "$state"/*/sent/sasl_passwd
  [ -f "$1" ] || { cat; return; }
  awk '
    take { p = $0; sub(/^[^ ]+ [^:]*:/, "", p); if (length(p) > 3) secret[p]; next }
    { for (p in secret) { done = ""; while (at = index($0, p)) { done = done substr($0, 1, at - 1) "[secret]"; $0 = substr($0, at + length(p)) }; $0 = done $0 }; print }
  ' take=1 "$@" take=0 -
}

say() { printf 'postfix-relay: %s\n' "$*" | redact >&2; }

# fail CODE REASON...: says why on stderr and ends.
fail() {
  code=$1
  shift
  say "$@"
  exit "$code"
}

# json KEY VALUE...: one JSON object of strings on stdout; KEY ending in # takes a number.
json() {
  line=
  while [ $# -gt 1 ]; do
    case $1 in
    *'#') line="$line,\"${1%#}\":$2" ;;
    *) line="$line,\"$1\":\"$(printf %s "$2" | tr '\000-\037' ' ' | sed 's/[\\"]/\\&/g')\"" ;;
    esac
    shift 2
  done
  printf '{%s}\n' "${line#,}" | redact
}

# --- input ------------------------------------------------------------------

# Splits stdin into files in $inbox; "#% KEY VALUE" lines go to $inbox/.keys.
receive() {
  rm -rf "$inbox"
  mkdir "$inbox" && awk -v dir="$inbox/" '
    /^#% file [a-z_][a-z_.]*$/ { out = dir $3; printf "" > out; next }
    /^#% /                     { out = ""; print substr($0, 4) > (dir ".keys"); next }
    out != ""                  { print > out }
    out == "" && NF            { exit 1 }
    END                        { if (out != "") close(out) }
  ' || fail 73 "cannot store the input in $inbox. Nothing was changed."
  owner=$(key owner)
  [ -n "$owner" ] || fail 64 "no owner on stdin. This verb is called by pulumi; by hand use 'postfix-relay status'."
  if [ -s "$state/format" ] && [ "$(cat "$state/format")" -gt "$format" ]; then
    fail 78 "$state was written by a newer postfix-relay (format $(cat "$state/format"), this one knows $format). Update the npm package. Nothing was changed."
  fi
}

key() { sed -n "s/^$1 //p" "$inbox/.keys" 2>/dev/null | head -n 1; }

# note TEXT FILE: writes a file as a whole or not at all.
note() { echo "$1" >"$2.new" && mv "$2.new" "$2" || fail 73 "cannot write $2: is the disk full or read-only?"; }

# Refuses another owner's apply: two stacks that take turns on one host would undo each other.
require_owner() {
  if [ ! -s "$state/owner" ]; then
    [ "$verb" = install ] || fail 69 "this host was not set up by postfix-relay, or its $state is gone. Let Pulumi forget this Relay ('pulumi state delete --target-dependents' with its URN) and run pulumi up again. Nothing was changed."
  elif [ "$(cat "$state/owner")" != "$owner" ]; then
    fail 77 "this host is already managed by $(cat "$state/owner"), and $owner may not change it. If it was renamed, give the new Relay an alias of the old one. To take the host over, remove $state/owner on it and run pulumi up again. Nothing was changed."
  fi
}

# --- generations ------------------------------------------------------------

# digest GENERATION: SHA-256 over the sent files; the same sum is computed by generation.ts.
digest() {
  (cd "$1/sent" 2>/dev/null && ls -A | sort | xargs -r sha256sum | sha256sum | cut -d ' ' -f 1)
}

live() { head -n 1 "$state/live" 2>/dev/null || echo original; }

# label DIGEST: what may be shown of it. With the digest itself, even a part of it, one could try passwords.
label() { [ -z "$1" ] || { cat "$state/salt" && echo "$1"; } | sha256sum | cut -c 1-12; }
live_label() { live | { read -r which mark && if [ -n "$mark" ]; then echo "$(label "$which") $mark"; else echo "$which"; fi; }; }

# Names in /etc/postfix that are ours, those of an interrupted swap too.
ours() { for list in live journal; do sed 1d "$state/$list" 2>/dev/null || :; done | sort -u; }

version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$(postconf -dh mail_version)" | sort -V | head -n 1)" = "$1" ]; }

# compatibility_level silences history warnings; the map type differs by release (Postfix 3.11 in Debian prefers cdb).
host_lines() {
  if version_at_least 3.11; then level=3.11 types='cdb lmdb hash'; elif version_at_least 3.6; then level=3.6 types='hash lmdb cdb'; else level=2 types='hash lmdb cdb'; fi
  for type in $types; do postconf -m | grep -qx "$type" && break; done
  printf '# These two depend on the host; postfix-relay fills them in.\ncompatibility_level = %s\ndefault_database_type = %s\n' "$level" "$type"
}

# The package's own master.cf, or the one that was here before us.
pristine_master() {
  for master in "$state/original/etc/master.cf" /usr/share/postfix/master.cf.dist "$etc/master.cf"; do
    [ -f "$master" ] && { echo "$master"; return; }
  done
}

# render GENERATION: makes etc/ from sent/: main.cf with the host's lines, an index for each map it names, master.cf.
render() {
  rm -rf "$1/etc" && mkdir "$1/etc" || return 73
  cp "$(pristine_master)" "$1/etc/master.cf" && { host_lines && cat "$1/sent/main.cf"; } >"$1/etc/main.cf" || return 73
  touch -d '-10 seconds' "$1/etc/main.cf" # Postfix commands wait up to 2 s when main.cf is younger than that
  for file in "$1"/sent/*; do
    case ${file##*/} in main.cf | master_edits) ;; *) ln "$file" "$1/etc/" || return 73 ;; esac
  done
  type=$(postconf -c "$1/etc" -h default_database_type 2>"$inbox/.wrong") ||
    fail 78 "Postfix refuses the configuration: $(tail -n 1 "$inbox/.wrong" | sed "s|$1/etc|$etc|g"). Nothing was changed."
  for map in $(grep -v '^#' "$1/sent/main.cf" | grep -o "[$]default_database_type:$etc/[a-z_.]*" | sed 's|.*/||' | sort -u); do
    [ -f "$1/etc/$map" ] || continue
    case $map in *aliases) index=postalias ;; *) index=postmap ;; esac
    wrong=$($index "$type:$1/etc/$map" 2>&1) && [ -z "$wrong" ] || fail 78 "$index refuses $map: $(echo "$wrong" | head -n 1). Nothing was changed."
  done
  [ ! -f "$1/sent/master_edits" ] || edit_master "$1"
}

# Each line of master_edits is one change that postconf makes: "M name/type = …", "P name/type/param = …", "X name/type".
edit_master() {
  while read -r how what; do
    case $how in
    M) postconf -c "$1/etc" -Me "${what%% = *}=${what#* = }" ;;
    P) postconf -c "$1/etc" -Pe "${what%% = *}=${what#* = }" ;;
    X) postconf -c "$1/etc" -MX "$what" ;;
    esac || fail 78 "postconf refuses the change '$how $what' of master.cf. Nothing was changed."
  done <"$1/sent/master_edits"
}

# The known parameter closest to a misspelled one, by edit distance.
nearest() {
  postconf -d | awk -v want="$1" '
    { name = $1; n = length(name); m = length(want); for (j = 0; j <= n; j++) row[j] = j
      for (i = 1; i <= m; i++) { left = i
        for (j = 1; j <= n; j++) { d = row[j - 1] + (substr(want, i, 1) != substr(name, j, 1))
          if (row[j] + 1 < d) d = row[j] + 1; if (left + 1 < d) d = left + 1
          row[j - 1] = left; left = d }
        row[n] = left }
      if (best == "" || row[n] < least) { best = name; least = row[n] } }
    END { print best }'
}

# validate GENERATION: postconf exits 0 on most mistakes, so any word of it that is no deprecation refuses the configuration.
validate() {
  wrong=$(postconf -c "$1/etc" -n 2>&1 >/dev/null | grep -v 'will be removed' | sed "s|$1/etc|$etc|g" | head -n 3) || :
  case $wrong in
  *'unused parameter:'*)
    unknown=$(echo "$wrong" | sed -n 's/.*unused parameter: \([^=]*\)=.*/\1/p' | head -n 1)
    fail 78 "Postfix $(postconf -dh mail_version) on this host does not know the parameter $unknown (the nearest it knows is $(nearest "$unknown")). Correct or remove it. Nothing was changed."
    ;;
  ?*) fail 78 "Postfix refuses the configuration: $(echo "$wrong" | tr '\n' ' '). Nothing was changed." ;;
  esac
  postfix -c "$1/etc" check >/dev/null 2>&1 || {
    check_cursor=$(log_cursor) # without a terminal it tells the log alone
    wrong=$(postfix -c "$1/etc" check 2>&1) || :
    fail 78 "postfix check refuses the configuration: $({ echo "$wrong" && log_since "$check_cursor"; } | grep -E 'fatal|error' | tail -n 1 | sed "s|$1/etc|$etc|g"). Nothing was changed."
  }
}

# prepare GENERATION NAME MARK: copies what will be renamed into place to $swap/NAME and $state/live.NAME, so that the swap
# itself needs no room on the disk. MARK original means the files that were here before us.
prepare() {
  wrong="cannot write in $etc or $state: is the disk full or read-only?"
  rm -rf "${swap:?}/$2" && mkdir -p "$swap/$2" || return 73
  for file in "$1"/etc/*; do
    name=${file##*/}
    [ ! -e "$etc/$name" ] || [ -w "$etc/$name" ] || { wrong="$etc/$name cannot be replaced: is it immutable (chattr -i), or $etc read-only?"; return 73; }
    case $3-$name in
    original-main.cf) cp -a "$file" "$swap/$2/" || return 73; continue ;;
    original-*) ! ours | grep -qxF "$name" || cp -a "$file" "$swap/$2/" || return 73; continue ;;
    *-master.cf) [ -f "$1/sent/master_edits" ] || ours | grep -qx master.cf || continue ;;
    esac
    cp "$file" "$swap/$2/$name" || return 73
    case $name in sasl_passwd*) ;; *) chmod 644 "$swap/$2/$name" ;; esac
  done
  case $3 in
  probation) soften && printf 'smtp_connect_timeout = 10s\nsmtp_helo_timeout = 15s\n' ;;
  hold*|held) printf '%s\n# The relay host does not take the old password any more: mail waits for a new one.\ndefer_transports = %s\n' "$marker" "$(postconf -c "$1/etc" -M | awk '$2 == "unix" && $8 == "smtp" { print $1 }' | tr '\n' ' ')" ;;
  esac >>"$swap/$2/main.cf" && touch -d '-10 seconds' "$swap/$2/main.cf" || return 73
  [ "$3" = probation ] || { cp -a "$swap/$2/main.cf" "$swap/$2/.main.cf" && soften >>"$swap/$2/.main.cf" && touch -d '-10 seconds' "$swap/$2/.main.cf"; } || return 73
  { if [ "$3" = original ]; then echo original; else echo "$(cat "$1/digest" 2>/dev/null || digest "$1") $3"; fi && ls "$swap/$2"; } >"$state/live.$2" || return 73
}

marker='# --- Added by postfix-relay for a while ---'
soften() { printf '%s\n# Until a test delivery is proven nothing may bounce, and an answer must not take long.\nsoft_bounce = yes\n' "$marker"; }

# swap NAME: renames what was prepared into /etc/postfix, and makes Postfix take it over. The journal lives until that is done.
# soft_bounce comes first and goes last, since between two renames main.cf and the maps may not fit each other.
swap() {
  before=$(listening)
  apply_cursor=$(log_cursor)
  [ -f "$state/journal" ] || { cp "$state/live.$1" "$state/journal.new" && mv "$state/journal.new" "$state/journal"; } 2>/dev/null || [ "$1" = back ] || { wrong="cannot write in $state: is the disk full?"; return 73; }
  names=$(sed '1d; /^main.cf$/d' "$state/live.$1")
  case $(head -n 1 "$state/live.$1") in *probation) names="main.cf $names" ;; *) names="$names main.cf" ;; esac
  # A queue manager that still knows the old relay host must not meet an SMTP client without soft_bounce.
  [ "$(live | cut -d ' ' -f 1)" != "$(head -n 1 "$state/live.$1" | cut -d ' ' -f 1)" ] || rm -f "$swap/$1/.main.cf"
  for name in $names; do
    if [ "$name" = main.cf ] && [ -f "$swap/$1/.main.cf" ]; then
      mv -f "$swap/$1/.main.cf" "$etc/main.cf" || { wrong="cannot rename files in $etc"; return 73; }
      apply || return
      before=$(listening)
      apply_cursor=$(log_cursor)
    fi
    mv -f "$swap/$1/$name" "$etc/$name" || { wrong="cannot rename files in $etc"; return 73; }
  done
  for name in $(ours); do grep -qxF "$name" "$state/live.$1" || rm -f "$etc/$name"; done
  mv "$state/live.$1" "$state/live"
  rm -rf "${swap:?}/$1"
  apply && rm -f "$state/journal"
}

running() { postfix status 2>/dev/null; }

# What a reload does not take over. The values are those of the running master, so they are read before the swap.
listening() { postconf -xh inet_interfaces inet_protocols 2>/dev/null | tr '\n' ' '; }

# apply: makes Postfix take over /etc/postfix; $before is what listening() said before the swap.
apply() {
  if [ ! -f /etc/aliases ]; then touch /etc/aliases && chmod 644 /etc/aliases; fi
  # Not when it is up to date: on a full disk the new index would be an empty one.
  type=$(postconf -xh default_database_type 2>/dev/null)
  [ -z "$(find /etc/aliases -newer "/etc/aliases.$(echo "$type" | sed 's/hash/db/')" 2>&1)" ] || newaliases 2>/dev/null || :
  if running && [ "$before" = "$(listening)" ]; then action=reloaded do=reload; else action=restarted do=restart; fi
  wrong=$(timeout 60 systemctl "$do" postfix 2>&1) && wait_for 15 running && wait_for 15 queue_answers && { [ "$do" = restart ] || wait_for 5 reloaded || :; } && return
  wrong="Postfix did not $do: $(log_since "$apply_cursor" | grep -E 'fatal:|error:|panic:' | tail -n 1)$(echo "$wrong" | head -n 1)"
  return 1
}

# A reload returns before the master has read the new files.
reloaded() { log_since "$apply_cursor" | grep -q 'postfix/master.*: reload'; }
queue_answers() { postqueue -p >/dev/null 2>&1; }

# wait_for SECONDS COMMAND...: asks ten times a second.
wait_for() {
  tries=$(($1 * 10))
  shift
  until "$@"; do
    [ "$tries" -gt 0 ] || return 1
    tries=$((tries - 1))
    sleep 0.1
  done
}

# Which configuration a failure goes back to: the last proven one, else the one that was here before us, else none.
has_good() { (cd "$state/good" 2>/dev/null && sha256sum --status -c sums 2>/dev/null); }
has_original() { [ -f "$state/original/etc/main.cf" ]; }

# A proven password that the relay host does not take any more is not tried again.
good_mark() { if [ -f "$state/cutover" ]; then echo held; else echo proven; fi; }

# roll_back: goes back, and sets $outcome to what the host does now.
roll_back() {
  if has_good; then
    { [ -f "$state/live.back" ] && [ "$(ls "$swap/back" 2>/dev/null)" = "$(sed 1d "$state/live.back")" ]; } || prepare "$state/good" back "$(good_mark)" || going_back_failed || return
    swap back || going_back_failed || return
    outcome='The host went back to the configuration that last delivered; mail goes out with it.'
    [ ! -f "$state/cutover" ] || outcome='The host went back to its last configuration and holds the queue, since the old password is not to be used any more: mail waits for a password that works.'
  elif [ -d "$state/good" ]; then
    outcome="$state/good is damaged, so the host keeps the new configuration on probation: mail waits in the queue, nothing bounces."
    return 1
  elif has_original; then
    restore_files || going_back_failed || return
    outcome='The host went back to the Postfix configuration it had before.'
  else
    outcome='This host has no earlier configuration that worked, so mail waits in its queue and nothing bounces.'
    stop_timer
    return 1
  fi
  stop_timer
  [ -f "$state/cutover" ] || postqueue -f 2>/dev/null || : # a flush would not mind defer_transports
}
going_back_failed() { outcome="Going back failed too: $wrong" && return 1; }

# An interrupted swap left its journal: the files may be a mixture, and Postfix may not know them yet.
recover() {
  if [ ! -d "$state/good" ] && [ -d "$state/good.old" ]; then mv "$state/good.old" "$state/good"; fi
  [ -f "$state/journal" ] && ! roll_back && [ ! -d "$state/good" ] && ! has_original || return 0
  { echo interrupted && ours; } >"$state/live.new" && mv "$state/live.new" "$state/live" && rm -f "$state/journal"
}

start_timer() {
  stop_timer
  systemd-run --quiet --collect --unit=postfix-relay-probation --on-active="${probation_minutes}min" --timer-property=AccuracySec=1s "$tool" revert 2>/dev/null ||
    say "could not start the timer that takes an unproven configuration back"
}
stop_timer() { systemctl stop postfix-relay-probation.timer 2>/dev/null || :; }

# --- verbs ------------------------------------------------------------------

install() {
  . /etc/os-release
  case " ${ID-} ${ID_LIKE-} " in
  *' debian '* | *' ubuntu '*) ;;
  *) fail 78 "this host runs ${PRETTY_NAME-an unknown system}; only Debian and Ubuntu are supported. Nothing was changed." ;;
  esac
  [ -d /run/systemd/system ] || fail 78 "this host is not run by systemd. Nothing was changed."
  [ ! -L "$etc" ] || fail 78 "$etc is a symbolic link to $(readlink "$etc"); make it a folder first. Nothing was changed."
  receive
  require_owner
  [ -d "$state" ] || mkdir "$state" || fail 73 "cannot create $state. Nothing was changed."
  keep_original
  missing=
  for package in postfix libsasl2-modules ca-certificates; do
    installed "$package" || missing="$missing $package"
  done
  # shellcheck disable=SC2086 # a list of names
  [ -z "$missing" ] || install_packages $missing
  [ -f "$etc/main.cf" ] || hold_mail
  cp "$0" "$tool.new" && chmod 755 "$tool.new" && mv "$tool.new" "$tool" || fail 73 "cannot write $tool: is the disk full or read-only?"
  install_unit
  [ -s "$state/salt" ] || note "$(od -An -N16 -tx1 /dev/urandom)" "$state/salt"
  note "$format" "$state/format"
  note "$owner" "$state/owner"
  json postfixVersion "$(postconf -dh mail_version)" system "${PRETTY_NAME-}"
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }
package_list() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p' | sort -u; }

# Written once, before the first change: what `restore` gives back.
keep_original() {
  [ ! -d "$state/original" ] || return 0
  rm -rf "$state/original.new" && mkdir "$state/original.new" &&
    { [ ! -f "$etc/main.cf" ] || cp -a "$etc" "$state/original.new/etc"; } &&
    { [ ! -f /etc/aliases ] || cp -a /etc/aliases "$state/original.new/aliases"; } &&
    package_list >"$state/original.new/packages" && mv "$state/original.new" "$state/original" || fail 73 "cannot write in $state. Nothing was changed."
}

install_packages() {
  drain_other_mta
  installed postfix || echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  # What an interrupted run of apt or dpkg has left is mended first.
  [ -z "$(dpkg --audit)" ] || { apt_get -f install && dpkg --configure -a </dev/null >"$state/apt.log" 2>&1; } || :
  # Old package lists are the usual reason for a first failure, and fetching them is slow: so only then.
  apt_get install "$@" || { ! apt_locked && apt_get update && apt_get install "$@"; } || {
    reason=$(apt_reason)
    case $reason in
    *lock*) fail 75 "another process holds the package manager's lock: $reason Try again when it is done." ;;
    *) fail 69 "apt-get could not install $*: $reason. Repair it on the host ('apt-get install $*') and run pulumi up again." ;;
    esac
  }
  rm -f "$state/apt.log"
  [ -f "$state/added" ] || { package_list | comm -13 "$state/original/packages" - >"$state/added.new" && mv "$state/added.new" "$state/added"; } || fail 73 "cannot write in $state"
}

apt_locked() { grep -q '^E: .* lock ' "$state/apt.log"; }
apt_reason() { grep -m 1 -E '^(E|dpkg): ' "$state/apt.log" | sed 's/^E: //' | grep . || echo "see $state/apt.log"; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 timeout 600 apt-get -qy -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confold -o APT::Install-Recommends=false "$@" </dev/null >"$state/apt.log" 2>&1
}

# Installing Postfix removes any other MTA, and its queue with it: deliver that first.
drain_other_mta() {
  if command -v exim4 >/dev/null; then
    [ "$(exim4 -bpc)" = 0 ] || timeout 60 exim4 -qff || :
    waiting=$(exim4 -bpc) other=exim4
  elif [ -d /var/spool/nullmailer/queue ]; then
    waiting=$(find /var/spool/nullmailer/queue -type f | wc -l) other=nullmailer
  elif [ -d /var/spool/mqueue ]; then
    waiting=$(find /var/spool/mqueue /var/spool/mqueue-client -name 'qf*' | wc -l) other=sendmail
  else return 0; fi
  [ "$waiting" = 0 ] || fail 69 "$waiting messages wait in the queue of $other, and replacing it by Postfix would lose them. Deliver or remove them, then run pulumi up again. Nothing was changed."
}

# Until the first activation all mail waits; without a main.cf sendmail would refuse it.
hold_mail() {
  [ -f "$etc/main.cf" ] || { : >"$etc/main.cf" && chmod 644 "$etc/main.cf"; } || fail 73 "cannot write in $etc" # postconf wants one
  { host_lines && printf 'inet_interfaces = loopback-only\ndefer_transports = local smtp relay\nsoft_bounce = yes\n'; } >"$etc/main.cf.new" &&
    chmod 644 "$etc/main.cf.new" && touch -d '-10 seconds' "$etc/main.cf.new" && mv "$etc/main.cf.new" "$etc/main.cf" || fail 73 "cannot write in $etc"
  [ -f "$etc/master.cf" ] || cp "$(pristine_master)" "$etc/master.cf"
}

# After a reboot the probation timer is gone; this takes an unproven configuration back, and ends an interrupted swap.
install_unit() {
  unit=$units/postfix-relay-boot.service
  printf '[Unit]\nDescription=Take an unproven mail relay configuration back after a reboot\nAfter=postfix.service\n\n[Service]\nType=oneshot\nExecStart=%s revert\n\n[Install]\nWantedBy=multi-user.target\n' "$tool" >"$unit.new" && chmod 644 "$unit.new" || fail 73 "cannot write $unit"
  if cmp -s "$unit.new" "$unit"; then rm "$unit.new"; else mv "$unit.new" "$unit" && systemctl --quiet enable postfix-relay-boot.service; fi
}

stage() {
  receive
  require_owner
  recover
  sent=$state/staged/sent
  mkdir -p "$sent" || fail 73 "cannot write in $state. Nothing was changed."
  case $1 in
  main-cf)
    [ -f "$inbox/main.cf" ] || fail 64 "no main.cf on stdin"
    find "$sent" -type f ! -name sasl_passwd -delete
    ;;
  sasl-passwd) [ -f "$inbox/sasl_passwd" ] || fail 64 "no sasl_passwd on stdin" ;;
  *) fail 64 "stage takes main-cf or sasl-passwd" ;;
  esac
  mv "$inbox"/[a-z]* "$sent" || fail 73 "cannot write in $sent: is the disk full? The live configuration was not changed."
  keep_part "$1" || fail 73 "cannot write in $state: is the disk full? The live configuration was not changed."
  [ ! -f "$sent/main.cf" ] || render_staged
  [ "$1" = main-cf ] || { look_up "$state/staged/etc/sasl_passwd" && hold_queue; }
  json staged "$1"
}

render_staged() {
  render "$state/staged" || fail 73 "cannot write in $state: is the disk full? The live configuration was not changed."
  validate "$state/staged"
}

# part NAME: the files of one half of what is staged.
part() { case $1 in sasl-passwd) find "$state/staged/sent" -name sasl_passwd ;; *) find "$state/staged/sent" -type f ! -name sasl_passwd ;; esac }

# keep_part NAME: pulumi does not stage again what its state calls staged, though a killed run may have staged something else since.
keep_part() {
  at=$state/parts/$1.$(part "$1" | sort | xargs sha256sum | sha256sum | cut -c 1-16)
  mkdir -p "$at" && part "$1" | xargs -r -I '{}' ln -f '{}' "$at/"
}

# assemble DIGEST: whether it could be staged again from parts.
assemble() {
  for main in "$state"/parts/main-cf.*; do
    for sasl in "$state"/parts/sasl-passwd.*; do
      rm -rf "$state/again" && mkdir -p "$state/again/sent" && ln "$main"/* "$sasl"/* "$state/again/sent/" 2>/dev/null || continue
      [ "$(digest "$state/again")" = "$1" ] && rm -rf "$state/staged" && mv "$state/again" "$state/staged" && render_staged && return
    done
  done
  rm -rf "$state/again"
  return 1
}

# Where an old password dies when the new one is made, no message is to be tried with it from now on.
hold_queue() {
  [ "$(key rotation)" = cutover ] && has_good && ! cmp -s "$sent/sasl_passwd" "$state/good/sent/sasl_passwd" || { rm -f "$state/cutover"; return; }
  : >"$state/cutover"
  case $(live) in *proven) ;; *) return ;; esac
  start_timer
  prepare "$state/good" new holding && swap new || fail 73 "cannot hold the queue: $wrong"
}

# Every key must give back its user and password byte for byte: the file's syntax strips and folds without a word.
look_up() {
  type=$(postconf -c "$state/staged/etc" -h default_database_type 2>/dev/null)
  wanted=$(sed 's/ /\t/' "$1" | sha256sum)
  [ "$(cut -d ' ' -f 1 "$1" | postmap -q - "$type:$1" | sha256sum)" = "$wanted" ] ||
    fail 78 "Postfix does not read the credentials back as they were given: a key twice, or white space at the end of a user name or password? Nothing was changed."
}

activate() {
  receive
  require_owner
  recover
  activate_staged "$(key digest)"
  json generation "$(label "$(key digest)")" action "$action"
}

activate_staged() {
  action=unchanged
  case $(live) in
  "$1 proven") in_place && running && return ;;
  "$1 probation") staged_is "$1" && in_place && running && start_timer && return ;;
  esac
  staged_is "$1" || assemble "$1" ||
    fail 65 "the staged files are not the ones this step was planned for. Let Pulumi forget this Relay ('pulumi state delete --target-dependents' with its URN) and run pulumi up again. The live configuration was not changed."
  [ ! -L "$etc" ] || fail 78 "$etc is a symbolic link to $(readlink "$etc"); make it a folder first. Nothing was changed."
  validate "$state/staged"
  mark=probation
  if has_good; then
    if [ "$(cat "$state/good/digest")" = "$1" ]; then mark=proven && rm -rf "$swap/back" "$state/live.back"; else prepare "$state/good" back "$(good_mark)" || not_prepared; fi
  elif [ -d "$state/good" ]; then
    fail 78 "$state/good, which the host would go back to, is damaged: look at the disk. To go on without it, remove that folder and run pulumi up again. Nothing was changed."
  fi
  prepare "$state/staged" new "$mark" || not_prepared
  [ "$mark" = proven ] || start_timer
  swap new || {
    why=$wrong
    roll_back || :
    fail 78 "$why $outcome"
  }
}
staged_is() { [ "$(digest "$state/staged")" = "$1" ]; }
not_prepared() {
  rm -rf "$swap" "$state/live.back" "$state/live.new"
  fail 73 "$wrong The live configuration was not changed."
}

# in_place: whether /etc/postfix still holds what was applied.
in_place() { [ -z "$(differences)" ]; }

# differences: names in /etc/postfix that are not as applied. The source is what is live: good if proven, else staged.
differences() {
  case $(live) in *proven | *holding | *held) from=good ;; *probation) from=staged ;; *) return ;; esac
  for name in $(sed 1d "$state/live"); do
    if [ ! -f "$etc/$name" ]; then echo "$name (missing)"
    elif [ "$name" = main.cf ]; then sed "/^$marker/,\$d" "$etc/main.cf" | cmp -s - "$state/$from/etc/main.cf" || echo main.cf
    else
      cmp -s "$etc/$name" "$state/$from/etc/$name" || echo "$name"
      case $name in sasl_passwd*) [ "$(stat -c '%a %U' "$etc/$name")" = '600 root' ] || echo "$name (mode or owner)" ;; esac
    fi
  done
}

deliver() {
  receive
  require_owner
  recover
  wanted=$(key digest)
  # After a roll-back pulumi's state says that -service is done, so only this step runs again: it must not prove the old generation.
  activate_staged "$wanted"
  probe "$(key from)" "$(key to)" "$(key timeout)"
  if [ "$verdict" != sent ]; then
    [ -z "$queue_id" ] || postsuper -d "$queue_id" >/dev/null 2>&1 || :
    if [ "$(live)" = "$wanted proven" ]; then
      outcome='This configuration had delivered before, so it stays live; mail waits in the queue.'
    else
      roll_back || :
    fi
    fail 69 "the test delivery to $(key to) failed: $reason $outcome"
  fi
  [ "$(live)" = "$wanted proven" ] || promote "$wanted"
  json status sent relay "$relay" dsn "$dsn" queueId "$queue_id" answer "$answer" seconds# "$seconds"
}

# promote DIGEST: the proven generation becomes good, and leaves probation.
promote() {
  rm -rf "$state/good.new" "$state/good.old"
  cp -a "$state/staged" "$state/good.new" && (cd "$state/good.new" && echo "$1" >digest && sha256sum sent/* etc/* digest >sums) || {
    rm -rf "$state/good.new"
    roll_back || :
    fail 73 "the delivery was proven, but $state cannot keep the generation: is the disk full? $outcome"
  }
  rm -f "$state/live.back" "$state/cutover"
  [ ! -d "$state/good" ] || mv "$state/good" "$state/good.old"
  mv "$state/good.new" "$state/good"
  prepare "$state/good" new proven && swap new || fail 73 "the delivery was proven, but leaving probation failed: $wrong. Mail flows; run pulumi up again."
  stop_timer
  rm -rf "$state/good.old" "$swap" "$state/parts"
  keep_part main-cf && keep_part sasl-passwd || :
  postqueue -f 2>/dev/null || :
}

revert() {
  recover
  case $(live) in *holding) rm -f "$state/cutover" ;; *probation) ;; *) json live "$(live_label)" && return ;; esac
  roll_back || :
  say "nobody came to prove a change. $outcome"
  json live "$(live_label)"
}

status() {
  [ -f "$state/owner" ] || { json owner '' live none; return; }
  json owner "$(cat "$state/owner")" live "$(live_label)" good "$(label "$(cat "$state/good/digest" 2>/dev/null)")" \
    postfixVersion "$(postconf -dh mail_version)" running "$(running && echo yes || echo no)" queue# "$(queue_length)"
}

check() {
  [ -f "$state/owner" ] || fail 69 "this host was not set up by postfix-relay"
  found=$(differences | tr '\n' ' ')
  running || found="$found(Postfix is not running) "
  case $(live) in *holding | *held) found="$found(the queue is held until a new password is proven) " ;; esac
  json live "$(live_label)" differences "${found% }"
  [ -z "$found" ]
}

# --- giving the host back ----------------------------------------------------

restore() {
  receive
  if [ -s "$state/owner" ] && [ "$(cat "$state/owner")" != "$owner" ]; then
    json restored no reason "this host is managed by $(cat "$state/owner")"
    return
  fi
  case $1 in
  service) restore_service ;;
  sasl-passwd) rm -rf "$state/staged/sent/sasl_passwd" "$state"/staged/etc/sasl_passwd* "$state"/parts/sasl-passwd.* ;;
  main-cf) rm -rf "$state/staged" "$state/parts" ;;
  packages) restore_service && restore_packages && return ;;
  *) fail 64 "restore takes service, sasl-passwd, main-cf or packages" ;;
  esac
  json restored "$1"
}

# Messages in the queue, whether Postfix runs or not.
queue_length() { find /var/spool/postfix/maildrop /var/spool/postfix/incoming /var/spool/postfix/active /var/spool/postfix/deferred /var/spool/postfix/hold -type f 2>/dev/null | wc -l; }
queue_empty() { [ "$(queue_length)" = 0 ]; }

# Without an earlier Postfix the queue goes away with ours: it has to be empty first.
require_empty_queue() {
  ! has_original || return 0
  postqueue -f 2>/dev/null || :
  wait_for 30 queue_empty ||
    fail 69 "$(queue_length) messages wait in the queue and would be lost with Postfix (see 'postqueue -p' on the host). Repair the delivery and destroy again, or give them up with 'postsuper -d ALL' on the host. Nothing was changed."
}

restore_service() {
  case $(live) in original) return ;; esac
  require_empty_queue
  restore_files || fail 73 "$wrong"
  stop_timer
  rm -rf "$state/good" "$state/good.old" "$state/cutover"
}

# Puts the files back that were here before us, if any; else takes ours away and stops Postfix.
restore_files() {
  if has_original; then
    prepare "$state/original" new original || return
    # The maps change before main.cf does: nothing may bounce in between.
    cp "$etc/main.cf" "$swap/main.cf" && soften >>"$swap/main.cf" && chmod 644 "$swap/main.cf" && touch -d '-10 seconds' "$swap/main.cf" && mv "$swap/main.cf" "$etc/main.cf" || return 73
    swap new || return
  else
    systemctl stop postfix
    for name in $(ours); do rm -f "$etc/$name"; done
    hold_mail
  fi
  note original "$state/live"
  rm -rf "$swap" "$state/journal"
}

restore_packages() {
  kept=
  if [ -f "$state/original/packages" ]; then
    package_list >"$inbox/packages"
    added=$(comm -12 "$state/added" "$inbox/packages" 2>/dev/null | tr '\n' ' ')
    back=$(comm -23 "$state/original/packages" "$inbox/packages" | grep -E 'exim4|sendmail|nullmailer|msmtp|mta|mailer' | sed 's/$/+/' | tr '\n' ' ' || :)
    case " $added" in *' postfix '*) require_empty_queue ;; esac
    purge "$added" "$back" || { [ -z "$added" ] || purge 'postfix ' "$back"; } || kept="Postfix, since ${others% } needs it"
  fi
  [ -f "$state/original/aliases" ] || [ -n "$kept" ] || rm -f /etc/aliases /etc/aliases.*db
  systemctl --quiet disable postfix-relay-boot.service 2>/dev/null || :
  rm -rf "$units/postfix-relay-boot.service" "$tool" "$state"
  json restored packages kept "$kept"
}

# purge PACKAGES BACK: purges what we installed and installs what it had replaced, in one go. Not if something else, which came
# later, would have to go with it.
purge() {
  [ -n "$1$2" ] || return 0
  # shellcheck disable=SC2086 # lists of names
  others=$(apt-get -s purge $1 $2 2>/dev/null | sed -n 's/^\(Purg\|Remv\) \([^ ]*\) .*/\2/p' | grep -vxF "$(echo "$1" | tr ' ' '\n')" | tr '\n' ' ' || :)
  [ -z "$others" ] || return
  # shellcheck disable=SC2086
  apt_get purge $1 $2 || fail 69 "apt-get could not remove $1: $(apt_reason)"
}

# --- the test delivery --------------------------------------------------------

# Where Postfix logs: its own file if it has one, else the journal, else syslog's file.
log_source() {
  file=$(postconf -xh maillog_file 2>/dev/null)
  [ -n "$file" ] || [ -n "$(journalctl -q -n 1 -o cat 2>/dev/null)" ] || for file in /var/log/mail.log /var/log/maillog /var/log/syslog; do [ ! -f "$file" ] || break; done
  echo "$file"
}
log_cursor() {
  file=$(log_source)
  if [ -n "$file" ]; then wc -c <"$file"; else journalctl -q -n 0 --show-cursor | sed 's/^-- cursor: //'; fi
}
# Lines of the mail log since a cursor, without time and host name.
log_since() {
  file=$(log_source)
  if [ -n "$file" ]; then tail -c "+$(($1 + 1))" "$file"; else journalctl -q -o short --after-cursor="$1" SYSLOG_FACILITY=2 2>/dev/null; fi |
    sed -n 's/^.* \(postfix[^ ]*\[[0-9]*\]: \)/\1/p'
}

# probe FROM TO SECONDS: sends a message and follows it. Sets verdict (sent or failed), reason, relay, dsn, queue_id, answer, seconds.
probe() {
  verdict=failed reason='' queue_id='' relay='' dsn='' answer='' seconds=0
  cursor=$(log_cursor)
  token=postfix-relay.$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  hostname=$(postconf -xh myhostname)
  if ! refused=$(printf 'From: postfix-relay on %s <%s>\nTo: <%s>\nSubject: Test delivery from %s\nMessage-ID: <%s@%s>\nAuto-Submitted: auto-generated\n\nMail from %s leaves through its relay.\nThis message was sent by "pulumi up" (%s) to prove it; no answer is needed.\n' \
    "$hostname" "$1" "$2" "$hostname" "$token" "$hostname" "$hostname" "$owner" | sendmail -N never -i -f "$1" -- "$2" 2>&1); then
    reason="Postfix did not take the message: $(echo "$refused" | head -n 1)."
    return
  fi
  deadline=$(($(date +%s) + $3))
  retry=$(($(date +%s) + 5))
  while :; do
    log_since "$cursor" >"$inbox/.log" || :
    follow
    case $status in
    sent | bounced | expired) break ;;
    deferred | SOFTBOUNCE) case $(explain_line "$line") in stop*) break ;; esac ;;
    *) fatal=$(grep -E '^postfix/(master|qmgr|cleanup|pickup|trivial-rewrite|tlsmgr|smtp)\[.* (fatal|panic): ' "$inbox/.log" | tail -n 1) && [ -n "$fatal" ] && { line=$fatal status=fatal; break; } || : ;;
    esac
    [ "$(date +%s)" -lt "$deadline" ] || break
    if [ -n "$queue_id" ] && [ "$(date +%s)" -ge "$retry" ]; then
      retry=$(($(date +%s) + 5))
      postqueue -i "$queue_id" 2>/dev/null || :
    fi
    sleep 0.2
  done
  judge "$3"
}

# follow: from the Message-ID to the queue ID, through alias forwards, to the newest delivery line. Sets queue_id, line, status.
follow() {
  set -- "$(awk -v token="$token@" '
    { id = $2; sub(":", "", id) }
    index($0, "message-id=<" token) { mine[id]; newest = id }
    id in mine && /status=/ { last = $0; newest = id; if (match($0, /forwarded as [0-9A-Za-z]+/)) mine[substr($0, RSTART + 13, RLENGTH - 13)] }
    END { print newest; print last }
  ' "$inbox/.log")"
  queue_id=$(echo "$1" | head -n 1)
  line=$(echo "$1" | tail -n +2)
  status=$(echo "$line" | sed -n 's/.* status=\([A-Za-z]*\).*/\1/p')
  # Through a server of our own to the transport for a fallback: the message goes on under another queue ID.
  case $line in *'forwarded as '* | *' relay=127.0.0.1['*' status=sent '*) status='' ;; esac
}

# judge SECONDS: what the newest delivery line means.
judge() {
  relay=$(echo "$line" | sed -n 's/.* relay=\([^, ]*\).*/\1/p')
  dsn=$(echo "$line" | sed -n 's/.* dsn=\([0-9.]*\).*/\1/p')
  seconds=$(echo "$line" | sed -n 's/.* delay=\([0-9.]*\),.*/\1/p')
  answer=$(echo "$line" | sed -n 's/.* status=[A-Za-z]* (\(.*\))$/\1/p')
  case $status in
  sent)
    if ! via_relay "${relay%%\[*}"; then
      reason="the message was delivered by $relay and not by the configured relay host. Choose a testDelivery.to outside of this host. [$line]"
    elif [ "${dsn%%.*}" != 2 ]; then
      reason="the relay answered with dsn $dsn. [$line]"
    else
      verdict=sent
    fi
    ;;
  '')
    line=$(grep -E '^postfix/smtp\[.*(timed out|refused|lost connection|unreachable|warning|error)' "$inbox/.log" | tail -n 1)
    if [ -n "$line" ]; then reason="$(explain_line "$line" | cut -d ' ' -f 2-) [$line]"
    elif [ -n "$queue_id" ]; then reason="the relay had not answered within $1 seconds. Raise testDelivery.timeoutSeconds if it is slow."
    else reason="Postfix had not even logged the message within $1 seconds. Look at the mail log and 'postqueue -p' on the host."; fi
    ;;
  *) reason="$(explain_line "$line" | cut -d ' ' -f 2-) [$line]" ;;
  esac
}

# via_relay HOST: whether HOST is a relay host of the live configuration; behind a relayhost without brackets stand MX hosts of any name.
via_relay() {
  hops=$({ postconf -xh relayhost smtp_fallback_relay && awk '{ print $2 }' "$etc/sender_relay" 2>/dev/null; } | tr -s ', \t' '\n' | grep -E '[.:[]' | grep -vF '[127.0.0.1]' || :)
  case $1 in local | none | 127.0.0.1) return 1 ;; esac
  [ -n "$hops" ] || return 1
  if echo "$hops" | grep -qv '^\['; then return; fi
  echo "$hops" | sed 's/^\[//; s/^ipv6://i; s/\].*//' | grep -qixF -- "$1"
}

explain() { explain_line "$(cat)" | cut -d ' ' -f 2-; }

# explain_line LINE: "stop ADVICE" where another try cannot help, "wait ADVICE" where it can.
# The table: stop or wait, an extended regular expression, what to do. The first row that matches wins.
explain_line() {
  LINE=$1 awk '
    { what = $1; at = index($0, " -> ") }
    ENVIRON["LINE"] ~ substr($0, length(what) + 2, at - length(what) - 2) { print what, substr($0, at + 4); exit }
  ' <<'ADVICE'
stop offered no compatible authentication mechanisms -> The relay offers none of the mechanisms allowed here. Correct or remove 'mechanisms', or use the port the provider names for submission.
stop SASL authentication failed; .*5\.7\.9 -> The relay wants an application-specific password: create one with the provider and use it as credentials.password.
stop SASL authentication failed; .*(no mechanism available|No worthy mechs) -> No SASL mechanism is left: the relay offers none that the security options and 'mechanisms' allow. Remove 'mechanisms' or correct it.
wait SASL authentication failed; .* 454 -> The relay cannot check passwords at the moment (454): its rate limit or an outage. Wait and run pulumi up again.
stop SASL authentication failed -> The relay refuses the user name or password. Check credentials.username and credentials.password, whether the provider wants an app password or API key, and whether SMTP AUTH is allowed for that account.
stop 530 .*STARTTLS -> The relay wants STARTTLS first. Set tls.level to secure, or use the port the provider names for submission.
stop (530|554) .*[Aa]uthentication [Rr]equired -> The relay wants authentication, but offered none on this port. Use the port the provider names for submission (587 or 465).
stop Relay access denied -> The relay does not accept this recipient or sender from this account. Check the account's rights and testDelivery.
stop (not owned by user|Relaying disallowed as|address is not verified|send as this sender|SendAsDenied|Sender address rejected|Unconfigured Sending Domain) -> The relay does not let this account send as this address. Use an address the account owns as sender (testDelivery.from, sender), or verify the domain with the provider.
stop (SPF|DKIM|DMARC|5\.7\.26|authentication checks|unauthenticated email) -> The message fails SPF, DKIM or DMARC. Add the provider's include to the domain's SPF record, set up its DKIM, and send from that domain.
stop ([Cc]ertificate (not|verification)|not trusted|untrusted issuer|self-signed certificate|certificate has expired) -> The relay's certificate is not valid for its name, expired, or from an unknown authority. Check relayHost.host; for a private authority set caCertificate.
stop TLS engine is unavailable -> The certificate authorities could not be loaded. Check caCertificate, or reinstall the package ca-certificates on the host.
stop TLS is required, but was not offered -> The relay offers no STARTTLS on this port. Use the port the provider names for submission (587, or 465 with implicit TLS).
stop Cannot start TLS -> The TLS handshake failed: usually port 587 and 465 are mixed up, or the relay only knows old TLS versions.
wait timed out while (receiving the initial|performing the EHLO) -> The relay accepts connections but does not speak: a port for implicit TLS used with STARTTLS, or an overloaded relay.
wait Connection refused -> Nothing listens on that port of the relay. Check relayHost.host and relayHost.port.
wait (Connection timed out|No route to host|Network is unreachable) -> The relay cannot be reached. The VPS provider or a firewall may block the port (25 and 587 often are): try 465 or 2525. If only IPv6 fails, set ipVersion to ipv4.
wait (Host or domain name not found|Name service error) -> The relay's name does not resolve on this host. Check the spelling of relayHost.host and the host's DNS.
stop loops back to myself -> The relay host is this host itself. Check relayHost.host and hostname.
stop (too many hops|hopcount exceeded) -> The message runs in a loop: the relay hands it back to this host. Check relayHost.host.
stop (local data error|open database|unsupported dictionary type) -> A map of Postfix is missing or unreadable on this host. Run pulumi up again; if it stays, see 'postfix-relay check' on the host.
stop SMTPUTF8 is required -> The relay cannot take UTF-8 addresses (no SMTPUTF8). Use ASCII addresses.
stop exceeds size limit -> The message is larger than the relay accepts. Lower limits.messageSize.
wait refused to talk to me -> The relay turns this host away at the door: its address may be blocked or the rate limit reached. Ask the provider.
wait (45[0-9]|421)  -> The relay puts the message off for now. If it stays so, ask the provider.
stop (fatal|panic):  -> Postfix itself fails with this configuration.
stop 5[0-9][0-9][ -] -> The relay refuses the message.
wait . -> The relay did not take the message.
ADVICE
}

# --- main ----------------------------------------------------------------------

usage() { awk '/^# State/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

# limit VERB: how many seconds a verb may take in all.
limit() { case $1 in install | restore) echo 1500 ;; deliver) echo 900 ;; revert) echo 1800 ;; *) echo 300 ;; esac; }

verb=${1-}
case $verb in
'' | -h | --help | help) usage && exit ;;
explain) explain && exit ;;
install | stage | activate | deliver | revert | status | check | restore) ;;
*) usage >&2 && exit 64 ;;
esac
[ "$(id -u)" = 0 ] || fail 77 "run it as root: sudo postfix-relay $verb"
case $verb in status | check) "$verb" && exit || exit $? ;; esac
if [ -z "${POSTFIX_RELAY_LIMITED-}" ]; then
  code=0
  POSTFIX_RELAY_LIMITED=1 timeout -k 10 "$(limit "$verb")" sh "$0" "$@" || code=$?
  [ "$code" != 124 ] || fail 75 "'$verb' took longer than $(limit "$verb") seconds and was stopped. The next run ends what it began."
  exit "$code"
fi
# The lock outlives a cut connection: the next run waits for this one instead of working beside it.
exec 9>>/run/postfix-relay.lock
flock -w "$(case $verb in revert) echo 1500 ;; *) echo 120 ;; esac)" 9 || fail 75 "another run still works on this host: $(cat /run/postfix-relay.lock). Try again when it is done."
echo "'postfix-relay $verb', process $$, since $(date -u +%H:%M:%S) UTC" >/run/postfix-relay.lock
trap 'rm -rf "$inbox"' EXIT
trap 'exit 75' HUP INT TERM
shift
"$verb" "$@"
