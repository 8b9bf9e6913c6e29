# Makes a server that is both a relay and the receiver behind it, as root inside of an image with Postfix, policyd-spf,
# OpenDKIM, OpenDMARC, Dovecot with Sieve, and postgrey. @NAME@, @ADDRESS@ and @DNS@ are put in before it boots.
set -eu
mkdir -p /etc/lab /srv/mail
useradd --system --home-dir /srv/mail --shell /usr/sbin/nologin vmail
chown vmail: /srv/mail

# Two ways in: clients log in at submission, whose mail leaves at once (`content_filter`, or it would be delivered here)
# to the receiver at port 2525. At port 25 Postfix would say that mail loops back to itself.
postconf -e 'compatibility_level = 3.6' 'myhostname = @NAME@' 'mydestination =' 'mynetworks = 127.0.0.0/8' \
  'inet_interfaces = all' 'inet_protocols = ipv4' 'alias_maps =' 'enable_long_queue_ids = yes' \
  'smtpd_tls_chain_files = /etc/lab/normal.pem' 'smtpd_tls_loglevel = 1' 'smtpd_sasl_type = dovecot' \
  'smtpd_sasl_path = private/auth' 'smtpd_client_connection_count_limit = 0' 'smtpd_error_sleep_time = 0' \
  'minimal_backoff_time = 2s' 'maximal_backoff_time = 2s' 'queue_run_delay = 2s' \
  'virtual_mailbox_domains = example.com, example.org' 'virtual_mailbox_maps = static:any' \
  'virtual_transport = lmtp:unix:private/dovecot-lmtp' 'milter_default_action = accept' \
  'relay_milters =' 'relay_sender =' 'relay_discard =' \
  'receiver_milters = inet:127.0.0.1:8891, inet:127.0.0.1:8893' 'receiver_data =' \
  'receiver_recipient = check_policy_service unix:private/policyd-spf'
postconf -X smtpd_tls_cert_file smtpd_tls_key_file relayhost
postconf -MX smtp/inet
cat >> /etc/postfix/master.cf <<'M'
submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=
  -o smtpd_discard_ehlo_keywords=$relay_discard
  -o smtpd_milters=$relay_milters
  -o cleanup_service_name=relayclean
  -o content_filter=relayout:[@ADDRESS@]:2525
relayclean unix n - n - 0 cleanup
  -o header_checks=regexp:/etc/lab/relay-headers
  -o sender_canonical_maps=$relay_sender
  -o sender_canonical_classes=envelope_sender
relayout unix - - n - - smtp
  -o myhostname=relay.example.net
  -o smtp_tls_security_level=none
2525 inet n - n - - smtpd
  -o myhostname=mx.example.org
  -o smtpd_tls_security_level=none
  -o smtpd_relay_restrictions=reject_unauth_destination
  -o smtpd_recipient_restrictions=$receiver_recipient
  -o smtpd_end_of_data_restrictions=$receiver_data
  -o smtpd_milters=$receiver_milters
policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf
later unix - n n - - pipe user=nobody argv=/usr/local/lib/lab/later
M
cp /etc/postfix/main.cf /etc/postfix/master.cf /etc/lab/
: > /etc/lab/relay-headers

# `TestOnly = 1` is its normal mode: 0 refuses nothing and writes no field.
cat > /etc/lab/policyd-spf.conf <<'P'
debugLevel = 1
TestOnly = 1
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
skip_addresses = 127.0.0.0/8,::ffff:127.0.0.0/104,::1
Header_Type = AR
Authserv_Id = mx.example.org
P
cp /etc/lab/policyd-spf.conf /etc/postfix-policyd-spf-python/policyd-spf.conf

# It signs for who logs in, and verifies what comes to port 2525. It has a resolver of its own.
cat > /etc/opendkim.conf <<'O'
Syslog yes
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Socket inet:8891@127.0.0.1
Mode sv
Canonicalization relaxed/simple
KeyTable /etc/lab/keytable
SigningTable refile:/etc/lab/signingtable
Nameservers @DNS@
AlwaysAddARHeader yes
AuthservID mx.example.org
RequireSafeKeys no
O
printf 'sender %%:lab:/etc/lab/dkim.pem\nrelay example.net:lab:/etc/lab/dkim.pem\n' > /etc/lab/keytable
echo '* sender' > /etc/lab/signingtable

cat > /etc/lab/opendmarc.conf <<'O'
Syslog true
UserID opendmarc
PidFile /run/opendmarc/opendmarc.pid
Socket inet:8893@127.0.0.1
AuthservID mx.example.org
TrustedAuthservIDs mx.example.org
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
RejectFailures false
RequiredHeaders false
SPFSelfValidate false
O
cp /etc/lab/opendmarc.conf /etc/opendmarc.conf

cat > /etc/dovecot/dovecot.conf <<'D'
protocols = imap lmtp
listen = *
ssl = required
ssl_cert = </etc/lab/normal.pem
ssl_key = </etc/lab/normal.pem
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
mail_location = maildir:~/Maildir
postmaster_address = postmaster@example.org
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u /etc/lab/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/srv/mail/%d/%n
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
  mailbox Reports {
    auto = subscribe
  }
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
plugin {
  sieve_before = /etc/lab/rules.sieve
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
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0600
    user = postfix
    group = postfix
  }
}
D
: > /etc/lab/rules.sieve
echo 'POSTGREY_OPTS="--inet=127.0.0.1:10023 --delay=3"' > /etc/default/postgrey
systemctl -q disable postgrey
