#!/bin/sh
# Switches the submission server: from its normal configuration, one thing is changed. Arguments: mode and its value.
set -eu
mode=$1 value=${2:-}
new=/etc/lab/new
rm -rf "$new" && mkdir "$new"
cp /etc/lab/main.cf /etc/lab/master.cf /etc/lab/dovecot.conf /etc/lab/users "$new"
greylisting=no listens=yes
main() { postconf -c "$new" -e "$@"; }
service() { postconf -c "$new" -M# "$1/inet"; postconf -c "$new" -Me "$1/inet = $1 inet n $2 n - - $3"; }

case $mode in
  normal) ;;
  wrong-password) sed -i 's/:{PLAIN.b64}.*/:{PLAIN}another password/' "$new/users" ;;
  auth-required)
    main 'smtpd_sasl_auth_enable = no' 'smtpd_relay_restrictions = reject' \
      'smtpd_sender_restrictions = check_sender_access static:{530 5.7.0 Authentication Required}' ;;
  sender-refused)
    main 'smtpd_sender_login_maps = static:somebody-else' 'smtpd_sender_restrictions = reject_sender_login_mismatch' ;;
  refused-senders)
    refused=
    for sender in $value; do refused="$refused{$sender = 553 5.7.1 Sender address rejected: not owned by user}, "; done
    main "smtpd_sender_restrictions = check_sender_access inline:{${refused%, }}, $(postconf -c "$new" -h smtpd_sender_restrictions)" ;;
  no-starttls) service submission - 'smtpd -o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no' ;;
  expired-certificate | foreign-certificate | wrong-name) main "smtpd_tls_chain_files = /etc/lab/$mode.pem" ;;
  greylisting)
    greylisting=yes
    main 'smtpd_relay_restrictions = check_policy_service inet:127.0.0.1:10023, permit_sasl_authenticated, reject' ;;
  refuse-421) main 'smtpd_client_restrictions = check_client_access static:{421 4.7.0 Service not available, try again later}' ;;
  silence) for name in submission submissions; do service $name n 'spawn user=mail argv=/usr/local/lib/lab/silence'; done ;;
  port-closed) listens=no; postconf -c "$new" -MX submission/inet submissions/inet ;;
  mechanisms) sed -i "s/^auth_mechanisms = .*/auth_mechanisms = $value/" "$new/dovecot.conf" ;;
  tokens)
    # Dovecot keeps a key that it has read. With another one the file differs, so that it is started again.
    sed -i "s/^auth_mechanisms = .*/& xoauth2 oauthbearer/" "$new/dovecot.conf"
    cat >> "$new/dovecot.conf" <<D
# $(find /etc/dovecot/keys -type f -exec sha256sum {} + | sort | sha256sum)
# claim: $value
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = /etc/dovecot/tokens.conf
}
D
    printf '%s\n' 'introspection_mode = local' 'local_validation_key_dict = fs:posix:prefix=/etc/dovecot/keys/' \
      "username_attribute = $value" > /etc/dovecot/tokens.conf ;;
  message-size-limit) main "message_size_limit = $value" ;;
  *) echo "no such mode: $mode" >&2; exit 64 ;;
esac

# Postfix waits for two seconds before it reads a file that was changed just now.
touch -d '-10 seconds' "$new/main.cf" "$new/master.cf"
mv "$new/main.cf" "$new/master.cf" /etc/postfix/
chmod 640 "$new/users" && chgrp dovecot "$new/users"
if ! cmp -s "$new/dovecot.conf" /etc/dovecot/dovecot.conf || ! cmp -s "$new/users" /etc/dovecot/users; then
  mv "$new/dovecot.conf" "$new/users" /etc/dovecot/
  # Killed, since an orderly stop takes it more than a second.
  systemctl kill --signal=KILL dovecot
  systemctl reset-failed dovecot 2> /dev/null || :
  systemctl restart dovecot
fi

if [ $greylisting = yes ]; then
  systemctl stop postgrey
  find /var/lib/postgrey -type f -delete
  systemctl start postgrey
else
  systemctl stop postgrey
fi

# A connection that is under way ends as it began; every later one sees the new configuration.
old=$(pgrep -x 'smtpd|spawn' || :)
postfix reload 2> /dev/null
busy() {
  for pid in $old; do [ ! -d "/proc/$pid" ] || return 0; done
  count=$(ss -Hltn 'sport = :587 or sport = :465' | wc -l)
  if [ $listens = yes ]; then [ "$count" -lt 2 ]; else [ "$count" -gt 0 ]; fi
}
tries=100
while busy && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.02; done
