# Prints how a Postfix was set up by hand: of main.cf and its maps what has a place among the arguments of a Relay, of
# all else the names. No password is printed, nor what might be one: of an account the user, and not even that where it
# is the same word. Changes nothing. Each line begins with what it is about, and has tabs between its parts.
# shellcheck shell=sh
root=${POSTFIX_RELAY_ROOT-}
PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL

# Parameters that are printed with their values.
told=' relayhost smtp_fallback_relay fallback_relay myorigin mydestination inet_interfaces inet_protocols mynetworks
  smtp_sasl_auth_enable smtp_sasl_mechanism_filter smtp_sender_dependent_authentication smtp_tls_security_level
  smtp_use_tls smtp_enforce_tls smtp_tls_wrappermode smtp_tls_CAfile smtp_tls_CApath smtp_tls_fingerprint_digest
  smtp_tls_fingerprint_cert_match smtp_tls_secure_cert_match message_size_limit maximal_queue_lifetime
  bounce_queue_lifetime delay_warning_time smtp_destination_rate_delay default_destination_rate_delay
  smtp_destination_concurrency_limit default_destination_concurrency_limit '

# Maps of which the rows are printed.
maps='sender_dependent_relayhost_maps sender_canonical_maps smtp_generic_maps smtp_header_checks'

begin() { printf 'from %s\n' "$1"; }
if ! command -v postconf >/dev/null || [ ! -f "$root/etc/postfix/main.cf" ]; then begin no-postfix && exit; fi
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then begin no-root && exit; fi
if [ -s "$root/var/lib/postfix-relay/live" ]; then begin managed && exit; fi

# value NAME...: prints what parameters mean.
value() { postconf -xh "$@" 2>/dev/null; }

# lines FILE: prints the rows of a map, each on one line.
lines() {
  awk '
    function put() { if (line != "") print line; line = "" }
    /^[ \t]*(#|$)/ { next }
    /^[ \t]/ { line = line $0; next }
    { put(); line = $0 }
    END { put() }' "$1"
}

# rows NAME: prints "TYPE KEY VALUE" of each row of the maps of a parameter, from the text or the index. What is a map
# of accounts is read as no other.
accounts=" $(value smtp_sasl_password_maps | tr ',\n' '  ') "
rows() {
  for map in $(value "$1" | tr ',' ' '); do
    file=${map#*:}
    case $1,$accounts in smtp_sasl_password_maps,*) ;; *":$file "*) continue ;; esac
    case $map in
    hash:/* | btree:/* | lmdb:/* | cdb:/* | dbm:/* | texthash:/* | regexp:/* | pcre:/*) ;;
    static:*@*) printf 'static\t.*\t%s\n' "$file" && continue ;;
    *) continue ;;
    esac
    { if [ -r "$root$file" ]; then lines "$root$file"; else postmap -s "$map" 2>/dev/null; fi; } |
      awk -v type="${map%%:*}" '{
        key = $1
        sub(/^[^ \t]+[ \t]*/, "")
        sub(/[ \t]+$/, "")
        print type "\t" key "\t" $0
      }'
  done
}

begin begin
printf 'name\t%s\t%s\n' "$(value myhostname)" "$(value mydomain)"
postconf -nx 2>/dev/null | awk -v told="$(printf %s "$told" | tr '\n' ' ')" '
  { name = $1; value = $0; sub(/^[^=]*= ?/, "", value) }
  index(told, " " name " ") && value !~ /(inline|static):|[{]/ { print "set\t" name "\t" value; next }
  { print "named\t" name }'

# Of a row only a server, an address or the action IGNORE: nothing else has a place.
for name in $maps; do
  rows "$name" | awk -F '\t' -v name="$name" '
    function server(text) {
      sub(/:(smtps?|submissions?|[0-9]+)$/, "", text)
      return text ~ /^\[[A-Za-z0-9_.:-]+\]$/ || text ~ /^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)+$/
    }
    server($3) || $3 ~ /^[^ :@]+@[^ :@]+$/ || toupper($3) == "IGNORE" { print "map\t" name "\t" $0; next }
    { print "other-row\t" name }'
done

# Of the accounts those of these relay hosts, and those of senders.
{
  value relayhost smtp_fallback_relay
  rows sender_dependent_relayhost_maps | cut -f 3
  echo 'the accounts'
  rows smtp_sasl_password_maps
} | awk -F '\t' '
  function server(text) {
    sub(/:[a-z0-9-]+$/, "", text)
    gsub(/\[|\]/, "", text)
    return tolower(text)
  }
  $0 == "the accounts" { listed = 1; next }
  !listed { for (i = split($0, names, /[ ,]+/); i > 0; i--) known[server(names[i])]; next }
  {
    at = index($3, ":")
    if (!at || (!(server($2) in known) && $2 !~ /^[^:]*@[^:@]+$/)) { print "other-row\tsmtp_sasl_password_maps"; next }
    user = substr($3, 1, at - 1)
    print "account\t" $2 (user == substr($3, at + 1) ? "" : "\t" user)
  }'

# Who gets the mail of root, if that is one address elsewhere.
awk -F ':[ \t]*' '
  $1 == "root" && $2 ~ /^[^ ,|\/:]+@[^ ,]+$/ { print "root\t" $2; exit }' "$root/etc/aliases" 2>/dev/null
exit 0
