// A host that only records what a program of some kind tells it.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { quietDns } from "../../../lab/engine/pulumi.ts";
import type { HostReport } from "../../../src/drift/host-report.ts";
import { inSync } from "../../support/looks.ts";
import { inOrder, startRecordingHost } from "../recorder/host.ts";
import type { Program, Surroundings } from "./program.ts";
import type { How } from "./values.ts";

/** A kind of program. */
export interface Kind {
  readonly name: string;
  readonly open: (around?: Surroundings) => Promise<Program>;
  /** How this language gives a value, beside plainly. */
  readonly ways: readonly How[];
  /** Whether an object may come like that, too. */
  readonly objects: readonly How[];
  /** Whether an error of the program ends the steps; to the plugin it is not told. */
  readonly stops: boolean;
}

/** A recording host, and programs that talk to it. */
export async function openRecording() {
  const { sshd, folder } = await startRecordingHost();
  afterAll(() => sshd.close());
  const file = (name: string) => join(folder, name);
  const lines = (name: string): string[] => {
    const text = existsSync(file(name)) ? readFileSync(file(name), "utf8") : "";
    rmSync(file(name), { force: true });
    return text.split("\n").filter(Boolean);
  };
  const login = { user: sshd.user, privateKey: sshd.privateKey, hostKey: sshd.hostKey };
  const args = (more: object = {}) => ({
    connection: { host: "127.0.0.1", port: sshd.port, ...login, dialErrorLimit: 0 },
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    credentials: { username: "user", password: "correct horse" },
    testDelivery: { to: "ops@example.org" },
    ...more,
  });
  return {
    sshd,
    /** Lets a program ask the lab's DNS. */
    dns: {
      ...quietDns,
      LAB_DNS: sshd.lab.record.net.gateway,
    },
    args,
    commands: () => inOrder(lines("commands")),
    looks: () => lines("looks").length,
    /** The commands that fail from now on, as a pattern of their lines; none without one. */
    fails(pattern?: string): void {
      if (pattern === undefined) rmSync(file("fail"), { force: true });
      else writeFileSync(file("fail"), `${pattern}\n`);
    },
    /** What the host answers to a look, and after how many seconds; undefined: nothing of ours is there. */
    answers(report: string | undefined, delay = 0): void {
      for (const [name, text] of [
        ["check", report],
        ["delay", delay || undefined],
      ] as const)
        if (text === undefined) rmSync(file(name), { force: true });
        else writeFileSync(file(name), `${text}\n`);
    },
  };
}

/** What an honest host prints when it is looked at, with or without drift. */
export const report = (more: Partial<HostReport> = {}): string => JSON.stringify(inSync({ owner: "", ...more }));
