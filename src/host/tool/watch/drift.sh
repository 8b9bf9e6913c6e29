# drift: what is no longer as it was proven. Each line is "STEPS WORDS": the steps of pulumi that repair it, joined by
# `+`, or `-` where none does, and what it is. Nothing here changes the host.

# list_drift: prints all of it.
list_drift() {
  local drift_postfix='' drift_enabled=''
  drift_packages
  drift_state
  if ! postfix_installed || [ "$(live)" = original ]; then return; fi
  drift_files "$drift_postfix"
  drift_names
  drift_chroot
  drift_unit "$drift_enabled"
  drift_permissions
  drift_aliases
}

# drift_packages: packages, this tool, and the unit that ends an interrupted change at boot. Sets: drift_postfix (the
# version of Postfix) drift_enabled (enabled: all units are)
drift_packages() {
  local name='' steps='' sum='' fault='' apt_missing='' apt_version=''
  if has_tokens "$state/good"; then set -- dovecot-submissiond curl; fi
  apt_compare postfix libsasl2-modules ca-certificates "$@"
  drift_postfix=$apt_version drift_enabled=''
  for name in $apt_missing; do
    if [ "$name" = postfix ]; then steps=packages+delivery; else steps=packages; fi
    printf '%s\n' "$steps the package $name was removed"
  done
  case $apt_missing in
  postfix*) ;;
  *)
    is_proven_version "$apt_version" || printf '%s\n' \
      "packages+delivery Postfix was upgraded: $apt_version, and proven with $(proof_field 2)"
    ;;
  esac
  sum=$(sha256sum <"$tool")
  case " $(recorded tool) " in
  *" ${sum%% *} "*) ;;
  *) printf '%s\n' "packages $tool was changed" ;;
  esac
  # shellcheck disable=SC2046 # units
  if all_enabled "$boot_unit" postfix.service $adapt_unit.path $adapt_unit.service $(monitoring_timers); then
    drift_enabled=enabled
  fi
  [ "${drift_enabled:-$(systemctl is-enabled "$boot_unit" 2>/dev/null)}" = enabled ] || printf '%s\n' \
    "packages the unit $boot_unit, which ends an interrupted change at boot, is not enabled"
  [ -n "$drift_enabled" ] || all_enabled $adapt_unit.path $adapt_unit.service || printf '%s\n' \
    "packages the units $adapt_unit.path and .service, which keep Postfix's copies of /etc/resolv.conf, are not enabled"
  fault=$(monitoring_fault "$drift_enabled")
  [ -z "$fault" ] || printf '%s\n' "packages $fault"
  fault=$(proxy_fault)
  [ -z "$fault" ] || printf '%s\n' "$fault" | sed 's/^/packages+delivery /'
}

# drift_state: what the state folder says.
drift_state() {
  if [ ! -s "$state/owner" ]; then
    printf '%s\n' "packages+main-cf+sasl-passwd+service+delivery the state folder $state is gone"
    return
  fi
  case $(live_mark) in
  original) echo 'delivery no postfix-relay configuration is active' ;;
  paused) echo 'delivery mail is paused until a new password is proven' ;;
  rolled-back) echo 'delivery the configuration was rolled back by hand' ;;
  esac
  if [ -f "$state/journal" ] || [ -f "$state/committed" ]; then echo 'delivery a change was interrupted'; fi
  if [ "$(live)" != original ] && [ "$(digest "$state/good")" != "$(recorded good/digest)" ]; then
    printf '%s\n' "main-cf+sasl-passwd+service+delivery the proven files in $state/good are damaged"
  elif [ ! -f "$state/staged/sent/main.cf" ] || [ ! -f "$state/staged/sent/sasl_passwd" ]; then
    printf '%s\n' "main-cf+sasl-passwd the staged files in $state/staged are missing"
  fi
}

# drift_files [VERSION]: what the files in /etc/postfix, and the sockets made from them, are no longer; that of Postfix
# may be known.
drift_files() {
  local modes='' name=''
  # shellcheck disable=SC2046 # names
  modes=$(cd "$etc" && stat -c '%n %a %U:%G' -- $(our_files) 2>/dev/null)
  our_files | while read -r name; do drift_file "$name" "$modes"; done
  drift_master "$@"
  drift_listeners
}

# drift_listeners: where other machines reach Postfix and were not meant to.
drift_listeners() {
  local found=''
  found=$(outside_listeners)
  [ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/delivery Postfix listens at /'
}

# drift_file NAME MODES: one file of ours in /etc/postfix; MODES has a line "NAME MODE OWNER" of it.
drift_file() {
  local wanted=644 found="$newline$2$newline"
  if [ ! -f "$etc/$1" ]; then
    printf '%s\n' "delivery $etc/$1 was deleted"
    return
  fi
  case $1 in
  *.db | *.cdb | *.lmdb)
    is_unedited "$1" || printf '%s\n' "delivery $etc/$1 is not the index that was proven"
    [ -z "$(find "$etc/${1%.*}" -newer "$etc/$1" 2>/dev/null)" ] ||
      printf '%s\n' "delivery $etc/$1 is older than ${1%.*}"
    ;;
  main.cf) is_unedited main.cf || edited_parameters | sed "s|^|delivery $etc/main.cf was edited|" ;;
  *) is_unedited "$1" || printf '%s\n' "delivery $etc/$1 was edited" ;;
  esac
  ! is_secret "$1" || wanted=600
  found=${found#*"$newline$1 "}
  found=${found%%"$newline"*}
  # One that was closed before us stays so.
  [ "$1 $found" = 'master.cf 644 root:root' ] || [ "$1" != master.cf ] ||
    wanted=$(stat -c %a "$state/good/etc/master.cf" 2>/dev/null)
  case $found in
  "$wanted root:root") ;;
  *[4-7]' root:root')
    printf '%s\n' "delivery $etc/$1 is readable by others (mode ${found% *} instead of $wanted)"
    ;;
  *) printf '%s\n' "delivery $etc/$1 has mode ${found% *} and owner ${found#* } instead of $wanted and root:root" ;;
  esac
}

# drift_master [VERSION]: services that are not as they were when the configuration was proven. What keeps postconf from
# reading main.cf is told of that.
drift_master() {
  local refusal=''
  if cmp -s "$etc/master.cf" "$state/good/etc/master.cf" || ! is_master_proven "$@"; then return; fi
  if ! in_etc master.cf; then
    printf '%s\n' "delivery $etc/master.cf was deleted"
    return
  fi
  refusal=$(master_refusal "$etc")
  case $refusal in
  '' | *main.cf*) drift_services ;;
  *) printf '%s\n' "delivery $etc/master.cf was edited: Postfix cannot read it (${refusal#"$etc/master.cf: "})" ;;
  esac
}

# drift_services: each that is another, with what it was.
drift_services() {
  local service='' how=''
  if ! grep -q '^[^#[:space:]]' "$etc/master.cf"; then
    printf '%s\n' "delivery $etc/master.cf was edited: no service is in it"
    return
  fi
  changed_services "$etc" | while read -r service how; do
    [ "$how" != 'was changed' ] || how="$how$(edited_service "$service")"
    printf '%s\n' "delivery $etc/master.cf was edited: $service $how"
  done
}

# drift_id WORDS: prints a name for this drift: the same drift later, after a repair, has another one.
drift_id() {
  {
    printf '%s\n' "$1"
    recorded proven
    find "$etc" "$state/live" -maxdepth 1 -printf '%p %T@ %C@\n' 2>/dev/null | sort
  } | sha256sum | cut -c 1-12
}
