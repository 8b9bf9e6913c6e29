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
  return `# A host with a Postfix of its own

Made by \`npm run docs\` from the list that the host tool has.

The first \`up\` writes a main.cf of ours in the place of the host's own. Everything in that one ends then, and \`up\` stops and names
what would be missed: each parameter that is set to something else than Postfix's default and than in the main.cf to come, and
that is not below. These are looked at by value:

- \`mydestination\`, \`virtual_alias_domains\`, \`virtual_mailbox_domains\`, \`relay_domains\`: domains besides the host's own names.
- \`alias_maps\`: anything but /etc/aliases, which is read as before.
- \`mynetworks\`: other machines whose mail is passed on, where they can reach this host.
- \`smtpd_…_restrictions\`: those with a table or a service.
- \`default_transport\`, \`relay_transport\`, \`local_transport\`, \`virtual_transport\`: other transports; \`error\` is none.
- \`queue_directory\`, \`multi_instance_directories\`: messages where ours does not look.
- \`message_size_limit\`, \`header_size_limit\`, \`maximal_queue_lifetime\`, \`bounce_queue_lifetime\`: what becomes less is reported
  by the step \`<name>-service\`, in \`ends\`, and stops nothing. So is a port 25 that other machines could reach.
- A name that Postfix does not know: where a service of master.cf uses it.

Services of master.cf stay, since that file does; those that other machines reach, and that have no address of their own, are named.

A parameter that is to stay goes into \`mainCf\` with the same value. With \`replaceMailServer: true\` the rest ends.

## What ends without a word, and why

${groups.map(group).join("\n")}`;
}
