// The page about main.cf, from the reasons in src/postfix/sections: every line that can be in it.

import { mainCf, sections } from "../../src/postfix/main-cf.ts";
import { masterEdits } from "../../src/postfix/transports.ts";
import { settings } from "../support/args.ts";

type Values = Record<string, unknown>;

const other = { host: "smtp.example.org", port: 465 };

/** The plain example first, then what brings further lines. */
const examples: Values[] = [
  {},
  { ownDomainMail: "local" },
  { "relayHost.port": 465 },
  { relayHost: { host: "example.net", lookupMx: true } },
  { "tls.level": "encrypted" },
  { "tls.fingerprints": [Array(32).fill("AB").join(":")] },
  { "tls.certificateNames": ["smtp.example.net"] },
  { mechanisms: ["PLAIN"] },
  { fallback: [{ host: "smtp.example.org" }] },
  { fallback: [other] },
  { senderDependent: { "shop@example.org": other } },
  { sender: "alerts@example.com", senders: { root: "root@example.com" } },
  { rootAlias: "ops@example.org" },
  { stripHeaders: ["X-Mailer"] },
  { ipVersion: "ipv4" },
  { bridges: ["172.17.0.1/16"] },
  { limits: { rateDelaySeconds: 2, messageSize: 25000000, queueLifetimeHours: 48, bounceLifetimeHours: 24 } },
  { limits: { concurrency: 5, delayWarningHours: 4 } },
];

/** The lines of each section that none of the examples before has. */
function lines(): string {
  const seen = new Set<string>();
  const titles = sections(settings()).map(({ title }) => title);
  const rows = examples.flatMap((values) =>
    sections(settings(values)).flatMap(({ title, rows }) =>
      rows.flatMap(([name, value, reason]) => {
        const text = `\`${name} = ${value}\``;
        if (seen.has(text)) return [];
        seen.add(text);
        const when = Object.keys(values).map((path) => `\`${path}\``);
        return [{ title, row: `| ${text} | ${when.join(" or ") || "always"} | ${reason} |` }];
      }),
    ),
  );
  return titles
    .map((title) => ({ title, own: rows.filter((row) => row.title === title).map(({ row }) => row) }))
    .filter(({ own }) => own.length > 0)
    .map(({ title, own }) =>
      [`### ${title}`, "", "| Line | With | Why |", "| --- | --- | --- |", ...own, ""].join("\n"),
    )
    .join("\n");
}

/** The page as Markdown. */
export function mainCfPage(): string {
  return `# main.cf, line by line

Made by \`npm run docs\` from the code that writes the file. Each change writes the whole file; \`postrelay check\` on the host
lists what somebody has edited in it since. Three lines come from the host; they are at the top: \`compatibility_level\` and
\`default_database_type\` follow its release, and \`relay_host_names\` are the names that programs there use for the host itself,
such as its short name and \`localhost.localdomain\`. While a password is changed with \`rotation: cutover\`,
\`defer_transports\` is at the end.

## Two policies for mail to the own domain

\`ownDomainMail\` says what becomes of mail that the host sends to \`domain\`.

- **relay** (the default): \`mydestination = ${find({}, "mydestination")}\`. The mailboxes are elsewhere; the relay host delivers to them.
  With the domain in \`mydestination\`, mail to colleagues would stay in mailboxes on the host that nobody reads, or bounce.
- **local**: \`mydestination = ${find({ ownDomainMail: "local" }, "mydestination")}\`. Right only where the MX record of the domain
  names this host. Each preview compares them, and warns (\`mxCheck\`).

In both, mail to the host's own name stays there, so that aliases work: \`rootAlias\` sends cron's reports to a person.

## The whole file

For a program with nothing but the arguments that have no default:

\`\`\`
${mainCf("PROJECT/STACK/web-1", settings())}\`\`\`

## Every line

${lines()}
## Who may relay

This host, and the networks of \`bridges\`: \`mynetworks\`. What could let in others is refused in \`mainCf\` and stays at Postfix's
default: \`relay_domains\` (none), \`smtpd_relay_restrictions\` (mail for other domains from \`mynetworks\` alone),
\`allow_untrusted_routing\` (no), and what lets a client pass itself off as another one: \`smtpd_authorized_xclient_hosts\`,
\`smtpd_authorized_xforward_hosts\` (nobody), \`smtpd_authorized_verp_clients\` (\`mynetworks\`), \`smtpd_upstream_proxy_protocol\` (none).

## master.cf

It is the one of the package, unless an argument needs a service of its own:

- \`listen: none\` removes the SMTP server on port 25: \`${edits({ listen: "none" })}\`.
- Each of \`bridges\` has an SMTP server of its own: \`${edits({ bridges: ["172.17.0.1/16"] })}\`. An address in
  \`inet_interfaces\` would also become the source of all mail that leaves.
  Clients that are not in the network of a bridge are turned away when they connect, whatever \`mainCf\` says.
- Postfix has one kind of TLS for each transport: STARTTLS, or TLS from the first byte. Where relay hosts of both kinds are
  given, there is a second transport. A relay host of the other kind in \`fallback\` is reached through an SMTP server on the
  loopback address, which relays what it gets; mail that has taken this route stays on it.
`;
}

const find = (values: Values, name: string) =>
  sections(settings(values))
    .flatMap(({ rows }) => rows)
    .find(([parameter]) => parameter === name)?.[1];

const edits = (values: Values) => masterEdits(settings(values))?.trim();
