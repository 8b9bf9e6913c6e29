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

const BY_TOKEN = "[by token](oauth.md)";

function login({ account, onlyTokens, oauth2 }: Preset): string {
  if (onlyTokens) return `${account}; ${BY_TOKEN} alone`;
  return oauth2 ? `${account}; or ${BY_TOKEN}` : account;
}

const cells = (...texts: string[]) => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;

const code = (text: string | undefined) => (text ? `\`${text}\`` : "none");

function row([name, preset]: [string, Preset]): string {
  const { title, mechanisms, notes, source, certainty, unsure } = preset;
  const sure = `${certainty}${unsure ? `; not confirmed: ${unsure}` : ""}`;
  return cells(
    code(name),
    title,
    server(preset),
    ports(preset),
    mechanisms.join(" "),
    login(preset),
    notes,
    `${source} (${sure})`,
  );
}

function tokenRow([name, { oauth2 }]: [string, Preset]): string[] {
  if (!oauth2) return [];
  const { userEndpoint, userScope, appEndpoint, appScope, concurrency } = oauth2;
  const app = appScope && !appEndpoint ? "yours: its address names the tenant" : code(appEndpoint);
  return [cells(code(name), code(userEndpoint), code(userScope), app, code(appScope), `${concurrency ?? "not known"}`)];
}

/** The page as Markdown. */
export function providersPage(): string {
  return `# Providers

\`provider\` fills in the relay host, its port and a user name that all customers share. What cannot work with it is refused
before a host is touched. Any other server works too: give \`relayHost\` instead. The first port is the default; those
with TLS speak it from the first byte, the others start with STARTTLS. Where the account is one *by token*, or may be, see
[oauth.md](oauth.md).

Each row names its source and how certain it is. Providers change: check their pages before you rely on a limit. The test
delivery shows at once what is wrong. Made by \`npm run docs\` from src/providers.

| \`provider\` | Service | Relay host | Ports | Mechanisms | Account | Notes | Source |
| --- | --- | --- | --- | --- | --- | --- | --- |
${Object.entries(providers).map(row).join("\n")}

## By token

What \`provider\` fills in for [a login by token](oauth.md): \`tokenEndpoint\` and \`scope\`, for a program with a user's consent
(\`refreshToken\`) and for one that acts by itself (\`clientSecret\` alone, or \`privateKey\`), and how many connections the provider
takes from one account at a time.

| \`provider\` | Endpoint, with consent | Scope, with consent | Endpoint, by itself | Scope, by itself | Connections |
| --- | --- | --- | --- | --- | --- |
${Object.entries(providers).flatMap(tokenRow).join("\n")}
`;
}
