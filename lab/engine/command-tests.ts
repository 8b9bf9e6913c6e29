// What the tests of the engine share.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, vi } from "vitest";
import { type Engine, engine } from "./index.ts";
import { Project, type Resource } from "./project.ts";
import { startSshd } from "./sshd.ts";

/** What a file of tests of the engine begins with: the engine, and a project for each test. */
export async function engineTests() {
  // Each run of the engine takes about two seconds on an idle machine.
  vi.setConfig({ testTimeout: 180_000 });
  const shared = { lab: await engine({ log: console.log }) } as { lab: Engine; project: Project };
  beforeEach(async () => {
    shared.project = await Project.make(shared.lab);
  });
  afterEach(() => shared.project?.close());
  return shared;
}

/** The same, with an SSH server. */
export async function commandTests() {
  const shared = Object.assign(await engineTests(), { sshd: await startSshd() });
  afterAll(() => shared.sshd.close());
  const connection = (more: Record<string, unknown> = {}) => ({
    host: "127.0.0.1",
    port: shared.sshd.port,
    user: shared.sshd.user,
    privateKey: shared.sshd.privateKey,
    hostKey: shared.sshd.hostKey,
    dialErrorLimit: 0,
    ...more,
  });
  return {
    t: shared,
    /** A connection that works, with changes. */
    connection,
    command: (name: string, args: Record<string, unknown>, more: Partial<Resource> = {}): Resource => ({
      name,
      args: { connection: connection(), ...args },
      ...more,
    }),
    /** A file on the "host", to see which commands ran in which order. */
    journal: () => {
      const file = join(shared.sshd.folder, `journal-${Math.random().toString(36).slice(2)}`);
      return { file, lines: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []) };
    },
  };
}
