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

/** No change and a change, `runs` times, for each number of hosts; `installed` is a folder with the package. */
export async function light(
  installed: string,
  counts: number[],
  runs: number,
  log: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) {
    const { sshd, folder } = await startRecordingHost();
    // Each look finds nothing different; no owner is everybody's.
    writeFileSync(join(folder, "check"), JSON.stringify(inSync({ owner: "" })));
    const { port, close } = await front(count, sshd.port);
    const stack = await Stack.create(`light-${count}`, { installed, env: compressed });
    try {
      const write = async (domain: string, drift = "repair") => {
        stack.write({
          drift,
          domain,
          relayHost: { host: "smtp.example.net" },
          credentials: { username: "user" },
          testDelivery: { to: "ops@example.net" },
          connection: { port, user: sshd.user },
          hosts: Array.from({ length: count }, (_, index) => ({
            name: `web-${index + 1}`,
            connection: { host: `127.0.1.${index + 1}`, hostKey: sshd.hostKey },
          })),
        });
        await stack.secret("postfix-relay:credentials.password", "secret");
        await stack.secret("postfix-relay:connection.privateKey", sshd.privateKey);
      };
      const up = async () => {
        const one = await measured(() => stack.start(["up", "--yes", "--skip-preview", "--stack", stack.name]));
        if (one.code !== 0) throw new Error(`${count} hosts: exit code ${one.code}\n${one.text}`);
        return one;
      };
      let domain = "example.com";
      await write(domain);
      await up();
      const same: Measured[] = [];
      const blind: Measured[] = [];
      const changed: Measured[] = [];
      for (let turn = 0; turn < runs; turn++) {
        same.push(await up());
        await write(domain, "off");
        await up(); // the argument itself is a change
        blind.push(await up());
        domain = `change-${turn}.example.com`;
        await write(domain);
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
      rows.push(row("no change", same), row('no change, drift: "off"', blind), row("changed domain", changed));
    } finally {
      stack.remove();
      close();
      await sshd.close();
    }
  }
  return rows;
}
