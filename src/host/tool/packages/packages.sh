# packages: Postfix and what it needs. Only what our own calls of apt have brought is ours, and goes at destroy.

# packages_install [NAME...]: makes sure that Postfix, its SASL plug-ins, the CA certificates and these are installed.
packages_install() {
  local wanted='' name=''
  mkdir -p "$state/packages" || fail 73 "cannot write in $state." "$(unchanged)"
  mta_unblock || fail 73 "cannot restore the modes in $state/packages/blocked." "$(unchanged)"
  packages_mend
  packages_adopt
  write_list ours "$(read_list ours | apt_each apt_known)"
  [ -f "$state/packages/before" ] || write_list before "$(packages_now '[^nc]')"
  for name in postfix libsasl2-modules ca-certificates "$@"; do apt_ready "$name" || wanted="$wanted $name"; done
  # shellcheck disable=SC2086 # a list of names
  [ -z "$wanted" ] || packages_get $wanted
  mta_look_again
}

# packages_now LETTER: prints the names of all packages in a state: c for those of which only settings are here.
packages_now() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n "s/^.$1. //p" | sort -u
}

# packages_mend: ends what an interrupted apt or dpkg has left, but not at the price of a package.
packages_mend() {
  [ -n "$(dpkg --audit 2>&1)$(ls "$root/var/lib/dpkg/updates" 2>/dev/null)" ] || return 0
  apt_patient apt_run mend.log dpkg --force-confold --configure -a || :
  apt_patient apt_get mend.log -f --no-remove install || :
}

# packages_get NAME...: has apt install these.
packages_get() {
  local mtas='' how=--no-remove name=''
  if ! apt_installed postfix; then
    apt_patient packages_preset || packages_fail "$@"
    mtas=$(mta_installed)
  fi
  for name in $mtas; do
    mta_choose "$name" || fail 69 "this host's mail system is $name; how to empty its queue is not known here." \
      "What to do: When it is empty, remove it ('apt-get remove $name') and run pulumi up again." "$(unchanged)"
  done
  if [ -n "$mtas" ]; then
    how=''
    # All that takes its time comes before the moment in which no mail is accepted.
    apt_twice apt_get try.log --download-only install "$@" || packages_fail "$@"
    apt_get try.log -s install "$@" || packages_fail "$@"
    packages_spare "$mtas"
  fi
  apt_twice packages_put "$mtas" "$how" "$@" || packages_fail "$@"
  [ -z "$apt_unfetched" ] ||
    say "apt-get update could not fetch ${apt_unfetched% }; Postfix could be installed without that"
}

# packages_fail NAME...: says why apt could not install these, and ends.
packages_fail() {
  local why=''
  why="apt-get could not install $*: $(apt_reason)"
  [ -z "$apt_unfetched" ] || why="$why; and apt-get update could not fetch ${apt_unfetched% }"
  fail 69 "$why." "What to do: Repair it on the host ('apt-get install $*') and run pulumi up again." "$(unchanged)"
}

# packages_preset: answers the questions of Postfix's package: no configuration, since ours follows.
packages_preset() {
  command -v debconf-set-selections >/dev/null || return 0
  echo 'postfix postfix/main_mailer_type select No configuration' >"$state/packages/preset" || return 1
  apt_run preset.log debconf-set-selections "$state/packages/preset"
}

# packages_spare MTAS: refuses when apt, by what it has just said, would remove more than these mail systems.
packages_spare() {
  local sources='' name='' more=''
  # shellcheck disable=SC2016,SC2086 # dpkg-query's own format; a list of names
  sources=$(dpkg-query -W -f '${source:Package}\n' $1) || :
  for name in $(apt_planned removed <"$apt_log"); do
    # shellcheck disable=SC2016
    dpkg-query -W -f '${source:Package}\n' "$name" | grep -qxF "$sources" || more="$more $name"
  done
  [ -z "$more" ] || fail 69 "with Postfix installed apt would remove$more, besides $1." \
    'What to do: Remove or replace that first, then run pulumi up again.' "$(unchanged)"
}

# packages_put MTAS OPTION NAME...: one installing call of apt, while the other mail systems accept nothing; what came
# of it is noted.
packages_put() {
  local mtas="$1" how="$2" code=0
  shift 2
  # While others keep apt busy, the other mail system accepts mail.
  [ -z "$mtas" ] || apt_get try.log check || return 1
  # All that has to be written comes before the moment in which no mail is accepted.
  : >"$state/packages/apt.log" || fail 73 "cannot write in $state/packages." "$(unchanged)"
  write_list known "$(read_list known && packages_now c | grep -vxF "$(read_list ours)")"
  write_list replaced "$(read_list replaced && printf '%s\n' "$mtas")"
  write_list begun "$(boot_id)"
  # shellcheck disable=SC2086 # a list of names
  mta_close $mtas
  # shellcheck disable=SC2086 # nothing or one word
  apt_get apt.log $how install "$@" || code=$?
  mta_unblock || :
  packages_adopt
  return "$code"
}

# boot_id: prints an ID of the time since the machine was started.
boot_id() { cat /proc/sys/kernel/random/boot_id; }

# packages_adopt: notes what the last installing call of apt has brought and removed, also if we were killed in it.
packages_adopt() {
  local log="$state/packages/apt.log" new='' gone='' words=''
  [ -f "$state/packages/begun" ] || return 0
  new=$(apt_planned new <"$log" | apt_each apt_installed)
  gone=$(apt_planned removed <"$log" | apt_each apt_absent)
  # What dpkg had not begun with when it was stopped may have been installed by others since. A machine that lost its
  # power has lost the end of the log too; then the plan counts, which was on the disk before.
  if [ "$(read_list begun)" = "$(boot_id)" ]; then
    words=$(cat "$log" "$state/packages/mend.log" 2>/dev/null) || :
    new=$(printf '%s\n' "$new" | grep -xF "$(printf '%s\n' "$words" | apt_begun new)") || :
    gone=$(printf '%s\n' "$gone" | grep -xF "$(printf '%s\n' "$words" | apt_begun removed)") || :
  fi
  write_list ours "$(read_list ours && printf '%s\n' "$new")"
  write_list removed "$(read_list removed && printf '%s\n' "$gone")"
  rm -f "$state/packages/begun" "$state/packages/mend.log"
}

# postfix_is_ours: whether a call of ours has installed Postfix.
postfix_is_ours() {
  packages_adopt
  read_list ours | grep -qx postfix
}
