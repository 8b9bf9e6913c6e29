// One SSH connection and one shell script: the least that a program could take.

import { readFileSync } from "node:fs";
import type { LabHost } from "../../lab/index.ts";
import { quote } from "../../src/host/quote.ts";
import { measured, type Started, started } from "../machine.ts";
import { type Contestant, mainCf, type Scene, saslPasswd, type Wanted } from "./contestant.ts";

const text = readFileSync(new URL("script.sh", import.meta.url), "utf8");

/** The script with what it is to do before it. */
export function script({ lab, relay }: Pick<Scene, "lab" | "relay">, name: string, wanted: Wanted): string {
  const values = {
    main_cf: mainCf(relay.host, wanted),
    ca: lab.ca,
    sasl_passwd: saslPasswd(relay.host, wanted),
    sender: `root@${name}.example.com`,
    recipient: "ops@example.org",
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}=${quote(value.trimEnd())}\n`);
  return `main() {\n${text}}\n${lines.join("")}main\n`;
}

/** All hosts at once. */
function onAll(hosts: readonly LabHost[], start: (host: LabHost) => Started): Started {
  const all = hosts.map(start);
  const result = Promise.all(all.map((one) => one.result)).then((ends) => ({
    code: Math.max(...ends.map(({ code }) => code)),
    text: ends.map(({ text }) => text).join(""),
  }));
  return { session: all[0]?.session ?? 0, result };
}

/** The contestant. */
export const byScript: Contestant = {
  name: "script",
  ways: { script: "one SSH connection, one shell script, with a test message that is followed" },
  versions: {},
  async manage(scene, _, hosts) {
    let wanted: Wanted | undefined;
    return {
      hosts,
      async want(next) {
        wanted = next;
      },
      run: () =>
        measured(() =>
          onAll(hosts, (host) =>
            started("ssh", [...host.sshArguments(), "sh -s"], {
              input: script(scene, host.name, wanted as Wanted),
            }),
          ),
        ),
      async close() {},
    };
  },
};
