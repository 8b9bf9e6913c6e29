# removal: what our calls of apt have brought goes again, and what they had removed is restored; nothing goes with it.

# The plan, one name a line: what is ours, what of it goes, what is restored; and why Postfix stays, if it does.
removal_mine='' removal_going='' removal_back='' removal_kept=''

# removal_wished: prints names that are recommended by packages which somebody installed after ours.
removal_wished() {
  # shellcheck disable=SC2016 # dpkg-query's own format
  dpkg-query -W -f '${db:Status-Abbrev}|${Package}|${Recommends}\n' |
    OLD="$(read_list before && read_list ours)" awk -F '|' '
      BEGIN { n = split(ENVIRON["OLD"], names, "\n"); for (i = 1; i <= n; i++) old[names[i]] }
      $1 ~ /^.[^nc]/ && !($2 in old) {
        sub(/^[^|]*\|[^|]*\|/, "")
        gsub(/\([^)]*\)/, "")
        gsub(/:[a-z0-9]*/, "")
        gsub(/[|,]/, " ")
        for (i = split($0, names, " "); i > 0; i--) print names[i]
      }' | grep -vx postfix | sort -u
}

# removal_try NAME...: asks apt what else would go with these; NAME+ is put in. Sets: removal_others
removal_try() {
  apt_get try.log -s remove "$@" || return 1
  removal_others=$(sed -n 's/^Remv \([^ ]*\) .*/\1/p' "$apt_log" | grep -vxF "$removal_mine" | tr '\n' ' ')
}

# removal_plan: what can go without taking along anything of others.
removal_plan() {
  local removal_others='' name=''
  removal_kept='' removal_going='' removal_back=''
  # Certificates are trusted by programs that do not depend on them by name.
  removal_mine=$(read_list ours | grep -vx ca-certificates | grep -vxF "$(removal_wished)" | apt_each apt_known)
  if removal_has_postfix || { apt_absent postfix && [ -z "$(mta_installed)" ]; }; then
    removal_back=$(read_list removed | apt_each apt_absent | sed 's/$/+/')
  fi
  [ -n "$removal_mine$removal_back" ] || return 0
  # shellcheck disable=SC2086 # a list of names
  removal_try $removal_mine $removal_back || return 1
  if [ -z "$removal_others" ]; then
    removal_going=$removal_mine
    return 0
  fi
  if removal_has_postfix; then
    # shellcheck disable=SC2086 # a list of names
    removal_try postfix $removal_back || return 1
    if [ -n "$removal_others" ]; then
      # What Postfix came with stays with it.
      removal_kept="Postfix stays installed, needed by $(printf '%s\n' "${removal_others% }" | sed 's/ /, /g')."
      removal_back=''
      return 0
    fi
  fi
  for name in $removal_mine; do
    # shellcheck disable=SC2086 # a list of names
    removal_try $removal_going "$name" $removal_back || return 1
    if [ -z "$removal_others" ]; then
      removal_going="$removal_going $name"
    else
      removal_mine=$(printf '%s\n' "$removal_mine" | grep -vx -e "$name") || :
    fi
  done
}

# removal_has_postfix: whether Postfix is among what is to go.
removal_has_postfix() { has_line "$removal_mine" postfix; }

# removal_fetch: makes the plan, and downloads what will be restored.
removal_fetch() {
  removal_plan || return 1
  # shellcheck disable=SC2086 # a list of names
  [ -z "$removal_back" ] || apt_get try.log --download-only remove $removal_going $removal_back
}

# removal_take: carries the plan out. It is made again for each try, as others may have installed something by then.
removal_take() {
  removal_plan || return 1
  # shellcheck disable=SC2086 # a list of names
  [ -z "$removal_going$removal_back" ] || apt_get remove.log remove $removal_going $removal_back
}

# removal_fail: says why apt cannot do it, and ends.
removal_fail() {
  local names='' why='' how='' so_far=''
  # shellcheck disable=SC2086 # a list of names
  names=$(printf '%s ' $removal_mine)
  why="apt-get could not remove ${names% }: $(apt_reason)." how='Repair it on the host'
  if [ -n "$removal_back" ]; then
    # shellcheck disable=SC2086 # a list of names
    names=$(printf '%s ' $removal_back | tr -d +)
    why="${names% }, which Postfix has replaced, cannot be restored: $(apt_reason)."
    how="Make it installable, or give it up with 'rm $state/packages/removed'"
  fi
  # shellcheck disable=SC2086 # a list of names
  so_far=$(printf '%s\n' $removal_going | apt_each apt_absent | tr '\n' ' ')
  fail 69 "$why" "What to do: $how, then run pulumi destroy again." "Removed so far: ${so_far:-nothing}."
}

# removal_begin: what was cut off is ended first. 1: no call of ours has brought anything.
removal_begin() {
  [ -d "$state/packages" ] || return 1
  packages_mend
  packages_adopt
  return 0
}

# packages_removable: ends with the reason if apt could not do its part of a destroy now.
packages_removable() {
  removal_begin || return 0
  apt_twice removal_fetch || removal_fail
}

# packages_remove: takes away what our calls of apt have brought, and restores what they had removed.
packages_remove() {
  local settings=''
  removal_begin || return 0
  apt_twice removal_take || removal_fail
  # Settings go last, by name: only those that were not here before us.
  # shellcheck disable=SC2086 # a list of names
  settings=$(printf '%s\n' $removal_going | grep -vxF "$(read_list known)" | apt_each removal_left)
  # shellcheck disable=SC2086 # a list of names
  if [ -n "$settings" ] && ! apt_patient apt_run purge.log dpkg --purge $settings; then
    fail 69 "dpkg could not purge all of what was ours: $(apt_reason)." 'What to do: Run pulumi destroy again.'
  fi
}

# removal_left: whether only the settings of a package are left.
removal_left() { apt_known "$1" && apt_absent "$1"; }
