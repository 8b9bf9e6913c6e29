#!/usr/bin/env node
// The command `postfix-relay`: arguments, terminal and processes of this machine, for what the other files do.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Looks } from "../deliverability/dns.ts";
import { look } from "../drift/look.ts";
import { here } from "../host/here.cjs";
import { PROGRAM, readArguments } from "./arguments.ts";
import { pulumiIn } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import { run } from "./run.ts";
import { usesColor } from "./terminal.ts";
import { runVerdict } from "./verdict.ts";

const { version } = JSON.parse(readFileSync(join(here, "../../package.json"), "utf8"));
const { stdout, stderr } = process;

const say = (text: string) => void stderr.write(`${PROGRAM}: ${text}\n`);
const progress = (text: string) => void (stderr.isTTY && stderr.write(`\r\x1b[K${text}`));

/** Addresses are judged outside of any project. */
const noPulumi = () => Promise.reject(new Error("no stack is asked for"));

async function main(): Promise<number> {
  const { request, text, ...answer } = await readArguments(process.argv.slice(2), version);
  if (!request) {
    const { code } = answer as { code: number };
    (code === 0 ? stdout : stderr).write(`${text}\n`);
    return code;
  }
  const print = (text: string) => void stdout.write(text);
  if (request.command === "verdict") {
    const pulumi = request.addresses.length > 0 ? noPulumi : pulumiIn(request.cwd);
    return await runVerdict(request, { pulumi, looks: new Looks(), print });
  }
  return await run(request, {
    pulumi: pulumiIn(request.cwd),
    look,
    print,
    say,
    progress,
    width: (stdout.isTTY && stdout.columns) || Infinity,
    color: usesColor(request.color, process.env, stdout.isTTY),
    now: () => Date.now() / 1000,
  });
}

/** An error that nobody has thought of. Its message may hold a secret; its place in the code does not. */
function reportFault(error: unknown): number {
  const { name, stack = "" } = error instanceof Error ? error : new Error();
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  say([`${name}, which is a fault of ${PROGRAM} ${version}; please report it with these lines`, ...frames].join("\n"));
  return 70;
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
