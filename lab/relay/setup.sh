# Makes a submission server of an image with postfix, dovecot-core and postgrey, as root inside of it.
set -eu
mkdir -p /etc/lab /var/spool/lab/part
chown -R mail: /var/spool/lab

# All mail goes to one program that keeps it, with its envelope.
postconf -e 'compatibility_level = 3.6' \
  'mydestination =' 'inet_interfaces = all' 'inet_protocols = all' 'mynetworks = 127.0.0.0/8' \
  'default_transport = keep:all' 'alias_maps =' 'local_recipient_maps =' 'enable_long_queue_ids = yes' \
  'message_size_limit = 20000000' 'smtpd_client_connection_count_limit = 0' 'smtpd_error_sleep_time = 0' \
  'smtpd_tls_security_level = may' 'smtpd_tls_auth_only = yes' 'smtpd_tls_received_header = yes' \
  'smtpd_tls_chain_files = /etc/lab/normal.pem' 'smtpd_tls_loglevel = 1' \
  'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' \
  'smtpd_sasl_authenticated_header = yes' 'smtpd_delay_reject = no' \
  'smtpd_sender_restrictions = permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication Required}' \
  'smtpd_relay_restrictions = permit_sasl_authenticated, reject' 'smtpd_recipient_restrictions ='
postconf -X smtpd_tls_cert_file smtpd_tls_key_file relayhost
postconf -MX smtp/inet
# shellcheck disable=SC2016 # Postfix expands it
postconf -Me 'submission/inet = submission inet n - n - - smtpd' \
  'submissions/inet = submissions inet n - n - - smtpd -o smtpd_tls_wrappermode=yes' \
  'keep/unix = keep unix - n n - - pipe null_sender= user=mail argv=/usr/local/lib/lab/keep ${queue_id} ${sender} ${sasl_username} ${sasl_method} ${client_address} ${recipient}'
cp /etc/postfix/main.cf /etc/postfix/master.cf /etc/lab/

# Two seconds of punishment for a wrong password, and the longer ones after it, would only make tests slow.
cat > /etc/lab/dovecot.conf <<'D'
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
auth_username_chars =
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u /etc/dovecot/users
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
D
cp /etc/lab/dovecot.conf /etc/dovecot/
echo 'POSTGREY_OPTS="--inet=127.0.0.1:10023 --delay=3"' > /etc/default/postgrey
systemctl -q disable postgrey
