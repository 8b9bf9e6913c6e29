# packages: Postfix and what it needs. Only what our own calls of apt have brought is ours, and goes at destroy.
#
# In $state/packages, one name a line:
#   ours      what our calls of apt have installed      removed   what they removed, to be restored
#   known     names whose settings were here before     before    what was installed before the first call
#   begun     the boot ID, while a call is under way    apt.log   what that call said
#   blocked   "MODE PROGRAM UNIT" of a mail system that may not accept mail now
#   replaced  mail systems whose spool is still to be looked at

# packages_install: makes sure that Postfix, its SASL plug-ins and the CA certificates are installed.
packages_install() {
  mkdir -p "$state/packages" || fail 73 "cannot write in $state. $(unchanged)"
  packages_unblock || fail 73 "cannot restore the modes in $state/packages/blocked. $(unchanged)"
  packages_mend
  packages_adopt
  apt_note ours "$(apt_noted ours | apt_each apt_known)"
  [ -f "$state/packages/before" ] || apt_note before "$(packages_now '[^nc]')"
  packages_wanted=
  for packages_name in postfix libsasl2-modules ca-certificates; do
    apt_ready "$packages_name" || packages_wanted="$packages_wanted $packages_name"
  done
  # shellcheck disable=SC2086 # a list of names
  [ -z "$packages_wanted" ] || packages_get $packages_wanted
  mta_look_again
}

# packages_now LETTER: the names of all packages in a state: c for those of which only settings are here.
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

# packages_get NAME...: has apt install these. Sets: packages_mtas packages_how
packages_get() {
  packages_mtas='' packages_how=--no-remove apt_missed=''
  if ! apt_there postfix; then
    apt_patient packages_preset || packages_fail "$@"
    packages_mtas=$(mta_installed)
  fi
  for packages_name in $packages_mtas; do
    mta_know "$packages_name" || fail 69 "this host's mail system is $packages_name; how to empty its queue is not \
known here. When it is empty, remove it ('apt-get remove $packages_name') and run pulumi up again. $(unchanged)"
  done
  if [ -n "$packages_mtas" ]; then
    packages_how=
    # All that takes its time comes before the moment in which no mail is accepted.
    apt_twice apt_get try.log --download-only install "$@" || packages_fail "$@"
    apt_get try.log -s install "$@" || packages_fail "$@"
    packages_spare
  fi
  apt_twice packages_put "$@" || packages_fail "$@"
  [ -z "$apt_missed" ] || say "apt-get update could not fetch ${apt_missed% }; Postfix could be installed without that"
}

# packages_fail NAME...: says why apt could not install these, and ends.
packages_fail() {
  packages_why="apt-get could not install $*: $(apt_reason)"
  [ -z "$apt_missed" ] || packages_why="$packages_why; and apt-get update could not fetch ${apt_missed% }"
  fail 69 "$packages_why. Repair it on the host ('apt-get install $*') and run pulumi up again. $(unchanged)"
}

# packages_preset: answers the questions of Postfix's package: no configuration, since ours follows.
packages_preset() {
  command -v debconf-set-selections >/dev/null || return 0
  echo 'postfix postfix/main_mailer_type select No configuration' >"$state/packages/preset" || return 1
  apt_run preset.log debconf-set-selections "$state/packages/preset"
}

# packages_spare: refuses when apt, by what it has just said, would remove more than the other mail system.
packages_spare() {
  # shellcheck disable=SC2016,SC2086 # dpkg-query's own format; a list of names
  packages_sources=$(dpkg-query -W -f '${source:Package}\n' $packages_mtas) || :
  packages_more=
  for packages_name in $(apt_planned removed <"$apt_log"); do
    # shellcheck disable=SC2016
    dpkg-query -W -f '${source:Package}\n' "$packages_name" | grep -qxF "$packages_sources" ||
      packages_more="$packages_more $packages_name"
  done
  [ -z "$packages_more" ] || fail 69 "with Postfix installed apt would remove$packages_more, besides $packages_mtas. \
Remove or replace that first, then run pulumi up again. $(unchanged)"
}

# packages_put NAME...: one installing call of apt, while other mail systems accept nothing; what came of it is noted.
packages_put() {
  # While others keep apt busy, the other mail system goes on.
  [ -z "$packages_mtas" ] || apt_get try.log check || return 1
  # All that has to be written comes before the moment in which no mail is accepted.
  : >"$state/packages/apt.log" || fail 73 "cannot write in $state/packages. $(unchanged)"
  apt_note known "$(apt_noted known && packages_now c | grep -vxF "$(apt_noted ours)")"
  apt_note replaced "$(apt_noted replaced && echo "$packages_mtas")"
  apt_note begun "$(packages_boot)"
  # shellcheck disable=SC2086 # a list of names
  mta_close $packages_mtas
  packages_code=0
  # shellcheck disable=SC2086 # nothing or one word
  apt_get apt.log $packages_how install "$@" || packages_code=$?
  packages_unblock || :
  packages_adopt
  return "$packages_code"
}

# packages_boot: an ID of the time since the machine was started.
packages_boot() { cat /proc/sys/kernel/random/boot_id; }

# packages_adopt: notes what the last installing call of apt has brought and removed, also if we were killed in it.
packages_adopt() {
  [ -f "$state/packages/begun" ] || return 0
  packages_log=$state/packages/apt.log
  packages_new=$(apt_planned new <"$packages_log" | apt_each apt_there)
  packages_gone=$(apt_planned removed <"$packages_log" | apt_each apt_gone)
  # What dpkg had not begun with when it was stopped may have been installed by others since. A machine that lost its
  # power has lost the end of the log too; then the plan counts, which was on the disk before.
  if [ "$(apt_noted begun)" = "$(packages_boot)" ]; then
    packages_done=$(cat "$packages_log" "$state/packages/mend.log" 2>/dev/null) || :
    packages_new=$(echo "$packages_new" | grep -xF "$(echo "$packages_done" | apt_begun new)") || :
    packages_gone=$(echo "$packages_gone" | grep -xF "$(echo "$packages_done" | apt_begun removed)") || :
  fi
  apt_note ours "$(apt_noted ours && echo "$packages_new")"
  apt_note removed "$(apt_noted removed && echo "$packages_gone")"
  rm -f "$state/packages/begun" "$state/packages/mend.log"
}

# postfix_is_ours: whether a call of ours has installed Postfix.
postfix_is_ours() {
  packages_adopt
  apt_noted ours | grep -qx postfix
}
