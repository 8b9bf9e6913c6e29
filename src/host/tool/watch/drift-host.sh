# drift-host: what is no longer as it was proven around Postfix: its unit, the names of the host, the files that resolve
# names, the aliases. The form of a line is that of drift.

# drift_unit [enabled]: whether Postfix runs, now and after a boot; its unit may be known to be enabled.
drift_unit() {
  drift_running
  case ${1:-$(unit_state)} in
  enabled*) ;;
  masked*) echo 'delivery the unit postfix.service is masked' ;;
  *) echo 'delivery the unit postfix.service is not enabled: Postfix does not start at boot' ;;
  esac
}

# drift_running: whether Postfix runs.
drift_running() { running || echo 'delivery Postfix is not running'; }

# drift_aliases: what keeps mail for users of the host from arriving. The file itself is the host's own: no step mends
# it.
drift_aliases() {
  local fault=''
  fault=$(aliases_fault "$state/good")
  if [ -n "$fault" ]; then
    printf '%s\n' "- $fault"
    return
  fi
  fault=$(aliases_index_fault "$state/good")
  [ -z "$fault" ] || printf '%s\n' "delivery $fault"
}

# drift_names: lines of main.cf that would be others on this host now, because it has another name or Postfix other
# maps. A name that it has no longer does no harm: it stays until a change.
drift_names() {
  local line='' proven='' name=''
  proven=$(cat "$state/good/etc/main.cf")
  host_lines "$state/good" | while IFS= read -r line; do
    case $line in
    '#'*) ;;
    'relay_host_names = '*)
      for name in $(printf '%s\n' "${line#* = }" | tr -d ,); do
        case " $(parameter_of "$state/good" relay_host_names)," in
        *" $name,"*) ;;
        *) printf '%s\n' "delivery this host is called $name now, and mail to users at that name leaves by the relay" ;;
        esac
      done
      ;;
    *)
      has_line "$proven" "$line" || printf '%s\n' \
        "delivery main.cf would say now: $line, proven is $(parameter_of "$state/good" "${line%% = *}")"
      ;;
    esac
  done
}

# drift_chroot: what keeps names from being resolved as on the host, and mail from leaving.
drift_chroot() {
  local stale='' fault=''
  stale=$(stale_chroot "$spool")
  [ -z "$stale" ] || printf '%s\n' "delivery Postfix has other copies in $spool/etc than /etc has of ${stale% }"
  fault=$(bridges_fault)
  [ -z "$fault" ] || printf '%s\n' "$fault" | sed 's/^/delivery /'
}

# drift_permissions: what keeps the programs of Postfix from handing mail to each other.
drift_permissions() {
  permissions_faults | permissions_words | sed 's/^/delivery /'
  drift_writable
}

# drift_writable: whether the queue can be written: no step changes that.
drift_writable() {
  local folder=''
  folder=$(read_only)
  [ -z "$folder" ] || printf '%s\n' "- $folder cannot be written: is it immutable, or its file system read-only?"
}
