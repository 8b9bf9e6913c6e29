// Many hosts at once: a server that stands for all of them and only notes what it is told, so that what is measured is
// the engine, the program and the connections, and not fifty systems on one machine.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { front, startRecordingHost } from "../test/integration/recorder/host.ts";
import { Stack } from "../test/integration/stack.ts";
import { inSync } from "../test/support/looks.ts";
import { compressed, stateOf } from "./contestants/ours.ts";
import { type Measured, measured } from "./machine.ts";
import type { Row } from "./results.ts";

/** So many hosts behind one server, and a stack for them. */
export interface LightHosts {
  readonly stack: Stack;
  /** Writes down their domain, and whether they are looked at before a run. */
  want(domain: string, drift?: "repair" | "off"): Promise<void>;
  close(): Promise<void>;
}

/** Makes them; `installed` is a folder with the package, `env` what else the program sees. */
export async function lightHosts(
  installed: string,
  count: number,
  env: Record<string, string> = {},
): Promise<LightHosts> {
  const { sshd, folder } = await startRecordingHost();
  // Each look finds nothing different; no owner is everybody's.
  writeFileSync(join(folder, "check"), JSON.stringify(inSync({ owner: "" })));
  const { port, close } = await front(count, sshd.port);
  const stack = await Stack.create(`light-${count}`, { installed, env: { ...compressed, ...env } });
  return {
    stack,
    async want(domain, drift = "repair") {
      stack.write({
        drift,
        domain,
        relayHost: { host: "smtp.example.net" },
        credentials: { username: "user" },
        testDelivery: { to: "ops@example.net" },
        deliverability: { mode: "off" },
        connection: { port, user: sshd.user },
        hosts: Array.from({ length: count }, (_, index) => ({
          name: `web-${index + 1}`,
          connection: { host: `127.0.1.${index + 1}`, hostKey: sshd.hostKey },
        })),
      });
      await stack.secret("postfix-relay:credentials.password", "secret");
      await stack.secret("postfix-relay:connection.privateKey", sshd.privateKey);
    },
    async close() {
      stack.remove();
      close();
      await sshd.close();
    },
  };
}

/** For each number of hosts, so often: no change, the floor, and a change. */
export async function light(
  installed: string,
  sizes: readonly { readonly count: number; readonly runs: number }[],
  log: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { count, runs } of sizes) {
    const hosts = await lightHosts(installed, count);
    try {
      rows.push(...(await rowsOf(hosts, count, runs, log)));
    } finally {
      await hosts.close();
    }
  }
  return rows;
}

async function rowsOf({ stack, want }: LightHosts, count: number, runs: number, log: (line: string) => void) {
  const up = async () => {
    const one = await measured(() => stack.start(["up", "--yes", "--skip-preview", "--stack", stack.name]));
    if (one.code !== 0) throw new Error(`${count} hosts: exit code ${one.code}\n${one.text}`);
    return one;
  };
  let domain = "example.com";
  await want(domain);
  await up();
  const same: Measured[] = [];
  const floor: Measured[] = [];
  const changed: Measured[] = [];
  for (let turn = 0; turn < runs; turn++) {
    same.push(await up());
    await want(domain, "off");
    await up(); // the argument itself is a change
    floor.push(await up());
    domain = `change-${turn}.example.com`;
    await want(domain);
    changed.push(await up());
    log(`${count} light hosts: ${same.at(-1)?.seconds.toFixed(2)} s, ${changed.at(-1)?.seconds.toFixed(2)} s`);
  }
  const row = (name: string, all: Measured[]): Row => ({
    case: `${name}, ${count} light hosts`,
    contestant: "up --skip-preview",
    hosts: count,
    seconds: all.map(({ seconds }) => seconds),
    memory: Math.max(...all.map(({ memory }) => memory)),
    state: stateOf(stack, count),
  });
  return [row("no change", same), row("floor", floor), row("changed domain", changed)];
}
