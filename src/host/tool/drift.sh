# drift: what is no longer as it was proven. Each line is "STEPS WORDS": the steps of pulumi that repair it, joined by
# `+`, and what it is. Nothing here changes the host.

# drift: prints all of it.
drift() {
  drift_packages
  drift_state
  if ! postfix_installed || [ "$(live)" = original ]; then return; fi
  drift_files
  drift_unit
  drift_aliases
}

# drift_packages: packages, this tool, and the unit that ends an interrupted change at boot. Sets: first_version
# at_boot (enabled: all units are)
drift_packages() {
  apt_missing postfix libsasl2-modules ca-certificates
  for name in $missing; do
    if [ "$name" = postfix ]; then steps=packages+delivery; else steps=packages; fi
    echo "$steps the package $name was removed"
  done
  case $missing in
  postfix*) ;;
  *)
    proven_version "$first_version" ||
      echo "packages+delivery Postfix was upgraded: $first_version, and proven with $(proof_field 2)"
    ;;
  esac
  sum=$(sha256sum <"$tool")
  case " $(recorded tool) " in
  *" ${sum%% *} "*) ;;
  *) echo "packages $tool was changed" ;;
  esac
  at_boot='' timer=''
  [ -z "$(recorded textfile)" ] || timer=$metrics_unit.timer
  # shellcheck disable=SC2086 # a unit, or none
  if all_enabled "$boot_unit" postfix.service $timer; then at_boot=enabled; fi
  [ "${at_boot:-$(systemctl is-enabled "$boot_unit" 2>/dev/null)}" = enabled ] ||
    echo "packages the unit $boot_unit, which ends an interrupted change at boot, is not enabled"
  fault=$(monitoring_fault "$at_boot")
  [ -z "$fault" ] || echo "packages $fault"
}

# drift_state: what the state folder says.
drift_state() {
  if [ ! -s "$state/owner" ]; then
    echo "packages+main-cf+sasl-passwd+service+delivery the state folder $state is gone"
    return
  fi
  case $(live_mark) in
  original) echo 'delivery no configuration of postfix-relay is live' ;;
  held) echo 'delivery the queue is held until a new password is proven' ;;
  rolled-back) echo 'delivery the configuration was rolled back by hand' ;;
  esac
  if [ -f "$state/journal" ] || [ -f "$state/committed" ]; then echo 'delivery a change was interrupted'; fi
  if [ "$(live)" != original ] && [ "$(digest "$state/good")" != "$(recorded good/digest)" ]; then
    echo "main-cf+sasl-passwd+service+delivery the proven files in $state/good are damaged"
  elif [ ! -f "$state/staged/sent/main.cf" ] || [ ! -f "$state/staged/sent/sasl_passwd" ]; then
    echo "main-cf+sasl-passwd the staged files in $state/staged are missing"
  fi
}

# drift_files: what the files in /etc/postfix, and the sockets made from them, are no longer.
drift_files() {
  # shellcheck disable=SC2046 # names
  modes="
$(cd "$etc" && stat -c '%n %a %U:%G' -- $(ours) 2>/dev/null)
"
  ours | while read -r name; do drift_file "$name"; done
  drift_master
  drift_listeners
}

# drift_listeners: where other machines reach Postfix and were not meant to.
drift_listeners() {
  found=$(outside_listeners)
  [ -z "$found" ] || echo "$found" | sed 's/^/delivery Postfix listens at /'
}

# drift_file NAME: one file of ours in /etc/postfix; `modes` has its mode and owner.
drift_file() {
  if [ ! -f "$etc/$1" ]; then
    echo "delivery $etc/$1 was deleted"
    return
  fi
  case $1 in
  *.db | *.cdb | *.lmdb)
    left_as_is "$1" || echo "delivery $etc/$1 is not the index that was proven"
    [ -z "$(find "$etc/${1%.*}" -newer "$etc/$1" 2>/dev/null)" ] || echo "delivery $etc/$1 is older than ${1%.*}"
    ;;
  main.cf) left_as_is main.cf || echo "delivery $etc/main.cf was edited$(edited_parameters)" ;;
  *) left_as_is "$1" || echo "delivery $etc/$1 was edited" ;;
  esac
  case $1 in sasl_passwd*) wanted=600 ;; *) wanted=644 ;; esac
  found=${modes#*"
$1 "}
  found=${found%%"
"*}
  case $found in
  "$wanted root:root") ;;
  *[4-7]' root:root') echo "delivery $etc/$1 is readable by others (mode ${found% *} instead of $wanted)" ;;
  *) echo "delivery $etc/$1 has mode ${found% *} and owner ${found#* } instead of $wanted and root:root" ;;
  esac
}

# edited_parameters: prints ": NAME = VALUE" for what main.cf says otherwise than the one that was proven. A value that
# may hold a password is left out.
edited_parameters() {
  {
    postconf -c "$state/good/etc" -n | sed 's/^/was /'
    postconf -n | sed 's/^/is /'
  } 2>/dev/null | awk '
    $2 == "config_directory" { next }
    { name = $2; value = $0; sub(/^[^=]*= ?/, "", value) }
    name ~ /passw|secret|auth|key/ || value ~ /(static|inline):/ { value = "(not shown)" }
    $1 == "was" { was[name] = $0; shown[name] = value; next }
    { sub(/^is/, "was"); if (was[name] != $0) line = line ", " name " = " value; seen[name] }
    END {
      for (name in was) if (!(name in seen)) line = line ", " name " is gone"
      if (line != "") print ": " substr(line, 3)
    }'
}

# drift_master: services that are not as they were when the configuration was proven.
drift_master() {
  if cmp -s "$etc/master.cf" "$state/good/etc/master.cf"; then return; fi
  if master_is_proven ${first_version+"$first_version"}; then
    changed_services "$etc" | sed "s|^|delivery $etc/master.cf was edited: |"
  fi
}

# drift_unit: whether Postfix runs, now and after a boot.
drift_unit() {
  drift_running
  case ${at_boot:-$(unit_state)} in
  enabled*) ;;
  masked*) echo 'delivery the unit postfix.service is masked' ;;
  *) echo 'delivery the unit postfix.service is not enabled: Postfix does not start at boot' ;;
  esac
}

# drift_running: whether Postfix runs.
drift_running() { running || echo 'delivery Postfix is not running'; }

# drift_aliases: what keeps mail for users of the host from arriving.
drift_aliases() {
  wrong=$(aliases_fault "$state/good")
  [ -n "$wrong" ] || wrong=$(aliases_index_fault "$state/good")
  [ -z "$wrong" ] || echo "delivery $wrong"
}

# drift_id WORDS: a name for this drift: the same drift later, after a repair, has another one.
drift_id() {
  {
    echo "$1"
    recorded proven
    find "$etc" "$state/live" -maxdepth 1 -printf '%p %T@ %C@\n' 2>/dev/null | sort
  } | sha256sum | cut -c 1-12
}
