# What stops a generation before it is tried: nothing here changes the host.

# nearest_parameter NAME: prints the known parameter closest to a misspelled one, by edit distance.
nearest_parameter() {
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

# validate GENERATION: postconf exits 0 on most mistakes, so any word of it that is no deprecation refuses them. What
# only a single service of Postfix reads, the candidate shows.
validate() {
  local refusal='' unknown=''
  refusal=$(postconf -c "$1/etc" -n 2>&1 >/dev/null)
  [ -n "$refusal" ] || return 0
  refusal=$(printf '%s\n' "$refusal" | grep -v 'will be removed' | public_paths "$1/etc" | head -n 3) || :
  case $refusal in
  *'unused parameter:'*)
    unknown=$(printf '%s\n' "$refusal" | sed -n 's/.*unused parameter: \([^=]*\)=.*/\1/p' | head -n 1)
    fail 78 "Postfix $(mail_version) on this host does not know the parameter $unknown (the nearest it knows is \
$(nearest_parameter "$unknown"))." 'What to do: Correct or remove it.' "$(unchanged)"
    ;;
  ?*) fail 78 "Postfix refuses the configuration: $(on_one_line "$refusal")." "$(unchanged)" ;;
  esac
}

# look_up GENERATION: every key must return its user and password byte for byte: the file's syntax strips and folds
# without a word.
look_up() {
  local type='' wanted='' found=''
  type=$(map_type "$1")
  wanted=$(sed 's/ /\t/' "$1/etc/sasl_passwd")
  found=$(cut -d ' ' -f 1 "$1/etc/sasl_passwd" | postmap -c "$1/etc" -q - "$type:$1/etc/sasl_passwd")
  [ "$found" = "$wanted" ] || fail 78 "Postfix does not read the credentials back as they were given: a key twice, or \
white space at the end of a user name or password?" "$(unchanged)"
}

# require_no_overrides GENERATION: refuses them, since a proof by the candidate would be one of something else.
require_no_overrides() {
  local found='' service='' parameter='' value=''
  found=$(overrides "$1/etc" "$1" | while read -r service parameter value; do
    printf "%s -o %s=%s (remove it with 'postconf -PX %s/%s'); " \
      "$service" "$parameter" "$value" "$service" "$parameter"
  done)
  [ -z "$found" ] ||
    fail 78 "/etc/postfix/master.cf overrides what this Relay sets: ${found%; }. Or use 'mainCf'." "$(unchanged)"
}

# require_aliases GENERATION: refuses an alias file of the host that Postfix cannot read: local mail would wait.
require_aliases() {
  local fault=''
  fault=$(aliases_fault "$1")
  [ -z "$fault" ] || fail 78 "$(reason "$fault")" "$(unchanged)"
}

# require_ports GENERATION: refuses a configuration that would listen where another program does, at an address that the
# host does not have and that was not proven before, or, for containers, where others are. Its services have been read.
require_ports() {
  local loopback='127.0.0.1 [::1]' service='' at='' port='' holder='' bridges='' refusal=''
  bridges=$(own_bridges "$1/etc")
  case $(parameter_of "$1" inet_protocols) in
  ipv4) loopback='127.0.0.1' ;;
  ipv6) loopback='[::1]' ;;
  esac
  for service in $(printf '%s\n' "$generation_services" | awk '$2 == "inet" { print $1 }'); do
    case $service in
    *:*)
      at=${service%:*}
      has_address "$at" || is_proven_listener "$service" ||
        fail 78 "no interface of this host has the address $at, where Postfix would listen." \
          "What to do: Make the bridge first, or take it out of 'bridges'." "$(unchanged)"
      has_line "$bridges" "$service" && refusal=$(bridge_refusal "$at" | head -n 1)
      [ -z "$refusal" ] || fail 78 "$at in 'bridges' is not for containers of this host alone: $refusal. Whoever is \
there could send through the relay." "What to do: Give the address of a bridge, such as Docker's." "$(unchanged)"
      ;;
    *) at=$loopback ;;
    esac
    port=${service##*:}
    case $port in
    smtp) port=25 ;;
    *[!0-9]*) port=$(getent services "$port/tcp" | sed 's/.*[^0-9]\([0-9]*\)\/tcp.*/\1/') ;;
    esac
    holder=$(port_holder "${port:-25}" "$at")
    [ -z "$holder" ] ||
      fail 78 "port ${port:-25} at $holder." \
        'What to do: Stop it, or set listen: none, and programs on this host then use the sendmail command.' \
        "$(unchanged)"
  done
}

# is_proven_listener SERVICE: whether the proven configuration listens there too.
is_proven_listener() { has_line "$(bridge_services "$state/good/etc")" "$1"; }

# port_holder PORT ADDRESSES: prints at which of them a program that is not the running Postfix listens, and its name.
port_holder() {
  ss -Hltnp "sport = :$1" 2>/dev/null | awk -v wanted=" $2 * " -v own="pid=$(master)," '
    BEGIN { wanted = wanted (wanted ~ /[.]/ ? "0.0.0.0 " : "") (wanted ~ /:/ ? "[::] " : "") }
    { at = $4; sub(/:[0-9]+$/, "", at); sub(/%.*/, "", at) }
    index(wanted, " " at " ") && !index($0, own) {
      program = "another program"
      if (match($0, /"[^"]*",pid=[0-9]+/)) {
        program = substr($0, RSTART + 1, RLENGTH - 1) ")"
        sub(/",pid=/, " (process ", program)
      }
      print (at == "*" ? "all addresses" : at) ", where Postfix would listen, is taken by " program
      exit
    }'
}
