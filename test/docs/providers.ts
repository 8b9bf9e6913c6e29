// The page about providers, from src/providers.

import { IMPLICIT_TLS, type Preset } from "../../src/providers/preset.ts";
import { providers } from "../../src/providers/providers.ts";

function server({ host, hostPattern, regions, title }: Preset): string {
  if (hostPattern) return `the account's own at ${title}`;
  const all = regions instanceof RegExp ? [] : Object.entries(regions ?? {}).map(([name, of]) => `${of} (${name})`);
  return [...(host ? [host] : []), ...all].join(", ");
}

const ports = ({ ports }: Preset) =>
  ports.map((port) => `${port}${IMPLICIT_TLS.includes(port) ? " TLS" : ""}`).join(", ");

function row([name, preset]: [string, Preset]): string {
  const { title, mechanisms, account, notes, refused, source, certainty, unsure } = preset;
  const sure = `${certainty}${unsure ? `; not confirmed: ${unsure}` : ""}`;
  const cells = [
    `\`${name}\``,
    title,
    server(preset),
    ports(preset),
    mechanisms.join(" "),
    account,
    refused ? `**Refused**: ${refused}` : notes,
    `${source} (${sure})`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The page as Markdown. */
export function providersPage(): string {
  return `# Providers

\`provider\` fills in the relay host, its port and a user name that all customers share. What cannot work with it is refused
before a host is touched. Any other server works too: give \`relayHost\` instead. The first port is the default; those
with TLS speak it from the first byte, the others start with STARTTLS.

Each row names its source and how certain it is. Providers change: check their pages before you rely on a limit. The test
delivery shows at once what is wrong. Made by \`npm run docs\` from src/providers.

| \`provider\` | Service | Relay host | Ports | Mechanisms | Account | Notes | Source |
| --- | --- | --- | --- | --- | --- | --- | --- |
${Object.entries(providers).map(row).join("\n")}
`;
}
