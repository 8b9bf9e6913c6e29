// Where a server of our own has its socket, who is in its folder, and whose turn it is to start or stop it.

import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A path of a socket may have no more bytes. */
const LONGEST = 107;

/** Whether a process has its working folder there, as each of PostgreSQL has. */
export function someoneIn(folder: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

const nameFor = (state: string) => createHash("sha256").update(state).digest("hex").slice(0, 16);

/** A folder that is short enough for a socket, and that only this user can enter. */
export function socketFolder(state: string): string {
  const own = join(state, "socket");
  const short = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `postfix-relay-${userInfo().uid}-${nameFor(state)}`);
  const folder = Buffer.byteLength(join(own, ".s.PGSQL.5432.lock")) < LONGEST ? own : short;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return folder;
}

/** Waits until nobody else starts or stops the server of a state folder. The kernel releases it when we die. */
export async function only(state: string): Promise<() => void> {
  for (;;) {
    const server = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(`\0postfix-relay-${nameFor(state)}`, () => resolve(true));
    });
    if (taken) return () => void server.close();
    await sleep(50);
  }
}
