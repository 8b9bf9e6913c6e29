// The command `postfix-relay` with a real stack and two real hosts.

import { join } from "node:path";
import { expect } from "vitest";
import { type Ran, run } from "../../lab/shell.ts";
import type { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

export type Env = Record<string, string | undefined>;

/** Where the command is. */
export const program = join(import.meta.dirname, "../../src/cli/main.ts");

export async function openCommandLine() {
  const { world, relay, web, db } = await openWorld({ web: {}, db: {} });
  const password = "poison-Qe7Lk2";
  /** All that was printed. */
  const said: Ran[] = [];

  /** Sets the hosts up; the marks of all that is secret go with the stack. */
  async function open(): Promise<{ stack: Stack; marks: string[] }> {
    await relay.setUsers([{ username: "relayuser", password }]);
    const stack = await world.stack("prod", relay, [web, db], { user: "deploy" });
    await stack.secret("postfix-relay:credentials.password", password);
    const marks = [password, world.lab.key.private.split("\n")[2] ?? "", String(stack.env.PULUMI_CONFIG_PASSPHRASE)];
    for (const mark of marks) expect(mark.length).toBeGreaterThan(10);
    const up = await stack.up();
    expect(up.code, up.text).toBe(0);
    return { stack, marks };
  }

  /** Runs the command in the project's folder, into pipes. */
  async function command(
    stack: Stack,
    args: string,
    { cwd = stack.folder, env = {} }: { cwd?: string; env?: Env } = {},
  ) {
    // A variable that is undefined is not there.
    const own = { ...stack.env, ...env } as Record<string, string>;
    const ran = await run(process.execPath, [program, ...args.split(" ").filter(Boolean)], { cwd, env: own });
    said.push(ran);
    return ran;
  }

  return { relay, web, db, said, open, command };
}
