// The page about hosts with a Postfix of their own, from the list of the host tool.

import { readFileSync } from "node:fs";

const text = () => readFileSync(new URL("../../src/host/tool/switch/harmless.txt", import.meta.url), "utf8");

/** A reason and the parameters below it. */
function group(lines: string): string {
  const reason = [...lines.matchAll(/^# (.*)$/gm)].map(([, words]) => words).join(" ");
  const names = lines.replace(/^#.*$/gm, "").split(/\s+/).filter(Boolean);
  return [reason, "", names.map((name) => `\`${name.replace(/^_/, "TRANSPORT_")}\``).join(", "), ""].join("\n");
}

/** The page. */
export function takingOverPage(): string {
  const [, ...groups] = text().trim().split(/\n\n/);
  return `# Hosts that have a mail system already

Made by \`npm run docs\` from the list that the host tool has.

- **exim4, dma, sendmail, nullmailer, opensmtpd, msmtp-mta, ssmtp**: Postfix replaces the package. Mail in its queue is sent first, and
  it accepts no new mail in the meantime; if its queue cannot be emptied, \`up\` stops and says how many messages wait.
  \`pulumi destroy\` installs the package again; its configuration was never removed.
- **A Postfix configured by hand**: \`/etc/postfix\` is kept in \`/var/lib/postfix-relay/original\`, then taken over; \`pulumi destroy\`
  restores it, and leaves Postfix enabled or disabled as it was. Files in \`/etc/postfix\` that are not ours stay as they are. Messages
  in another queue are delivered first, or \`up\` stops and says how many wait.

## A Postfix that does more than relay mail

The first \`up\` replaces the host's main.cf with one of ours. Whatever else was set there ends, so \`up\` stops before anything changes
and lists what would end: hosted domains, further aliases, copies, rewriting, transports, milters, services for other machines, other
instances, a queue in another folder; each parameter that is set to something else than Postfix's default and than in the main.cf to
come, and that is not below. These are compared by value:

- \`mydestination\`, \`virtual_alias_domains\`, \`virtual_mailbox_domains\`, \`relay_domains\`: domains besides the host's own names.
- \`alias_maps\`: anything but /etc/aliases, which is read as before.
- \`mynetworks\`: other machines whose mail is relayed, where they can reach this host.
- \`smtpd_…_restrictions\`: those with a table or a service.
- \`default_transport\`, \`relay_transport\`, \`local_transport\`, \`virtual_transport\`: other transports; \`error\` is none.
- \`queue_directory\`, \`multi_instance_directories\`: messages where ours does not find them.
- \`message_size_limit\`, \`header_size_limit\`, \`maximal_queue_lifetime\`, \`bounce_queue_lifetime\`: what becomes less is reported
  by the step \`<name>-service\`, in \`ends\`, and stops nothing. So is a port 25 that other machines could reach.
- A name that Postfix does not know: where a service of master.cf uses it.

Services of master.cf stay, since that file does; those that other machines reach, and that have no address of their own, are named.

To keep a parameter, put it into \`mainCf\` with the same value. \`replaceMailServer: true\` continues without the rest.

## What ends without a word, and why

${groups.map(group).join("\n")}`;
}
