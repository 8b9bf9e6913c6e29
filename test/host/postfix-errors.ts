// Errors of Postfix's SMTP client, as 3.5 to 3.11 log them, and the advice. other-programs.ts has those of others.

const h = "relay-1.example.test[192.0.2.1]";

export const own: [text: string, advice: RegExp][] = [
  [
    `SASL authentication failed; cannot authenticate to server ${h}: no mechanism available`,
    /^stop This host cannot log in, and nothing was sent/,
  ],
  [
    "postfix/smtp[1]: warning: SASL authentication failure: No worthy mechs found",
    /^stop This host cannot log in, and nothing was sent/,
  ],
  [
    `SASL authentication failed; cannot authenticate to server ${h}: generic failure`,
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    `SASL authentication failed; cannot authenticate to server ${h}: bad protocol / cancel`,
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    `SASL authentication failed; cannot authenticate to server ${h}: invalid parameter supplied`,
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    `SASL authentication failed; authentication protocol loop with server ${h}`,
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    `SASL authentication failed; non-empty initial PLAIN challenge from server ${h}: x`,
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    "postfix/smtp[1]: warning: SASL authentication failure: GSSAPI Error: Unspecified GSS failure. (No Kerberos credentials available)",
    /^stop This host cannot log in by the mechanism it chose/,
  ],
  [
    `SASL authentication failed: server ${h} offered no compatible authentication mechanisms for this type of connection security`,
    /^stop The relay offers none of the mechanisms/,
  ],
  [
    `postfix/smtp[1]: warning: ${h}:587 offered no supported AUTH mechanisms: 'GSSAPI'`,
    /^stop The relay offers none of the mechanisms/,
  ],
  [
    `SASL [CACHED] authentication failed; server ${h} said: 535 5.7.8 no`,
    /^stop The relay refuses the user name or password/,
  ],
  ["TLS is required, but our TLS engine is unavailable", /^stop This host cannot load the certificate authorities/],
  ["no TLSA records found", /^stop mainCf asks for DANE/],
  [
    'postfix/smtp[1]: warning: smtp_tls_wrappermode requires "smtp_tls_security_level = encrypt" (or stronger)',
    /^stop Two TLS settings of this configuration/,
  ],
  ["server unavailable or unable to receive mail", /^stop Two TLS settings of this configuration/],
  [`SMTPUTF8 is required, but was not offered by host ${h}`, /^stop The relay cannot take UTF-8/],
  [
    "postfix/master[1]: fatal: bind 127.0.0.1 port 25: Address already in use",
    /^stop Another program listens.*listen to none/,
  ],
  [
    "fatal: parameter inet_interfaces: no local interface found for 192.0.2.5",
    /^stop An address that Postfix has to listen at.*bridges/,
  ],
  [
    "postfix/master[1]: fatal: bind 172.17.0.1 port 25: Cannot assign requested address",
    /^stop An address that Postfix has to listen at.*bridges/,
  ],
  ["postfix/cleanup[1]: fatal: write queue file: No space left on device", /^stop The disk of this host is full/],
  [`local data error while talking to ${h}`, /^stop A map of Postfix is missing/],
  [
    "postfix/smtp[1]: error: open database /etc/postfix/sasl_passwd.db: No such file or directory",
    /^stop A map of Postfix is missing/,
  ],
  ["postfix/smtp[1]: error: unsupported dictionary type: lmdb", /^stop A map of Postfix is missing/],
  [
    "postfix/cleanup[1]: warning: 4Zx1Yq0C9Vz1: virtual_alias_maps map lookup problem for a@example.org -- message not accepted, try again later",
    /^stop A map of Postfix is missing/,
  ],
  [
    "postfix/cleanup[1]: 4Zx1Yq0C9Vz1: discard: header Subject: Test from local; from=<a@example.com> to=<b@example.org>",
    /^stop A check on this host took the message/,
  ],
  [
    "postfix/cleanup[1]: 4Zx1Yq0C9Vz1: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 Command rejected; from=<a@example.com>",
    /^stop A check on this host took the message/,
  ],
  ["message content rejected", /^stop A check on this host took the message/],
  ['unknown user: "info"', /^stop There is no such user on this host.*ownDomainMail/],
  ["User unknown in virtual alias table", /^stop There is no such user on this host/],
  ["alias database unavailable", /^stop The index of \/etc\/aliases .*newaliases/],
  [
    "cannot update mailbox /var/mail/root for user root. unable to create lock file: Permission denied",
    /^stop A mailbox on this host cannot be written/,
  ],
  ["mail transport unavailable", /^stop A transport that this configuration names does not run/],
  ["sendmail: fatal: root(0): message file too big", /^stop The message is larger than limits.messageSize/],
  [
    "postfix/pickup[1]: warning: maildrop/B26876468: error writing BAD6C646A: queue file write error",
    /^wait Postfix on this host cannot store/,
  ],
  ["deferred transport", /^wait Mail by this transport is deferred/],
  [
    "postfix/smtp[1]: fatal: specify a password table via the `smtp_sasl_password_maps' configuration parameter",
    /^stop Postfix itself fails/,
  ],
  ["postfix/tlsmgr[1]: panic: out of ideas", /^stop Postfix itself fails/],
  [
    "postfix/master[1]: warning: process /usr/lib/postfix/sbin/smtp pid 12 killed by signal 9",
    /^wait A process of Postfix died/,
  ],

  ["Domain example.org does not accept mail (nullMX)", /^stop That domain says in DNS/],
  ["no MX host for example.org has a valid address record", /^stop The MX records of relayHost.host/],
  [
    "Host or domain name not found. Name service error for name=h.example.test type=A: Host not found, try again",
    /^wait The name server of this host does not answer/,
  ],
  [
    "unable to look up host h.example.test: Temporary failure in name resolution",
    /^wait The name server of this host does not answer/,
  ],
  [
    "Host or domain name not found. Name service error for name=h.example.test type=AAAA: Host found but no data record of requested type",
    /^wait The relay's name exists.*ipVersion/,
  ],
  [
    "Host or domain name not found. Name service error for name=h.example.test type=AAAA: Host not found",
    /^wait The relay's name does not resolve/,
  ],
  [
    "Name service error for name=h.example.test type=MX: Malformed or unexpected name server reply",
    /^wait The relay's name does not resolve/,
  ],
  ["mail for web-1.example.com loops back to myself", /^stop The relay host is this host itself/],
  [
    `postfix/smtp[1]: warning: host ${h} greeted me with my own hostname web-1.example.com`,
    /^stop The relay host is this host itself/,
  ],
  ["mail forwarding loop for ops@example.com", /^stop The message runs in a loop/],
  ["connect to relay.example.test[192.0.2.1]:587: Connection refused", /^wait Nothing listens on that port/],
  [
    "connect to relay.example.test[192.0.2.1]:587: Permission denied",
    /^wait This host itself does not let Postfix connect/,
  ],
  [
    "connect to relay.example.test[2001:db8::1]:587: Cannot assign requested address",
    /^wait This host itself does not let Postfix connect/,
  ],
  [
    "connect to relay.example.test[2001:db8::1]:587: Network is unreachable",
    /^wait This host has no way to the relay.*ipVersion/,
  ],
  ["connect to relay.example.test[192.0.2.1]:587: No route to host", /^wait This host has no way to the relay/],
  [
    "connect to relay.example.test[192.0.2.1]:587: Connection timed out",
    /^wait The relay cannot be reached.*to 465 or 2525,/,
  ],
  [
    "connect to relay.example.test[192.0.2.1]:465: Connection timed out",
    /^wait The relay cannot be reached.*to 587 or 2525,/,
  ],
  [
    "connect to relay.example.test[192.0.2.1]:25: Connection timed out",
    /^wait The relay cannot be reached.*to 587 or 465,/,
  ],
  [
    "connect to relay.example.test[2001:db8::1]:2525: Connection timed out",
    /^wait The relay cannot be reached.*to 587 or 465,/,
  ],
  [
    `conversation with ${h} timed out while receiving the initial server greeting`,
    /^wait The relay accepts connections but does not speak.*timeoutSeconds/,
  ],
  [
    `conversation with ${h} timed out while performing the EHLO handshake`,
    /^wait The relay accepts connections but does not speak/,
  ],
  [
    `lost connection with ${h} while receiving the initial server greeting`,
    /^wait The relay closes the connection right at the start/,
  ],
  [`conversation with ${h} timed out while sending RCPT TO`, /^wait The relay stopped answering.*timeoutSeconds/],
  [
    `lost connection with ${h} while sending end of data -- message may be sent more than once`,
    /^stop The relay had the whole message and gave no answer/,
  ],
  [
    `conversation with ${h} timed out while sending end of data -- message may be sent more than once`,
    /^stop The relay had the whole message and gave no answer/,
  ],
  [`lost connection with ${h} while sending message body`, /^wait The relay closed the connection in the middle/],

  ["Server certificate not verified", /^stop The relay's certificate is not valid for its name/],
  ["Server certificate not trusted", /^stop The relay's certificate is not valid for its name/],
  [
    `Server certificate not verified; server certificate verification failed for ${h}:587: certificate has expired`,
    /^stop The relay's certificate is not valid at this time/,
  ],
  [
    `Server certificate not verified; server certificate verification failed for ${h}:587: num=62:hostname mismatch`,
    /^stop The relay's certificate is not valid for its name. Set relayHost.host/,
  ],
  [
    `Server certificate not trusted; certificate verification failed for ${h}:587: untrusted issuer /CN=Lab CA`,
    /^stop The relay's certificate is from an authority.*caCertificate/,
  ],
  [
    `Server certificate not trusted; certificate verification failed for ${h}:587: self-signed certificate`,
    /^stop The relay's certificate is from an authority/,
  ],
  [`TLS is required, but was not offered by host ${h}`, /^stop The relay offers no STARTTLS/],
  [
    `TLS is required, but host ${h} refused to start TLS: 454 4.7.0 TLS not available due to local problem`,
    /^wait The relay cannot start TLS/,
  ],
  [`TLS is required, but host ${h} refused to start TLS: 502 5.5.1 no`, /^stop The relay cannot start TLS/],
  [
    "Cannot start TLS: handshake failure; postfix/smtp[1]: warning: TLS library problem: error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:354:",
    /^stop The port is of the other kind/,
  ],
  [
    "Cannot start TLS: handshake failure; postfix/smtp[1]: warning: TLS library problem: error:0A00042E:SSL routines::tlsv1 alert protocol version:",
    /^stop The relay knows only versions or ciphers/,
  ],
  [
    "Cannot start TLS: handshake failure; postfix/smtp[1]: warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:",
    /^stop The relay knows only versions or ciphers/,
  ],
  [
    `Cannot start TLS: handshake failure; postfix/smtp[1]: SSL_connect error to ${h}:587: Connection reset by peer`,
    /^wait The relay closed the connection while TLS began/,
  ],
  ["Cannot start TLS: handshake failure", /^stop The TLS handshake failed/],
  [`message size 7466 exceeds size limit 2000 of server ${h}`, /^stop The message is larger than the relay accepts/],
  ["550 5.0.0 no", /^stop The relay refuses the message. Read its answer/],
  ["something new", /^wait The relay did not take the message/],
];
