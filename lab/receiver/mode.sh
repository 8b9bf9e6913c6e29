#!/bin/sh
# Switches the server that is relay and receiver: what is not named is as it was at first. Arguments:
#   receive=inbox|junk|elsewhere|drop|later|refuse-rcpt|refuse-data|greylist   what becomes of a message
#   judge=sort|refuse|none   what fails goes to Junk; is refused; nobody judges, and nothing is written
#   sign=none|sender|relay   envelope=kept|own   from=kept|own   id=kept|own   dsn=yes|no   what the relay does
#   forged=no|NAME           a result in the message as if the server of that name had written it
set -eu
receive=inbox judge=sort sign=none envelope=kept from=kept id=kept dsn=yes forged=no
for setting; do
  case $setting in
    receive=*) receive=${setting#*=} ;;
    judge=*) judge=${setting#*=} ;;
    sign=*) sign=${setting#*=} ;;
    envelope=*) envelope=${setting#*=} ;;
    from=*) from=${setting#*=} ;;
    id=*) id=${setting#*=} ;;
    dsn=*) dsn=${setting#*=} ;;
    forged=*) forged=${setting#*=} ;;
    *) echo "no such setting: $setting" >&2; exit 64 ;;
  esac
done
new=/etc/lab/new
rm -rf "$new" && mkdir "$new"
cp /etc/lab/main.cf /etc/lab/master.cf /etc/lab/policyd-spf.conf /etc/lab/opendmarc.conf "$new"
main() { postconf -c "$new" -e "$@"; }

# The relay.
: > "$new/relay-headers"
# shellcheck disable=SC2016 # Postfix expands it
[ "$from" = kept ] || echo '/^From:(.*)<[^>]*>/ REPLACE From:$1<account@example.net>' >> "$new/relay-headers"
[ "$id" = kept ] || echo '/^Message-ID:/ REPLACE Message-ID: <another@example.net>' >> "$new/relay-headers"
good='spf=pass smtp.mailfrom=ops@example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com'
[ "$forged" = no ] || echo "/^Subject:/ PREPEND Authentication-Results: $forged; $good" >> "$new/relay-headers"
[ "$envelope" = kept ] || main 'relay_sender = static:bounce@example.net'
[ "$dsn" = yes ] || main 'relay_discard = dsn'
if [ "$sign" = none ]; then
  echo '* sender' > "$new/signingtable"
else
  echo "* $sign" > "$new/signingtable"
  main 'relay_milters = inet:127.0.0.1:8891'
fi

# The receiver's judges.
case $judge in
  sort) ;;
  refuse)
    sed -i 's/^Mail_From_reject = .*/Mail_From_reject = Fail/' "$new/policyd-spf.conf"
    sed -i 's/^RejectFailures .*/RejectFailures true/' "$new/opendmarc.conf" ;;
  none) main 'receiver_recipient =' 'receiver_milters =' ;;
  *) echo "no such judge: $judge" >&2; exit 64 ;;
esac

# What becomes of a message.
rules='if header :contains "Authentication-Results" "dmarc=fail" { fileinto "Junk"; stop; }'
case $receive in
  inbox) ;;
  junk) rules='fileinto "Junk"; stop;' ;;
  elsewhere) rules='fileinto "Reports"; stop;' ;;
  drop) rules='discard; stop;' ;;
  later) main 'transport_maps = inline:{ops@example.org=later:}' ;;
  refuse-rcpt) main 'receiver_recipient = check_client_access static:{550 5.7.1 Not wanted here (lab)}' ;;
  refuse-data) main 'receiver_data = check_client_access static:{550 5.7.26 This message is not authenticated (lab)}' ;;
  greylist)
    greylist='check_policy_service inet:127.0.0.1:10023'
    main "receiver_recipient = check_policy_service unix:private/policyd-spf, $greylist" ;;
  *) echo "no such end: $receive" >&2; exit 64 ;;
esac
# Reports go to the sender's mailbox, whatever becomes of mail to the other one.
printf '%s\n' 'require ["envelope", "fileinto"];' 'if envelope :domain "to" "example.com" { keep; stop; }' \
  "$rules" > /etc/lab/rules.sieve
sievec /etc/lab/rules.sieve

# put FILE PLACE UNIT: the file takes that place; if it was another one, the unit is restarted.
put() {
  if cmp -s "$1" "$2"; then return; fi
  mv "$1" "$2"
  [ -n "$3" ] || return 0
  # systemd starts a unit five times in ten seconds, and then no more.
  systemctl reset-failed "$3"
  systemctl restart "$3"
}
put "$new/signingtable" /etc/lab/signingtable opendkim
put "$new/opendmarc.conf" /etc/opendmarc.conf opendmarc
put "$new/policyd-spf.conf" /etc/postfix-policyd-spf-python/policyd-spf.conf ''
put "$new/relay-headers" /etc/lab/relay-headers ''
if [ "$receive" = greylist ]; then
  systemctl stop postgrey
  find /var/lib/postgrey -type f -delete
  systemctl start postgrey
else
  systemctl stop postgrey
fi

# Postfix waits for two seconds before it reads a file that was changed just now.
touch -d '-10 seconds' "$new/main.cf" "$new/master.cf"
mv "$new/main.cf" "$new/master.cf" /etc/postfix/
old=$(pgrep -x 'smtpd|cleanup|spawn|policyd-spf' || :)
postfix reload 2> /dev/null
busy() {
  for pid in $old; do [ ! -d "/proc/$pid" ] || return 0; done
  [ "$(ss -Hltn 'sport = :587 or sport = :2525 or sport = :8891 or sport = :8893 or sport = :993' | wc -l)" -lt 5 ]
}
tries=250
while busy && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.02; done
