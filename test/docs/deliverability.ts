// The page about deliverability, with the table from src/providers/sending.ts.

import type { Sending } from "../../src/providers/sender.ts";
import { sending } from "../../src/providers/sending.ts";

const code = (text: string) => `\`${text}\``;

function envelope({ envelope, ownDomain, aligned, envelopeSigns }: Sending): string {
  if (envelope === "kept") return envelopeSigns ? "of the signing domain" : "the sender's";
  const own = `the provider's (${ownDomain})`;
  if (!aligned) return own;
  const name = `${aligned.name}.D`;
  return `${own}, or ${code(`${name} ${aligned.type} ${aligned.value}`)}${aligned.fixed ? "" : "; the name can be another"}`;
}

function keys({ dkim, fixedSender }: Sending): string {
  if (fixedSender) return "the provider's; the sender becomes that of the account";
  if (dkim.names.length === 0) return "of each account: `selectors`";
  const names = dkim.names.map(code).join(", ");
  return `${dkim.type} ${names}${dkim.target ? ` to ${code(dkim.target)}` : ""}${dkim.guess ? "; usual ones" : ""}`;
}

const row = ([name, one]: [string, Sending]) =>
  [
    code(name),
    one.spf.map((term) => code(term)).join(" or ") || "none",
    envelope(one),
    keys(one),
    `${one.source} (${one.certainty}; ${one.checked})`,
  ].join(" | ");

const rows = Object.entries(sending).map(([name, one]) => `| ${row([name, one])} |`);

/** The page as Markdown. */
export function deliverabilityPage(): string {
  return `# Will it be accepted?

Made by \`npm run docs\`; the table is that of src/providers/sending.ts.

That the relay takes a message does not mean that receivers do. Receivers look up in the DNS whether the sender's
domain permits the servers that the mail comes from (SPF), whether it is signed (DKIM), and what the domain asks for where
neither counts for the sender (DMARC). Each preview and each update looks that up too, from the machine where Pulumi runs, for
every sender that the host really produces: \`sender\`, \`senders\`, \`senderDependent\`, \`testDelivery.from\`, and the local
users, such as root, who write as NAME@hostname while \`sender\` is not set. It is shown once for each domain, and is the
output \`deliverability\`.

| verdict | meaning | in the preview |
| --- | --- | --- |
| \`accepted\` | SPF or DKIM passes, and counts for the sender | nothing |
| \`doubtful\` | some receivers will refuse it, or put it into Junk: a hard fail beside a key, a part of the sending addresses, keys that are not known | a warning, with what to do |
| \`refused\` | nothing passes, and this is sure | a warning; with \`mode: error\` an error, and nothing is run, changed or deleted |
| \`unknown\` | something could not be looked up; a failed look-up never makes anything worse than this | a note |

What is to be done is one action. Records are evaluated before they are shown: a record that would not make the verdict
\`accepted\` is not advised, and what is in its way is named instead. There is never a second SPF record, and never one for the
name of a host, since each new host would need another: set \`sender\`.

\`\`\`console
$ pulumi preview
[…]
    warning: Relay web-1:
      deliverability: mail from example.com (root, cron and all other local users; testDelivery.from; sender) by smtp.example.net may be refused or go to Junk:
      SPF    passes for some addresses of the relay host and not for others: 2001:db8::25, which the relay host is assumed to send from
      DKIM   no key at example.com
      DMARC  no policy
      Do: change the SPF record of example.com to:
          example.com. TXT "v=spf1 ip4:203.0.113.25 a:smtp.example.net -all"
\`\`\`

\`\`\`yaml
  postfix-relay:deliverability:
    mode: warn                            # or error, or off: no look-up at all
    selectors: [s1, s2]                   # DKIM selectors that the provider shows
    returnPath: bounce.example.com        # a domain of yours in the envelope: "custom MAIL FROM", "return path"
    signingDomain: mg.example.com         # where the provider does not sign for the sender's own domain
    sentFrom: [203.0.113.25]              # the addresses of a relay host that no row below is about
\`\`\`

It takes at most two seconds, beside the check of the hosts, and asks the name servers of this machine. 300 hosts with one
\`sender\` cost about as many questions as one. Without \`sender\` each host is a domain of its own: the first 20 are
judged.

## From the command line

\`\`\`console
$ npx postfix-relay verdict ops@example.com --provider ses --region eu-west-1
mail from example.com (ops@example.com) by email-smtp.eu-west-1.amazonaws.com may be refused or go to Junk:
  SPF    judged at amazonses.com, the provider's own: passes, and does not count for the sender
  DKIM   no key at example.com
  DMARC  no policy
  Do: set up example.com at Amazon SES, and publish the DKIM records that are shown there
\`\`\`

Without an address it judges the senders of the hosts in \`Pulumi.STACK.yaml\`, also those with \`mode: off\`; \`--stack NAME\` and
\`--all\` choose the stacks. \`--provider\`, \`--region\`, \`--relay-host\`, \`--selector\`, \`--return-path\`, \`--signing-domain\` and
\`--sent-from\` are the arguments of those names. \`--zone\` prints only the records to publish, \`--json\` all of it for a program.
Exit codes: 0 all accepted, 1 one will be refused, 2 else, 64 wrong usage.

## The proof in the inbox

A green \`pulumi up\` shows that the relay took the test message. With a mailbox it also shows where the message arrived, and
what the receiver's own judge wrote:

\`\`\`yaml
  postfix-relay:testDelivery:
    to: ops@example.org
    inbox:
      host: imap.example.org              # IMAP with TLS from the first byte; any port but 993 starts with STARTTLS
      user: ops@example.org
      password: { secure: … }             # pulumi config set --secret --path postfix-relay:testDelivery.inbox.password
      timeoutSeconds: 120                 # how long the message is looked for
      required: true                      # red where it is not in the inbox
    bounces:                              # the mailbox of the sender, so that a report tells why it came back
      host: imap.example.com
      user: ops@example.com
      password: { secure: … }
\`\`\`

In a project of your own, \`npm install imapflow\` as well; nothing else needs it. In Python, Go and YAML the plugin brings it.

The message is looked for by a word in its subject, in the inbox, in Junk and then in the other folders. It stays where it is, and unread.
The machine where Pulumi runs does that: no host gets the password. What was found is kept on the host by a sixth step,
\`NAME-inbox\`, and is the output \`inbox\` (\`inboxes\` of a \`RelayFleet\`):

\`\`\`
inbox: { state: "inbox", folder: "INBOX", seconds: 7.4, receiver: "mx.google.com", spf: "pass", dkim: "pass",
         dmarc: "pass", sentFrom: "203.0.113.9", verifiedHere: false, why: "" }
\`\`\`

| \`state\` | meaning | without \`required\` | with \`required\` |
| --- | --- | --- | --- |
| \`inbox\` | it is in the inbox | nothing | nothing |
| \`elsewhere\` | it is in another folder, by a rule of the mailbox | nothing | red; the next \`up\` looks once more |
| \`junk\` | it is in Junk | a warning in each \`up\` | red; the next \`up\` looks once more |
| \`returned\` | it came back to its sender, and \`why\` has the reason | a warning in each \`up\` | red; the next \`up\` looks once more |
| \`missing\` | it was not seen in time | a warning in each \`up\`, which looks once more for a day | red; the next \`up\` looks once more |
| \`unreadable\` | the mailbox could not be read, and \`why\` says why | a warning; the next \`up\` looks for the whole time | red; the same |
| \`unknown\` | nobody has looked, such as where the host could not be asked | a warning | red where it is the first time |

To look once more takes at most five seconds, and sends no new message; \`pulumi up --replace '**NAME-delivery'\` sends one.
A preview never looks into a mailbox: what is to be looked for is shown as a change of \`NAME-inbox\`. When nothing has changed,
\`up\` does not look either. Later waves of a fleet wait for this step.

**A red \`NAME-inbox\` is the one exception from what is promised of a red \`up\`.** The relay has taken the message, and the host
has switched to the new configuration, before anybody can look; it stays, and the error says so. Revert the change to go back.

- \`receiver\` is the server that wrote \`Authentication-Results\`. Where none did, the message is verified where Pulumi runs
  (\`verifiedHere\`): with its signatures, and with the address and the sender that the header names. Results that the relay wrote,
  that somebody wrote into the message, or that are part of ARC, do not count.
- \`spf\`, \`dkim\` and \`dmarc\` are empty where that server says nothing of them; one signature that passes is enough.
- Reports of undelivered mail count in the standard form (RFC 3464). The test message asks for none, and says so to Postfix alone:
  the second Postfix leaves out DSN, which would tell the relay host as well. Many services get the reports themselves, and
  \`bounces\` then stays empty.
- Use a mailbox of another provider than the relay's. Mail within one provider is judged by nobody else, and Gmail shows mail
  to oneself only among what was sent. The preview has a note where the two are the same.
- Gmail, Workspace, iCloud, Fastmail and Yahoo take an app password. Microsoft's servers take no password over IMAP and are
  refused. There is no OAuth here, and no JMAP.
- The certificate has to be valid for \`host\`. For an authority of your own set \`NODE_EXTRA_CA_CERTS\` where Pulumi runs.
- What a mailbox says is data: of a message 512 kB are read, of each text 200 characters are kept.
- With \`drift: off\` the host is looked at for this alone. A host that the drift check cannot ask, such as one that takes an SSH
  certificate, is not looked for again, and a warning says so.

\`npx postfix-relay inbox HOST\` sends a message from a host now, with the sender of the test message, and looks for it in the same way.

## What the DNS cannot show

- Whether the relay host signs. A key that is there means that it may.
- Where a relay host sends from, if no row is about it: the addresses of its name are assumed, IPv4 and IPv6. A record with the
  IPv4 address alone is \`doubtful\`: such mail is refused whenever it leaves by IPv6, "about every second day".
- A \`From\` that a program sets itself, while \`sender\` is not set. And bounces of the host, whose empty sender is judged by the
  name with which the relay host greets.
- What mail says, and how much there is. Gmail counts senders of 5,000 messages a day to its mailboxes as bulk, and asks them for
  SPF *and* DKIM *and* a DMARC record; 300 hosts that write 20 reports a day are such a sender, all of them together.
- Blocklists, which are the relay's matter.

Many receivers find the policy of a domain by the list of public suffixes, as the older standard of DMARC had it, and not by
RFC 9989. Where the two differ, the preview says so.

## What providers do with a sender

D is the sender's domain. A provider is known by \`provider\`, or by the name of the relay host, also in \`fallback\` and
\`senderDependent\`. Each row names its source and how certain it is: compare it with the provider's own pages before you rely on
it.

| provider | term in the SPF record | domain in the envelope | DKIM | source |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
