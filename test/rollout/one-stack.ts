// A worker that does the job of one stack, as a process of its own, so that a test can kill it. It prints the result.

import { runStack } from "../../src/rollout/stack.ts";

const [jobs = "", stack = "", timeout = ""] = process.argv.slice(2);
const task = { rollout: "r", stack, fingerprint: "f", start: 1, timeout: Number(timeout) };
const place = { jobs, cwd: jobs, env: process.env, fingerprint: () => "f", tell: () => {} };
process.stdout.write(JSON.stringify(await runStack(task, place)));
