// What the tests of `command:remote:Command` share: the engine, an SSH server for each file, a project for each test.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { type Engine, engine } from "./index.ts";
import { Project, type Resource } from "./project.ts";
import { type Sshd, startSshd } from "./sshd.ts";

/** Sets everything up for the tests of one file. */
export function commandTests() {
  // Each run of the engine takes about two seconds on an idle machine.
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 1_200_000 });
  const shared = {} as { lab: Engine; sshd: Sshd; project: Project };
  beforeAll(async () => {
    shared.lab = await engine({ log: console.log });
    shared.sshd = await startSshd();
  });
  afterAll(() => shared.sshd?.close());
  beforeEach(async () => {
    shared.project = await Project.make(shared.lab);
  });
  afterEach(() => shared.project?.close());

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
