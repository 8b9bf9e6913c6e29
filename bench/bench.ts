// `npm run bench`: the same work by several programs, in turn, on the same kind of hosts with the same relay.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openAgent } from "../lab/agent.ts";
import { engine } from "../lab/engine/index.ts";
import { type LabHost, openLab, unavailable } from "../lab/index.ts";
import { must } from "../lab/shell.ts";
import { until } from "../lab/until.ts";
import { type Case, cases, chosen, first, inTurn } from "./cases.ts";
import { ansible } from "./contestants/ansible.ts";
import type { Contestant, Managed, Scene, Wanted } from "./contestants/contestant.ts";
import { installed, ours } from "./contestants/ours.ts";
import { byScript } from "./contestants/script.ts";
import { light } from "./light.ts";
import { cpu, load, type Measured, machine, ownGroup } from "./machine.ts";
import type { Results, Row } from "./results.ts";
import { rollouts, rolloutWays } from "./rollout.ts";
import { stacks, stackWays } from "./stacks.ts";
import { report } from "./table.ts";

const help = `Measures this package beside a shell script, Ansible, and Ansible with Mitogen: the same work on hosts of the lab.

  npm run bench                        all cases: about an hour
  npm run bench -- --quick             the most telling ones, in less than 3 minutes
  npm run bench -- --only port,8       the cases of these names, or whose names have one of these words; "light" for many hosts,
                                       "stacks" for many stacks, "rollout" for rollouts over them
  npm run bench -- --json FILE         where the results go (build/bench.json)
  npm run bench -- --runs N            how often each case is done

Needs root on Debian or Ubuntu, and a machine that does nothing else meanwhile. \`npm run docs\` makes the tables of
docs/performance.md from bench/results.json.
`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "string", default: "build/bench.json" },
    runs: { type: "string" },
  },
});

const log = (line: string) => console.error(`  ${line}`);
const notes: string[] = [];
const note = (text: string) => {
  notes.push(text);
  console.error(`Note: ${text}`);
};

/** A contestant's hosts, and what was wanted of them last. */
interface Subject {
  contestant: Contestant;
  managed: Managed;
  wanted: Wanted;
}

// Ansible needs it there, and asks for it first.
const PACKAGES = ["python3", "python3-apt"];
let hostNumber = 0;

/** Hosts for one contestant. */
async function hosts({ lab }: Scene, count: number, release: Case["fresh"] = "bookworm"): Promise<LabHost[]> {
  const all: LabHost[] = [];
  // Booted one by one: what starts together is slow together.
  for (let number = 0; number < count; number++) {
    all.push(await lab.host({ release, name: `b${++hostNumber}`, packages: PACKAGES }));
  }
  return all;
}

let subjectNumber = 0;
const passwords = new Map<string, string>();

/** Gives a contestant hosts of its own, and an account of its own at the relay. */
async function subject(scene: Scene, contestant: Contestant, its: LabHost[]): Promise<Subject> {
  const name = `bench-${++subjectNumber}`;
  const managed = await contestant.manage(scene, name, its);
  const wanted = { ...first, username: name };
  await want(scene, { contestant, managed, wanted }, wanted);
  return { contestant, managed, wanted };
}

/** What is wanted from now on; the relay knows a new password at once, and the old one no more. */
async function want({ relay }: Scene, subject: Subject, wanted: Wanted): Promise<void> {
  if (passwords.get(wanted.username) !== wanted.password) {
    passwords.set(wanted.username, wanted.password);
    await relay.setUsers([...passwords].map(([username, password]) => ({ username, password })));
  }
  subject.wanted = wanted;
  await subject.managed.want(wanted);
}

const count = async (host: LabHost) =>
  Number(await host.must("journalctl -q -o cat | grep -c '^Accepted publickey' || :"));

let own: Awaited<ReturnType<typeof ownGroup>>;

/** One run, which has to succeed and to deliver if something is new. */
async function run(scene: Scene, subject: Subject, way: string, changed: boolean): Promise<Measured & Cpu> {
  const before = (await scene.relay.messages()).length;
  const { hosts } = subject.managed;
  const used = () => ({ here: own ? cpu(own.group) : 0, host: sum(hosts.map(({ record }) => cpu(record.group))) });
  const start = used();
  const one = await subject.managed.run(way);
  const end = used();
  if (one.code !== 0) throw new Error(`exit code ${one.code}\n${one.text.split("\n").slice(-15).join("\n")}`);
  const expected = changed ? hosts.length : 0;
  const got = async () => (await scene.relay.messages()).length - before;
  // What it has accepted it stores a little later.
  if (expected > 0) await until("the relay has the messages", async () => (await got()) >= expected, { seconds: 20 });
  const messages = await got();
  if (messages !== expected) throw new Error(`the relay got ${messages} messages instead of ${expected}\n${one.text}`);
  return { ...one, here: end.here - start.here, host: (end.host - start.host) / hosts.length };
}

/** Seconds of CPU in a run: on this machine, and on each host. */
interface Cpu {
  here: number;
  host: number;
}

const sum = (values: number[]) => values.reduce((sum, value) => sum + value, 0);

/** All runs of one case by all contestants, in turn. */
async function measure(scene: Scene, all: Contestant[], one: Case, kept: Map<string, Subject>): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const failed = new Set<string>();
  const ways = all.flatMap((contestant) => Object.keys(contestant.ways).map((way) => ({ contestant, way })));
  for (let turn = 0; turn < one.runs; turn++) {
    for (const { contestant, way } of inTurn(ways, turn)) {
      if (failed.has(way)) continue;
      try {
        const key = `${contestant.name} ${one.hosts}`;
        let its = one.fresh ? undefined : kept.get(key);
        if (!its) {
          its = await subject(scene, contestant, await hosts(scene, one.hosts, one.fresh));
          if (!one.fresh) {
            kept.set(key, its);
            await run(scene, its, way, true);
          }
        }
        if (!one.fresh) await want(scene, its, { ...one.next(its.wanted, ++subjectNumber), drift: one.drift });
        const [host] = its.managed.hosts;
        const before = turn === 0 && host ? await count(host) : 0;
        const changed = one.fresh !== undefined || one.next(first, 1) !== first;
        const found = await run(scene, its, way, changed);
        const row: Row = rows.get(way) ?? { case: one.name, contestant: way, hosts: one.hosts, seconds: [] };
        row.seconds.push(found.seconds);
        row.cpu ??= { here: [], host: [] };
        row.cpu.here.push(found.here);
        row.cpu.host.push(found.host);
        row.memory = Math.max(row.memory ?? 0, found.memory);
        // The question itself is a login.
        if (turn === 0 && host) row.logins = (await count(host)) - before - 1;
        if (way === "up --skip-preview") row.state = its.managed.state?.();
        rows.set(way, row);
        log(`${one.name}: ${way}: ${found.seconds.toFixed(2)} s`);
        // The first of them is the host of the later cases.
        if (one.fresh === "bookworm" && !kept.has(key)) kept.set(key, its);
        else if (one.fresh) {
          await its.managed.close();
          for (const host of its.managed.hosts) await scene.lab.discard(host);
        }
      } catch (error) {
        failed.add(way);
        note(`${one.name}: ${way} failed: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return [...rows.values()];
}

async function bench(): Promise<void> {
  const reason = unavailable();
  if (reason) throw new Error(`This cannot run here: ${reason}`);
  const words = values.only?.split(",") ?? [];
  const wanted = chosen(cases, { quick: values.quick, words }).map((one) => ({
    ...one,
    runs: Number(values.runs ?? one.runs),
  }));
  const atFirst = load();
  if (atFirst > 1) note(`this machine is busy: its load was ${atFirst.toFixed(1)} when the run began`);
  own = await ownGroup();
  const ready = await engine({ log });
  const lab = await openLab({ log });
  const project = await installed();
  const kept = new Map<string, Subject>();
  try {
    const relay = await lab.relay();
    const scene: Scene = { lab, relay, agent: await openAgent(lab) };
    const other = await ansible(note);
    const relays = ours(ready, project.folder);
    const contestants = [byScript, relays, ...(other ? [other] : [])];
    const rows: Row[] = [];
    const file = resolve(values.json);
    const versions = Object.assign({ OpenSSH: await sshVersion() }, ...contestants.map(({ versions }) => versions));
    // After each case, so that a run that is cut off has its numbers too.
    const save = (): Results => {
      const results: Results = {
        machine: machine(versions, [atFirst, load()]),
        quick: values.quick,
        contestants: Object.assign(
          {},
          ...contestants.map(({ ways }) => ways),
          ...[stackWays, rolloutWays].filter((ways) => rows.some(({ contestant }) => Object.hasOwn(ways, contestant))),
        ),
        rows,
        notes,
      };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
      return results;
    };
    for (const one of wanted) {
      const missing = one.fresh && lab.missing(one.fresh);
      if (missing) note(`${one.name} was left out: ${missing}`);
      else rows.push(...(await measure(scene, one.drift ? [relays] : contestants, one, kept)));
      save();
    }
    if (words.length > 0 ? words.includes("light") : !values.quick)
      rows.push(...(await light(project.folder, [10, 25, 50], Number(values.runs ?? 3), log)));
    if (words.length > 0 ? words.includes("stacks") : !values.quick)
      rows.push(...(await stacks(project.folder, [100, 300], Number(values.runs ?? 3), log)));
    if (words.length > 0 ? words.includes("rollout") : !values.quick) rows.push(...(await rollouts(log, note)));
    const results = save();
    console.log(report(results));
    console.log(`The numbers are in ${file}.`);
  } finally {
    for (const { managed } of kept.values()) await managed.close();
    await lab.close();
    project.remove();
    await own?.leave();
  }
}

const sshVersion = async () => /OpenSSH_([^ ,]*)/.exec(await must("sh", ["-c", "ssh -V 2>&1"]))?.[1] ?? "?";

if (values.help) process.stdout.write(help);
else await bench();
