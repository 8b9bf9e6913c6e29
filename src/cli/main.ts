#!/usr/bin/env node
// The command `postfix-relay`: arguments, terminal and processes of this machine, for what the other files do.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Looks } from "../deliverability/dns.ts";
import { look } from "../drift/look.ts";
import { verbCommand } from "../host/command.ts";
import { here } from "../host/here.cjs";
import { placeOf } from "../host/peer.ts";
import { LONGEST_ANSWER } from "../host/said.ts";
import { fetchHostKey } from "../ssh/host-key.ts";
import { run as runOn } from "../ssh/session.ts";
import { hostsInFile } from "../stack/file.ts";
import { act, type Reach } from "./act.ts";
import { PROGRAM, readArguments } from "./arguments.ts";
import type { Call } from "./ask-host.ts";
import { FAULT } from "./exit-codes.ts";
import { explain } from "./explain.ts";
import { askHidden } from "./hidden.ts";
import { init } from "./init.ts";
import type { Run } from "./init-from.ts";
import { folderOf, projectIn } from "./project.ts";
import { configSetterIn, pulumiIn } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import { isCheck, type Names } from "./request.ts";
import type { RolloutWorld } from "./rollout-world.ts";
import { run } from "./run.ts";
import { usesColor } from "./terminal.ts";
import { runVerdict } from "./verdict.ts";

const { version } = JSON.parse(readFileSync(join(here, "../../package.json"), "utf8"));
const { stdout, stderr } = process;

const print = (text: string) => void stdout.write(text);
const say = (text: string) => void stderr.write(`${PROGRAM}: ${text}\n`);
const progress = (text: string) => void (stderr.isTTY && stderr.write(`\r\x1b[K${text}`));
const width = (stdout.isTTY && stdout.columns) || Infinity;

/** Addresses are judged outside of any project. */
const noPulumi = () => Promise.reject(new Error("no stack is asked for"));

async function main(): Promise<number> {
  const asked = await readArguments(process.argv.slice(2), version, namesIn);
  if ("text" in asked) {
    (asked.code === 0 ? stdout : stderr).write(`${asked.text}\n`);
    return asked.code;
  }
  if ("explain" in asked) {
    const advice = explain(readFileSync(0, "utf8"));
    stdout.write(asked.explain.json ? `${JSON.stringify({ version: 2, advice })}\n` : `${advice}\n`);
    return 0;
  }
  if ("init" in asked)
    return await init(asked.init, { ask: line, hostKey: fetchHostKey, run: readOn, say, print, version });
  if ("verdict" in asked) {
    const { addresses, cwd } = asked.verdict;
    const pulumi = addresses.length > 0 ? noPulumi : pulumiIn(folderOf(cwd));
    return await runVerdict(asked.verdict, { pulumi, looks: new Looks(), print });
  }
  if ("inbox" in asked) {
    const [{ runInbox }, { prove }] = await Promise.all([
      import("./inbox.ts"),
      import("../deliverability/inbox/prove.ts"),
    ]);
    const { cwd, color } = asked.inbox;
    return await runInbox(asked.inbox, {
      ...{ pulumi: pulumiIn(folderOf(cwd)), call, looks: new Looks(), place: placeOf, prove, print, progress, width },
      color: usesColor(color, process.env, stdout.isTTY),
      now: Date.now,
    });
  }
  if ("rollout" in asked) {
    const { rollout } = await import("./rollout.ts");
    const code = await rollout(asked.rollout, rolloutWorld(asked.rollout));
    // A job that somebody else has now would keep this process: it ends without us.
    process.exit(code);
  }
  if ("credentials" in asked) {
    const { credentials } = await import("./credentials.ts");
    const { cwd, color } = asked.credentials.rollout;
    const code = await credentials(asked.credentials, {
      ...rolloutWorld({ cwd, color }),
      ...{ set: configSetterIn(folderOf(cwd)), stdin: () => readFileSync(0, "utf8"), hidden, progress, width },
      colorTable: usesColor(color, process.env, stdout.isTTY),
    });
    if (asked.credentials.verb === "rotate") process.exit(code);
    return code;
  }
  if ("hostkey" in asked) {
    const { hostkey } = await import("./hostkey.ts");
    const folder = folderOf(asked.hostkey.cwd);
    return await hostkey(asked.hostkey, {
      ...{ project: projectIn(folder), fetch: fetchHostKey, set: configSetterIn(folder), ask, print, say, width },
      color: usesColor(asked.hostkey.color, process.env, stdout.isTTY),
    });
  }
  if ("oauth" in asked) {
    const { oauth } = await import("./oauth.ts");
    const folder = folderOf(asked.oauth.cwd);
    return await oauth(asked.oauth, {
      ...{ pulumi: pulumiIn(folder), project: projectIn(folder), set: configSetterIn(folder), hidden, print },
      ...{ env: process.env, input: process.stdin, interrupted: interruption(), now: () => performance.now() / 1000 },
      say: (text) => void stderr.write(`${text}\n`),
      wait: (seconds, signal) => sleep(seconds * 1000, undefined, { signal }),
    });
  }
  const { request } = asked;
  const folder = folderOf(request.cwd);
  const world = {
    pulumi: pulumiIn(folder),
    project: projectIn(folder),
    look,
    call,
    print,
    say,
    progress,
    width,
    color: usesColor(request.color, process.env, stdout.isTTY),
    now: () => Date.now() / 1000,
  };
  return isCheck(request) ? await run(request, world) : await act(request, { ...world, ask });
}

/** Reads a host for `init`. */
const readOn: Run = (login, command) => runOn(login, command, { time: 20_000, bytes: LONGEST_ANSWER });

const call: Call = (login, words, seconds, stdin) =>
  runOn(login, verbCommand(words, login.user), { time: seconds * 1000, bytes: LONGEST_ANSWER }, stdin);

/** What a rollout touches. */
function rolloutWorld({ cwd, color }: { readonly cwd: string; readonly color?: boolean }): RolloutWorld {
  const folder = folderOf(cwd);
  const size = () => ({ rows: stderr.rows ?? 24, columns: stderr.columns ?? 80 });
  const write = (text: string) => void stderr.write(text);
  return {
    ...{ pulumi: pulumiIn(folder), project: projectIn(folder), look, call, ask, print, version },
    terminal: stderr.isTTY && !process.env.CI ? { size, write } : undefined,
    env: process.env,
    say: (text) => void stderr.write(`${text}\n`),
    color: usesColor(color, process.env, stderr.isTTY),
  };
}

/** What the user answers to a question; undefined where nobody is there. */
const line = process.stdin.isTTY
  ? async (question: string) => {
      const terminal = createInterface({ input: process.stdin, output: stderr });
      const answer = await terminal.question(question);
      terminal.close();
      return answer;
    }
  : undefined;

/** The same, with an answer that is not shown. */
const hidden =
  line &&
  ((question: string, signal?: AbortSignal) => askHidden(question, { input: process.stdin, output: stderr }, signal));

const ask: Reach["ask"] = line && (async (question) => /^y(es)?$/i.test((await line(`${question} [y/N] `)).trim()));

/** Ctrl-C, for a command that has something to say before its end. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.on("SIGINT", () => interrupted.abort());
  return interrupted.signal;
}

/** The names of stacks and hosts that a completion offers; none where there is no project. */
function namesIn(cwd: string): Names {
  try {
    const { stacks, file } = projectIn(folderOf(cwd));
    const hosts = stacks.flatMap((stack) => hostsInFile(file(stack) ?? "").hosts?.map(({ name }) => name) ?? []);
    return { stacks, hosts: [...new Set(hosts)] };
  } catch {
    return { stacks: [], hosts: [] };
  }
}

/** An error that nobody has thought of. Its message may hold a secret; its place in the code does not. */
function reportFault(error: unknown): number {
  const { name, stack = "" } = error instanceof Error ? error : new Error();
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  say([`${name}, which is a fault of ${PROGRAM} ${version}; please report it with these lines`, ...frames].join("\n"));
  return FAULT;
}

// Nobody reads on, or the disk is full: what is not told is not known.
stdout.on("error", () => process.exit(2));

main()
  .catch((error) => {
    progress("");
    if (!(error instanceof Refusal)) return reportFault(error);
    say(error.message);
    return error.code;
  })
  .then((code) => {
    process.exitCode = code;
  });
