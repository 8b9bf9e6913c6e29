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

# drift_packages: packages, this tool, and the unit that ends an interrupted change at boot.
drift_packages() {
  missing=$(apt_missing postfix libsasl2-modules ca-certificates)
  for name in $missing; do
    if [ "$name" = postfix ]; then steps=packages+delivery; else steps=packages; fi
    echo "$steps the package $name was removed"
  done
  case $missing in
  postfix*) ;;
  *)
    proven_version ||
      echo "packages+delivery Postfix was upgraded: $(postfix_version), and proven with $(proof_field 2)"
    ;;
  esac
  case " $(recorded tool) " in
  *" $(sha256sum <"$tool" | cut -d ' ' -f 1) "*) ;;
  *) echo "packages $tool was changed" ;;
  esac
  [ "$(systemctl is-enabled "$boot_unit" 2>/dev/null)" = enabled ] ||
    echo "packages the unit $boot_unit, which ends an interrupted change at boot, is not enabled"
  monitoring_fault | sed 's/^/packages /'
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
  if [ "$(live)" != original ] && [ "$(digest "$state/good")" != "$(cat "$state/good/digest" 2>/dev/null)" ]; then
    echo "main-cf+sasl-passwd+service+delivery the proven files in $state/good are damaged"
  elif [ ! -f "$state/staged/sent/main.cf" ] || [ ! -f "$state/staged/sent/sasl_passwd" ]; then
    echo "main-cf+sasl-passwd the staged files in $state/staged are missing"
  fi
}

# drift_files: what the files in /etc/postfix, and the sockets made from them, are no longer.
drift_files() {
  ours | while read -r name; do drift_file "$name"; done
  drift_master
  outside_listeners | sed 's/^/delivery Postfix listens at /'
}

# drift_file NAME: one file of ours in /etc/postfix.
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
  found=$(stat -c '%a %U:%G' "$etc/$1")
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
  if master_is_proven; then changed_services "$etc" | sed "s|^|delivery $etc/master.cf was edited: |"; fi
}

# outside_listeners: prints where Postfix listens for other machines and was not meant to.
outside_listeners() {
  own=$(master) || return 0
  meant=$(postconf -c "$state/good/etc" -M 2>/dev/null | awk '$2 == "inet" { printf " %s", $1 }')
  ss -Hltnp 2>/dev/null | awk -v own="\"master\",pid=$own," -v meant="$meant " '
    index($0, own) && $4 !~ /^(127\.|\[::1\])/ && !index(meant, " " $4 " ") { print $4 }' | sort -u
}

# drift_unit: whether Postfix runs, now and after a boot.
drift_unit() {
  running || echo 'delivery Postfix is not running'
  case $(unit_state) in
  enabled*) ;;
  masked*) echo 'delivery the unit postfix.service is masked' ;;
  *) echo 'delivery the unit postfix.service is not enabled: Postfix does not start at boot' ;;
  esac
}

# drift_aliases: what keeps mail for users of the host from arriving.
drift_aliases() {
  wrong=$(aliases_fault "$state/good")
  [ -n "$wrong" ] || wrong=$(aliases_index_fault "$state/good")
  [ -z "$wrong" ] || echo "delivery $wrong"
}

# drift_id WORDS: a name for this drift: the same drift later, after a repair, has another one. None has none.
drift_id() {
  [ -n "$1" ] || return 0
  {
    echo "$1"
    recorded proven
    find "$etc" "$state/live" -maxdepth 1 -printf '%p %T@ %C@\n' 2>/dev/null | sort
  } | sha256sum | cut -c 1-12
}
