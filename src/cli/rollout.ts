// The command `rollout`, from what was asked for to its exit code.

import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DATABASE, forChildren, named, openDatabase } from "../rollout/database.ts";
import { fingerprints } from "../rollout/fingerprint.ts";
import { enginePlace } from "../rollout/peers.ts";
import type { Plan } from "../rollout/plan.ts";
import { codes, Refused } from "../rollout/refused.ts";
import { markdown, summary } from "../rollout/report.ts";
import { isOver } from "../rollout/states.ts";
import { type RolloutStatus, tally } from "../rollout/status.ts";
import { Store } from "../rollout/store.ts";
import { Refusal } from "./refusal.ts";
import type { RolloutRequest } from "./request.ts";
import { type Bench, drive } from "./rollout-drive.ts";
import { gateOf } from "./rollout-gate.ts";
import { planFor, planText, previews } from "./rollout-plan.ts";
import { onlyOpen, tell } from "./rollout-tell.ts";
import { worker } from "./rollout-worker.ts";
import { isAgreed, type RolloutWorld, refuseFullDisk, refuseOverlap, writeFiles } from "./rollout-world.ts";
import { counted } from "./states.ts";

/** Changes the stacks of a rollout that may begin; what stops that stops the rollout. */
type Prepare = () => Promise<void>;

/** Runs it; the exit code. `prepare` is done before a start, when nothing else is in its way. */
export async function rollout(request: RolloutRequest, world: RolloutWorld, prepare?: Prepare): Promise<number> {
  try {
    if (request.verb !== "plan") return await withDatabase(request, world, prepare);
    const plan = planFor(request, world);
    const groups = request.check ? await previews(plan, world) : undefined;
    world.print(request.json ? `${JSON.stringify({ ...plan, previews: groups }, null, 2)}\n` : planText(plan, groups));
    return groups?.some(({ failed }) => failed) ? codes.failed : codes.done;
  } catch (error) {
    throw error instanceof Refused ? new Refusal(error.message, error.code) : error;
  }
}

async function withDatabase(request: RolloutRequest, world: RolloutWorld, prepare?: Prepare): Promise<number> {
  const { project, env, version } = world;
  const url = named(request.database, env);
  enginePlace();
  // A wrong request is refused before a server is started for it.
  const fresh = request.verb === "start" ? planFor(request, world) : undefined;
  if (fresh && !(await isAgreed(fresh, request, world))) return codes.done;
  const state = stateFolder(request, world);
  const database = await openDatabase(url, state);
  const log = (text: string) =>
    appendFileSync(join(state, "engine.log"), `${new Date().toISOString()} ${text.slice(0, 2000)}\n`);
  const store = await Store.open(database.url, project.name, log);
  const jobs = join(state, "rollouts");
  const bench: Bench = {
    ...{ url: database.url, revive: database.revive, project: project.name, store, log, json: request.json },
    ...{ color: world.color, print: world.print, say: world.say, terminal: world.terminal },
    concurrency: request.concurrency ?? Infinity,
    gate: gateOf(world),
    place: {
      jobs,
      cwd: project.folder,
      env: url === undefined ? without(env) : forChildren(env),
      fingerprint: (stack) => fingerprints(project, version)(stack),
      tell: () => {},
    },
  };
  try {
    return await act(request, fresh, bench, world, jobs, prepare);
  } finally {
    await store.close();
    await database.leave();
  }
}

/** Our own variable is for us alone. */
const without = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name !== DATABASE));

function stateFolder({ state }: RolloutRequest, { project, env }: RolloutWorld): string {
  const folder = resolve(state ?? env.POSTFIX_RELAY_STATE ?? join(project.folder, ".postfix-relay"));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Whoever commits the project does not commit this.
    if (!existsSync(join(folder, ".gitignore"))) writeFileSync(join(folder, ".gitignore"), "*\n");
  } catch (error) {
    throw new Refused(
      `the folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); name another one with --state`,
    );
  }
  return folder;
}

async function act(
  request: RolloutRequest,
  fresh: Plan | undefined,
  bench: Bench,
  world: RolloutWorld,
  jobs: string,
  prepare: Prepare | undefined,
): Promise<number> {
  const { verb, id = "", json } = request;
  const { store } = bench;
  const { print, say } = world;
  const told = (status: RolloutStatus, code: number) => {
    writeFiles(request, status, say);
    print(json ? `${JSON.stringify(status)}\n` : summary(status));
    return code;
  };
  switch (verb) {
    case "start": {
      if (!fresh) return codes.usage;
      refuseFullDisk(fresh, jobs);
      refuseOverlap(fresh, await store.list());
      await prepare?.();
      // The files are other ones now, and the plan is frozen with them.
      const plan = prepare ? { ...planFor(request, world), id: fresh.id, policy: fresh.policy } : fresh;
      say(`rollout ${plan.id} begins`);
      const { status, code } = await drive({ begin: plan }, bench);
      return told(status, code);
    }
    case "status":
      return told(await store.status(id), 0);
    case "report": {
      const { html, junit: xml, markdown: text } = request.files;
      const status = await store.status(id);
      writeFiles(request, status, say);
      if (!html && !xml && !text) print(json ? `${JSON.stringify(status, null, 2)}\n` : markdown(status));
      return 0;
    }
    case "watch": {
      let status = await store.status(id);
      for (let before = ""; ; status = await store.status(id)) {
        const line = `wave ${status.wave}/${status.waves} ${status.phase}: ${tally(status.stacks)}`;
        if (line !== before) say(`[${new Date().toTimeString().slice(0, 8)}] ${line}`);
        before = line;
        if (!["running", "checking", "baking"].includes(status.phase)) return told(status, status.code);
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
    case "list": {
      const all = await store.list();
      const line = ({ id, phase, wave, waves, stacks }: RolloutStatus) =>
        `${id}  ${phase}  wave ${wave}/${waves}  ${counted(stacks.length, "stack")}\n`;
      print(
        json
          ? `${JSON.stringify({ version: 1, rollouts: all }, null, 2)}\n`
          : all.map(line).join("") || "there is no rollout yet\n",
      );
      return 0;
    }
    case "prune": {
      const before = Date.now() - request.days * 86_400_000;
      const old = (await store.list()).filter((one) => isOver(one) && one.created <= before);
      for (const { id: one } of old) {
        await store.remove(one);
        rmSync(join(jobs, one), { recursive: true, force: true });
      }
      print(
        json
          ? `${JSON.stringify({ version: 1, removed: old.map(({ id }) => id) })}\n`
          : `${counted(old.length, "rollout")} forgotten\n`,
      );
      return 0;
    }
    case "worker":
      return await worker(request, bench);
    default:
      return await tell(request, await store.status(id || (await onlyOpen(store))), bench, world, told);
  }
}
