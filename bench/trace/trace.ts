// `npm run bench -- --trace`: where the time of a change goes, for one host, for eight, and for fifty light ones.

import type { LabHost } from "../../lab/index.ts";
import { untold } from "../../lab/programs.ts";
import { settle } from "../../test/integration/drift/fingerprint.ts";
import { first } from "../cases.ts";
import type { Scene } from "../contestants/contestant.ts";
import { ourStack } from "../contestants/ours.ts";
import { lightHosts } from "../light.ts";
import { cpu } from "../machine.ts";
import { type Account, accountOf } from "./account.ts";
import { eventsAllowed, type Taken, watched } from "./run.ts";

/** One kind of run: of so many, the one that took the median of the seconds. */
export interface Traced {
  readonly name: string;
  readonly hosts: number;
  readonly account: Account;
  /** What the processes of `pulumi` have taken. */
  readonly taken: readonly Taken[];
  /** Seconds of CPU of one host. */
  readonly host?: number;
}

interface Options {
  readonly runs: number;
  readonly log: (line: string) => void;
}

/** All of them; `installed` is a folder with the package. */
export async function trace(scene: Scene, installed: string, options: Options): Promise<Traced[]> {
  const reason = await untold();
  if (reason) throw new Error(`This cannot be traced here: ${reason}`);
  return [
    await changedPort(scene, installed, 1, options),
    await changedPort(scene, installed, 8, options),
    await changedDomain(installed, 50, options),
  ];
}

/** A changed port, on hosts that are in sync and have been found so. */
async function changedPort(scene: Scene, installed: string, count: number, { runs, log }: Options): Promise<Traced> {
  const hosts: LabHost[] = [];
  while (hosts.length < count)
    hosts.push(await scene.lab.host({ release: "bookworm", name: `t${count}-${hosts.length + 1}` }));
  const name = count === 1 ? "one host" : `${count} hosts`;
  const wanted = { ...first, username: `trace-${count}` };
  await scene.relay.setUsers([{ username: wanted.username, password: wanted.password }]);
  const { stack, want } = await ourStack(scene, `trace-${count}`, hosts, installed, eventsAllowed);
  try {
    await want(wanted);
    await stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);
    const all: Traced[] = [];
    while (all.length < runs) {
      await Promise.all(hosts.map((host) => host.must(settle)));
      await want({ ...wanted, port: all.length % 2 === 0 ? 465 : 587 });
      const used = () => hosts.reduce((sum, { record }) => sum + cpu(record.group), 0);
      const before = used();
      const { seen, taken } = await watched(stack, hosts);
      all.push({ name, hosts: count, account: accountOf(seen), taken, host: (used() - before) / count });
      log(`changed port, ${name}: ${all.at(-1)?.account.seconds.toFixed(2)} s`);
    }
    return middle(all);
  } finally {
    stack.remove();
    for (const host of hosts) await scene.lab.discard(host);
  }
}

/** A change of all hosts that only record it: the engine, the program and the connections. */
async function changedDomain(installed: string, count: number, { log }: Options): Promise<Traced> {
  const name = `${count} light hosts`;
  const { stack, want, close } = await lightHosts(installed, count, eventsAllowed);
  try {
    await want("example.com");
    await stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);
    await want("example.net");
    const { seen, taken } = await watched(stack, []);
    log(`changed domain, ${name}: ${(seen.end - seen.begin).toFixed(2)} s`);
    return { name, hosts: count, account: accountOf(seen), taken };
  } finally {
    await close();
  }
}

/** The run with the median of the seconds. */
function middle(all: readonly Traced[]): Traced {
  const sorted = all.toSorted((a, b) => a.account.seconds - b.account.seconds);
  const one = sorted[Math.floor(sorted.length / 2)];
  if (!one) throw new Error("--runs has to be at least 1");
  return one;
}
