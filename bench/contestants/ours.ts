// This package, installed as its users do it, with its stack program.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import type { Engine } from "../../lab/engine/index.ts";
import type { LabHost } from "../../lab/index.ts";
import { must } from "../../lab/shell.ts";
import { Stack } from "../../test/integration/stack.ts";
import { tarball } from "../../test/support/tarball.ts";
import { measured } from "../machine.ts";
import type { State } from "../results.ts";
import type { Contestant, Scene, Wanted } from "./contestant.ts";

const arguments_: Record<string, string[]> = { "up --skip-preview": ["--skip-preview"], up: [] };

/** A folder with the package of this checkout, and what it needs, from the registry. */
export async function installed(): Promise<{ folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-bench-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await must("npm", ["install", "--prefix", folder, ...options, tarball()], { timeout: 300 });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the README sets for a state in files. */
export const compressed = { PULUMI_DIY_BACKEND_ZSTD: "true" };

/** Bytes of the state for each host: of the file, and before it was compressed. */
export function stateOf({ folder, name }: Stack, hosts: number): State {
  const file = readFileSync(join(folder, "state/.pulumi/stacks/postfix-relay", `${name}.json.zst`));
  return { file: file.length / hosts, plain: zstdDecompressSync(file).length / hosts };
}

/** A stack for these hosts, and what writes down what is wanted of them. */
export async function ourStack(
  { lab, relay }: Scene,
  name: string,
  hosts: readonly LabHost[],
  installed: string,
  env: Record<string, string> = {},
): Promise<{ stack: Stack; want(wanted: Wanted): Promise<void> }> {
  const stack = await Stack.create(name, { installed, env: { ...compressed, ...env } });
  return {
    stack,
    async want({ port, ownDomainMail, username, password, drift }: Wanted) {
      stack.write({
        domain: "example.com",
        relayHost: { host: relay.host, port },
        credentials: { username },
        caCertificate: lab.ca,
        testDelivery: { to: "ops@example.org" },
        ownDomainMail,
        // The others ask no name server whether receivers would accept the mail.
        deliverability: { mode: "off" },
        hosts: hosts.map(({ name, address, hostKey }) => ({ name, connection: { host: address, hostKey } })),
        ...(drift && { drift }),
      });
      await stack.secret("postfix-relay:credentials.password", password);
      // With a key of its own a run without a look has the same state as one with it.
      await stack.secret("postfix-relay:connection.privateKey", lab.key.private);
    },
  };
}

/** The contestant, with the package that is installed in that folder. */
export const ours = (engine: Engine, folder: string): Contestant => ({
  name: "ours",
  ways: { up: "pulumi up --yes, preview included", "up --skip-preview": "pulumi up --yes --skip-preview" },
  versions: Object.fromEntries(engine.programs.map(({ name, version, origin }) => [name, `${version} (${origin})`])),
  async manage(scene, name, hosts) {
    const { stack, want } = await ourStack(scene, name, hosts, folder);
    return {
      hosts,
      want,
      run: (way) => measured(() => stack.start(["up", "--yes", "--stack", name, ...(arguments_[way] ?? [])])),
      state: () => stateOf(stack, hosts.length),
      async close() {
        stack.remove();
      },
    };
  },
});
