// This package, with the stack program of this checkout.

import { statSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "../../test/integration/stack.ts";
import type { Engine } from "../../test/lab/engine/index.ts";
import { measured } from "../machine.ts";
import type { Contestant, Wanted } from "./contestant.ts";

const arguments_: Record<string, string[]> = { "up --skip-preview": ["--skip-preview"], up: [] };

/** The contestant. */
export const ours = (engine: Engine): Contestant => ({
  name: "ours",
  ways: { up: "pulumi up --yes, preview included", "up --skip-preview": "pulumi up --yes --skip-preview" },
  versions: Object.fromEntries(engine.programs.map(({ name, version, origin }) => [name, `${version} (${origin})`])),
  async manage({ lab, relay, agent }, name, hosts) {
    const stack = await Stack.create(name, { agent });
    return {
      hosts,
      async want({ port, ownDomainMail, username, password, drift }: Wanted) {
        stack.write({
          domain: "example.com",
          relayHost: { host: relay.host, port },
          credentials: { username },
          caCertificate: lab.ca,
          testDelivery: { to: "ops@example.org" },
          ownDomainMail,
          hosts: hosts.map(({ name, address, hostKey }) => ({ name, connection: { host: address, hostKey } })),
          ...(drift && { drift }),
        });
        await stack.secret("postfix-relay:credentials.password", password);
      },
      run: (way) => measured(() => stack.start(["up", "--yes", "--stack", name, ...(arguments_[way] ?? [])])),
      state: () => {
        const file = join(stack.folder, "state/.pulumi/stacks/postfix-relay", `${name}.json`);
        return statSync(file).size / hosts.length;
      },
      async close() {
        stack.remove();
      },
    };
  },
});
