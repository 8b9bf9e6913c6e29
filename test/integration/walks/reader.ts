// Who reads a page and does what it says, word for word but for the names of hosts and for what this machine cannot
// reach (shell.sh).

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietDns } from "../../../lab/engine/pulumi.ts";
import type { LabHost } from "../../../lab/index.ts";
import { type Ran, run } from "../../../lab/shell.ts";
import { tarball } from "../../support/tarball.ts";

const checkout = join(import.meta.dirname, "../../..");

export const page = (name: string) => readFileSync(join(checkout, name), "utf8");

/** The commands of a walk. */
export function walk(name: string, walk: string): string {
  const [, text] = new RegExp(`<!-- walk: ${walk} -->\n\`\`\`sh\n(.*?)\`\`\``, "s").exec(page(name)) ?? [];
  if (!text) throw new Error(`${name} has no walk ${walk}`);
  return text;
}

/** Names of this lab for those in the pages. */
export function here(text: string, host: LabHost, relay: string): string {
  const names = {
    "203.0.113.10": host.address,
    "example.sakura.ne.jp": relay,
    "ssh-ed25519 AAAA…": host.hostKey,
    'provider: "sendgrid"': `relayHost: { host: ${JSON.stringify(relay)} }`,
    "credentials: { password": 'credentials: { username: "relayuser", password',
  };
  return Object.entries(names).reduce(
    (text, [there, here]) => text.replaceAll(there, here),
    text.replaceAll("sample_user@example.sakura.ne.jp", "relayuser"),
  );
}

/** What a reader answers to the questions of the templates. */
export const answers = (host: LabHost, relay: string) => ({
  host: host.address,
  hostKey: host.hostKey,
  domain: "example.com",
  relayHost: relay,
  username: "relayuser",
  sender: "ops@example.com",
  to: "ops@example.org",
  user: "root",
});

/** Copies a template to a folder, with the packed package for the released one. */
export function template(name: string, folder: string): void {
  cpSync(join(checkout, "examples", name), folder, { recursive: true });
  const file = join(folder, "package.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/"postfix-relay": "[^"]+"/, `"postfix-relay": "file:${tarball()}"`));
}

/** What the commands find in this folder: a place for the state, the keys of the lab, and what is answered. */
export function around(
  folder: string,
  { host, key, agent, told }: { host: LabHost; key: string; agent: string; told: Record<string, string> },
): Record<string, string> {
  mkdirSync(join(folder, "state"), { recursive: true });
  const lines = Object.entries(told).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, "answers"), lines.join(""));
  return {
    ...quietDns,
    STATE: join(folder, "state"),
    PULUMI_CREDENTIALS_PATH: join(folder, "state"),
    PULUMI_CONFIG_PASSPHRASE: "a long sentence that you keep",
    SSH_AUTH_SOCK: agent,
    PACKAGE: tarball(),
    ANSWERS: join(folder, "answers"),
    PASSWORD: "relaypass",
    KEY: key,
    KNOWN: join(host.record.folder, "known_hosts"),
    NO_COLOR: "1",
  };
}

/** Does it, in a folder. */
export async function follow(text: string, folder: string, env: Record<string, string>): Promise<Ran> {
  const shell = join(import.meta.dirname, "shell.sh");
  // A start-up file of the machine may put its own Python first.
  const BASH_ENV = "";
  return await run("bash", ["-c", `. ${shell}\ncd ${folder}\n${text}`], { env: { ...env, BASH_ENV }, timeout: 280 });
}
