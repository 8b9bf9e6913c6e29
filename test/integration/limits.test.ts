// A guard against what makes a run slower, which needs no idle machine: the programs that a host starts for each step,
// the logins, and the state. What loading the package reads, and what a host is sent, is in ../limits.test.ts.
// SHOW_PROGRAMS=1 prints the programs by name.

import { expect, test } from "vitest";
import { compressed, stateOf } from "../../bench/contestants/ours.ts";
import { names, ofUnits, sessions, stepOf, withoutWaits } from "../../bench/trace/programs.ts";
import { openAgent } from "../../lab/agent.ts";
import { commandOf, noteCommands } from "../../lab/commands.ts";
import { processesIn } from "../../lab/processes.ts";
import { Programs, untold } from "../../lab/programs.ts";
import { aboveLimits } from "../support/limits.ts";
import { kept, settle } from "./drift/fingerprint.ts";
import { postfix } from "./others/scene.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host } = await openWorld({ web: { packages: postfix } });
const reason = await untold();

/** How often each name is there. */
const counts = (all: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(all.toSorted(), (name) => name)].map(([name, { length }]) => [name, length]));

test("what a host does for a check, for no change and for a changed port", async (context) => {
  context.skip(reason !== undefined, reason);
  const agent = await openAgent(world.lab);
  const more = { agent, env: compressed, deliverability: { mode: "off" } };
  const stack = await world.stack("limits", relay, [host], more);
  const up = () => stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);
  await up();
  await host.must(settle);
  noteCommands(host);
  const programs = await Programs.follow(processesIn(host.record.group).map(({ pid }) => pid));
  const started: Record<string, Record<string, Record<string, number>>> = {};
  const logins: Record<string, number> = {};
  const count = async (what: string, run: () => Promise<unknown>) => {
    programs.clear();
    await run();
    const all = programs.read();
    const commands = sessions(all, (path) => commandOf(host, path));
    const steps = commands.map(({ command, process }) => [stepOf(command), withoutWaits(names(process))] as const);
    const units = ofUnits(all);
    if (units.length > 0) steps.push(["units", units]);
    if (process.env.SHOW_PROGRAMS) for (const [step, list] of steps) console.log(`${what}: ${step}: ${list.join(" ")}`);
    started[what] = Object.fromEntries(steps.map(([step, list]) => [step, counts(list)]));
    logins[what] = commands.length;
  };
  try {
    await host.must(`rm ${kept}`);
    await count("a check that compares all", () => host.must("/usr/local/sbin/postrelay check"));
    await count("no change", up);
    await stack.set("postfix-relay:relayHost.port", 465);
    await count("changed port", up);
  } finally {
    programs.close();
  }
  // Compressed it is another size each time: it depends on how much of it the engine writes at once.
  const { plain } = stateOf(stack, 1);
  const above = [
    ...aboveLimits("programs", started, 2),
    ...aboveLimits("logins", logins),
    ...aboveLimits("bytes of state", { "one host": plain }),
  ];
  expect(Object.keys(started["changed port"] ?? {})).toEqual(
    expect.arrayContaining(["check", "stage main-cf", "stage sasl-passwd", "start", "deliver", "units"]),
  );
  expect(above).toEqual([]);
});
