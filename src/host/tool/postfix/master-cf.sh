# master.cf: the services of Postfix. The file is the host's own: edited only where an argument says so, and mended
# where a service is not what the proof relied on.

# base_master: prints the path of the master.cf that ours is made from: the one that is live, unless that is ours.
base_master() {
  if ! is_ours master.cf && [ -f "$etc/master.cf" ]; then printf '%s\n' "$etc/master.cf"
  elif [ -f "$state/original/etc/master.cf" ]; then printf '%s\n' "$state/original/etc/master.cf"
  else printf '%s\n' "$root/usr/share/postfix/master.cf.dist"; fi
}

# edit_master GENERATION: each line of master_edits is one change that postconf makes: "M name/type = …",
# "P name/type/param = …", "X name/type". 78: postconf refuses it. Sets: failure
edit_master() {
  local how='' what=''
  while read -r how what; do
    case $how in
    M) postconf -c "$1/etc" -Me "${what%% = *}=${what#* = }" ;;
    P) postconf -c "$1/etc" -Pe "${what%% = *}=${what#* = }" ;;
    X) postconf -c "$1/etc" -MX "$what" ;;
    esac || {
      failure="postconf refuses the change '$how $what' of master.cf."
      return 78
    }
  done <"$1/sent/master_edits"
}

# overrides FOLDER GENERATION: prints each `-o` of its master.cf that would go before what GENERATION sets, as
# "SERVICE PARAMETER VALUE": in any SMTP client what protects the connection to the relay host, elsewhere what main.cf
# says.
overrides() {
  local over=''
  over=$(postconf -c "$1" -P 2>/dev/null | grep -v -e '^[^ ]*/syslog_name = ' -e '^relay/unix/smtp_fallback_relay = ')
  [ -n "$over" ] || return 0
  {
    postconf -c "$2/etc" -nH | sed 's/^/set /'
    [ ! -f "$2/sent/master_edits" ] || sed -n 's/^M \([^ ]*\) = .*/ours \1/p' "$2/sent/master_edits"
    postconf -c "$1" -M | awk '{ print "service", $1 "/" $2, $8 }'
    printf '%s\n' "$over" | sed 's/^/over /'
  } 2>/dev/null | awk '
    $1 == "set" { set[$2]; next }
    $1 == "ours" { own[$2]; next }
    $1 == "service" { program[$2] = $3; next }
    {
      value = $0; sub(/^[^=]*= ?/, "", value)
      parameter = $2; sub(/.*\//, "", parameter)
      service = substr($2, 1, length($2) - length(parameter) - 1)
      client = program[service] == "smtp" || program[service] == "lmtp"
      core = program[service] ~ /^(cleanup|pickup|qmgr|trivial-rewrite|local)$/
      guards = parameter ~ /^(smtp|lmtp)_(tls|sasl|bind|use_tls|enforce_tls|host_lookup|dns|skip)/
      if (service in own) next
      if (client && (guards || parameter in set) || core && parameter in set) print service, parameter, value
    }'
}

# is_proven_version [VERSION]: whether the Postfix that is installed, in that version if it is known, is the one that
# the live configuration was proven with.
is_proven_version() { case $(proof_field 2) in '' | "${1-$(postfix_version)}") ;; *) return 1 ;; esac }

# is_master_proven [VERSION]: whether the live master.cf has to be the one of the proof: it is the host's own, and
# Postfix's package has not changed it since.
is_master_proven() {
  if [ "$(live)" = original ] || [ ! -f "$state/good/etc/master.cf" ] || is_ours master.cf; then return 1; fi
  is_proven_version "$@"
}

# master_refusal FOLDER: prints why Postfix cannot read the master.cf there, if it cannot; the line itself is not shown.
master_refusal() {
  postconf -c "$1" -M 2>&1 >/dev/null | sed -n 's/^postconf: fatal: \(file \)*//p' | sed 's/: ".*//; 1q'
}

# changed_services FOLDER: prints each service of its master.cf that the proof relied on and that is another now, or
# gone, and each that was not there and is open to other machines, or keeps Postfix from starting. The files are
# compared as text: postconf reads no master.cf beside a main.cf that it refuses.
changed_services() {
  local line=''
  awk '
    function take() { if (name != "") { if (old) was[name] = text; else is[name] = text } name = "" }
    FNR == 1 { take(); old = NR == 1 }
    /^[ \t]*(#|$)/ { next }
    /^[^ \t]/ { take(); name = $1 "/" $2; text = "" }
    { $1 = $1; text = text " " $0 }
    END {
      take()
      for (name in was)
        if (!(name in is)) print name " is gone"; else if (is[name] != was[name]) print name " was changed"
      for (name in is) if (!(name in was) && name ~ /\/inet$/) print name " was added"
    }' "$state/good/etc/master.cf" "$1/master.cf" 2>/dev/null | sort | while IFS= read -r line; do
    case $line in
    127.*:*' was added' | '[::1]:'*' was added' | localhost:*' was added') continue ;;
    *:*) ;;
    *' was added') ! is_port "${line%/inet*}" || continue ;;
    esac
    printf '%s\n' "$line"
  done
}

# is_port NAME: whether that is a port, or stands for one here.
is_port() { case $1 in *[!0-9]*) getent services "$1/tcp" >/dev/null ;; esac }

# mend_master GENERATION: in its copy of the live master.cf those services are again what they were; where it is gone,
# or Postfix cannot read it, it is the proven one again. 78: that cannot be done. Sets: failure
mend_master() {
  local changed='' service='' how='' refusal=''
  if in_etc master.cf && cmp -s "$state/good/etc/master.cf" "$1/etc/master.cf"; then return; fi
  refusal=$(master_refusal "$1/etc")
  failure="Postfix cannot read its master.cf: $(printf '%s\n' "$refusal" | sed "s|$1/etc|/etc/postfix|g"). Correct it."
  if [ "$(live)" = original ] || [ ! -f "$state/good/etc/master.cf" ]; then
    [ -z "$refusal" ] || return 78
    return 0
  fi
  if [ -n "$refusal" ] || { ! in_etc master.cf && ! is_ours master.cf; }; then
    : >"$1/mended"
    cp "$state/good/etc/master.cf" "$1/etc/master.cf" || return 78
    return
  fi
  is_master_proven || return 0
  changed=$(changed_services "$1/etc")
  while read -r service how; do
    [ -n "$service" ] || continue
    : >"$1/mended"
    postconf -c "$1/etc" -MX "$service" 2>/dev/null
    [ "$how" != 'was added' ] || continue
    postconf -c "$1/etc" -Me "$service=$(postconf -c "$state/good/etc" -M "$service")" || {
      failure="postconf cannot write the service $service of master.cf."
      return 78
    }
  done <<READ
$changed
READ
}

# outside_listeners: prints where Postfix listens for other machines and was not meant to.
outside_listeners() {
  local own='' outside='' meant=''
  own=$(master) || return 0
  outside=$(ss -Hltnp 2>/dev/null | awk -v own="\"master\",pid=$own," '
    index($0, own) && $4 !~ /^(127\.|\[::1\])/ { print $4 }')
  [ -n "$outside" ] || return 0
  meant=$(postconf -c "$state/good/etc" -M 2>/dev/null | awk '$2 == "inet" { printf " %s", $1 }')
  printf '%s\n' "$outside" | awk -v meant="$meant " '!index(meant, " " $1 " ")' | sort -u
}
