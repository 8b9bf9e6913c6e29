// A mail server that takes mail from anywhere and lets three judges write what they think of it: policyd-spf, OpenDKIM
// and OpenDMARC. None of them is ours. A Debian host becomes one.

import type { LabHost } from "./host.ts";

/** The packages that such a host needs. */
export const RECEIVER_PACKAGES = [
  ...["postfix", "postfix-policyd-spf-python", "opendkim", "opendkim-tools", "opendmarc", "publicsuffix"],
];

/** The name that the judges sign their verdicts with. */
export const RECEIVER = "mx.receiver.example.net";

/** The mailbox. */
export const MAILBOX = `box@${RECEIVER}`;

const files = (nameServer: string): Readonly<Record<string, string>> => ({
  "/etc/resolv.conf": `nameserver ${nameServer}\n`,
  // TestOnly = 1 is the usual mode; 0 would write no header.
  "/etc/postfix-policyd-spf-python/policyd-spf.conf": `debugLevel = 0
TestOnly = 1
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
Header_Type = AR
Authserv_Id = ${RECEIVER}
skip_addresses = 127.0.0.0/8
`,
  // It has a resolver of its own.
  "/etc/opendkim.conf": `Mode v
Socket inet:8891@127.0.0.1
AuthservID ${RECEIVER}
AlwaysAddARHeader yes
InternalHosts 127.0.0.1
Nameservers ${nameServer}
PidFile /run/opendkim/opendkim.pid
UserID opendkim
Syslog yes
`,
  "/etc/opendmarc.conf": `AuthservID ${RECEIVER}
TrustedAuthservIDs ${RECEIVER}
RejectFailures false
Socket inet:8893@127.0.0.1
PidFile /run/opendmarc/opendmarc.pid
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
UserID opendmarc
Syslog true
`,
});

const PARAMETERS = {
  myhostname: RECEIVER,
  mydestination: RECEIVER,
  mynetworks: "127.0.0.0/8",
  inet_interfaces: "all",
  inet_protocols: "ipv4",
  smtpd_relay_restrictions: "reject_unauth_destination",
  smtpd_recipient_restrictions: "reject_unauth_destination, check_policy_service unix:private/policyd-spf",
  "policyd-spf_time_limit": "3600",
  smtpd_milters: "inet:127.0.0.1:8891, inet:127.0.0.1:8893",
  milter_default_action: "tempfail",
  mailbox_size_limit: "0",
};

/** Makes the host a receiver whose judges ask this name server, at port 53. */
export async function becomeReceiver(host: LabHost, nameServer: string): Promise<void> {
  const written = Object.entries(files(nameServer)).map(([name, text]) => `cat >${name} <<'END'\n${text}END\n`);
  const set = Object.entries(PARAMETERS).map(([name, value]) => `'${name} = ${value}'`);
  await host.must(
    `set -e
${written.join("")}
id box >/dev/null 2>&1 || useradd --create-home box
postconf -e ${set.join(" ")}
postconf -Me 'policyd-spf/unix = policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf'
systemctl restart opendkim opendmarc postfix
mkdir -p /var/spool/postfix/etc && cp /etc/resolv.conf /var/spool/postfix/etc/`,
  );
}

/** The messages in the mailbox, as they lie there. */
export async function received(host: LabHost): Promise<string[]> {
  const all = await host.must("cat /var/mail/box 2>/dev/null || :");
  return all.split(/^(?=From \S+ {2})/m).filter((text) => text !== "");
}
