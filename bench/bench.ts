// `npm run bench`: the same work by several programs, in turn, on the same kind of hosts with the same relay.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { engine } from "../lab/engine/index.ts";
import { openLab, unavailable } from "../lab/index.ts";
import { must } from "../lab/shell.ts";
import { cases, chosen } from "./cases.ts";
import { ansible } from "./contestants/ansible.ts";
import type { Scene } from "./contestants/contestant.ts";
import { installed, ours } from "./contestants/ours.ts";
import { byScript } from "./contestants/script.ts";
import { light } from "./light.ts";
import { load, machine, ownGroup } from "./machine.ts";
import { Measurements } from "./measure.ts";
import type { Results, Row } from "./results.ts";
import { rollouts, rolloutWays } from "./rollout.ts";
import { stacks, stackWays } from "./stacks.ts";
import { report } from "./table.ts";
import { tracePage } from "./trace/page.ts";
import { trace } from "./trace/trace.ts";

const help = `Measures this package beside a shell script, Ansible, and Ansible with Mitogen: the same work on hosts of the lab.

  npm run bench                        all cases: about an hour
  npm run bench -- --quick             the most telling ones, in less than 3 minutes
  npm run bench -- --only port,8       the cases of these names, or whose names have one of these words; "light" for many hosts,
                                       "stacks" for many stacks, "rollout" for rollouts over them
  npm run bench -- --trace             instead, where the time of a changed port goes, in some minutes
  npm run bench -- --json FILE         where the results go (build/bench.json, build/trace.json)
  npm run bench -- --runs N            how often each case is done

Needs root on Debian or Ubuntu, and a machine that does nothing else meanwhile. \`npm run docs\` makes the tables and the
picture of docs/performance.md from bench/results.json.
`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    quick: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "string" },
    runs: { type: "string" },
  },
});

const log = (line: string) => console.error(`  ${line}`);
const notes: string[] = [];
const note = (text: string) => {
  notes.push(text);
  console.error(`Note: ${text}`);
};

/** What every run opens, closed at its end. */
async function opened(what: (scene: Scene, folder: string) => Promise<void>): Promise<void> {
  const reason = unavailable();
  if (reason) throw new Error(`This cannot run here: ${reason}`);
  if (load() > 1) note(`this machine is busy: its load was ${load().toFixed(1)} when the run began`);
  const lab = await openLab({ log });
  const project = await installed();
  try {
    await what({ lab, relay: await lab.relay() }, project.folder);
  } finally {
    await lab.close();
    project.remove();
  }
}

function keep(file: string, results: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

const bench = (atFirst: number) =>
  opened(async (scene, folder) => {
    const words = values.only?.split(",") ?? [];
    const wanted = chosen(cases, { quick: values.quick, words });
    const runs = values.runs === undefined ? undefined : Number(values.runs);
    const own = await ownGroup();
    const measurements = new Measurements(scene, own?.group, { log, note });
    try {
      const other = await ansible(note);
      const relays = ours(await engine({ log }), folder);
      const contestants = [byScript, relays, ...(other ? [other] : [])];
      const rows: Row[] = [];
      const file = resolve(values.json ?? "build/bench.json");
      const versions = Object.assign({ OpenSSH: await sshVersion() }, ...contestants.map(({ versions }) => versions));
      // After each case, so that a run that is cut off has its numbers too.
      const save = (): Results => {
        const results: Results = {
          machine: machine(versions, [atFirst, load()]),
          quick: values.quick,
          contestants: Object.assign(
            {},
            ...contestants.map(({ ways }) => ways),
            ...[stackWays, rolloutWays].filter((ways) =>
              rows.some(({ contestant }) => Object.hasOwn(ways, contestant)),
            ),
          ),
          rows,
          notes,
        };
        keep(file, results);
        return results;
      };
      for (const one of wanted) {
        const missing = one.fresh && scene.lab.missing(one.fresh);
        if (missing) note(`${one.name} was left out: ${missing}`);
        else
          rows.push(
            ...(await measurements.measure(one.drift ? [relays] : contestants, { ...one, ...(runs && { runs }) })),
          );
        save();
      }
      const also = (word: string) => (words.length > 0 ? words.includes(word) : !values.quick);
      const sizes = [10, 25, 50].map((count) => ({ count, runs: runs ?? 3 }));
      if (also("light")) rows.push(...(await light(folder, [...sizes, { count: 100, runs: 1 }], log)));
      if (also("stacks")) rows.push(...(await stacks(folder, [100, 300], runs ?? 3, log)));
      if (also("rollout")) rows.push(...(await rollouts(log, note)));
      console.log(report(save()));
      console.log(`The numbers are in ${file}.`);
    } finally {
      await measurements.close();
      await own?.leave();
    }
  });

const traced = (atFirst: number) =>
  opened(async (scene, folder) => {
    const ready = await engine({ log });
    const file = resolve(values.json ?? "build/trace.json");
    const runs = await trace(scene, folder, { runs: Number(values.runs ?? 3), log });
    const results = { machine: machine(ours(ready, folder).versions, [atFirst, load()]), notes, runs };
    keep(file, results);
    console.log(tracePage(results));
    console.log(`\nThe numbers are in ${file}.`);
  });

const sshVersion = async () => /OpenSSH_([^ ,]*)/.exec(await must("sh", ["-c", "ssh -V 2>&1"]))?.[1] ?? "?";

if (values.help) process.stdout.write(help);
else await (values.trace ? traced(load()) : bench(load()));
