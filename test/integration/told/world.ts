// The real engine and the real component, against hosts that only note what they are told: for the order of things.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { type Sshd, sshdMissing, startSshd } from "../../lab/engine/sshd.ts";
import { Stack } from "../stack.ts";

/** A test that is left out, with its reason, where no SSH server can run. */
export const row = test.skipIf(sshdMissing() !== undefined);

const before = (arguments_: object) => `
import * as pulumi from "@pulumi/pulumi";
import { Relay, RelayFleet } from "../src/index.ts";
const args = (host = "127.0.0.1", more = {}) => {
  const { connection, ...others } = ${JSON.stringify(arguments_)};
  return { ...others, connection: { host, ...connection }, ...more };
};
class Web extends pulumi.ComponentResource {
  constructor(name, make, opts, type = "Web") {
    super(\`test:index:\${type}\`, name, {}, opts);
    make(this);
  }
}
`;

/** One server that stands for all hosts, and a stack. */
export class Told {
  readonly sshd: Sshd;
  readonly stack: Stack;
  readonly #folder: string;

  private constructor(folder: string, sshd: Sshd, stack: Stack) {
    this.#folder = folder;
    this.sshd = sshd;
    this.stack = stack;
  }

  /** What a file of tests begins with; all of it is gone when its tests are over. */
  static async open(): Promise<Told> {
    if (sshdMissing()) return undefined as never; // no test of the file runs
    const folder = mkdtempSync(join(tmpdir(), "told-"));
    const script = join(import.meta.dirname, "host.sh");
    const sshd = await startSshd({ command: `sh '${script}' '${folder}'` });
    const told = new Told(folder, sshd, await Stack.create("s", { program: "export {};\n" }));
    afterAll(() => told.close());
    return told;
  }

  /** The program from now on. It has `args(HOST)`, the arguments of a Relay, and `Web`, a component around others, whose type can be another. */
  program(text: string): void {
    const { port, user, privateKey, hostKey } = this.sshd;
    const head = before({
      connection: { port, user, privateKey, hostKey, dialErrorLimit: 0 },
      domain: "example.com",
      relayHost: { host: "smtp.example.net" },
      credentials: { username: "user", password: "secret" },
      testDelivery: { to: "ops@example.org" },
    });
    writeFileSync(join(this.stack.folder, "stacks/index.ts"), `${head}${text}\n`);
  }

  /** What the hosts were told since the last call: verb, owner, kinds of resources. */
  news(): string[] {
    const file = join(this.#folder, "told");
    const lines = readdirSync(this.#folder).includes("told") ? readFileSync(file, "utf8").trim().split("\n") : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** The steps that are done on the host of an owner, and not undone. */
  done(owner: string): string[] {
    const folder = owner.replaceAll("/", "_");
    return readdirSync(this.#folder).includes(folder) ? readdirSync(join(this.#folder, folder)).sort() : [];
  }

  /** What the hosts do from now on: a pattern of lines that fail, a greeting, JSON for the report, no report at all. */
  behave(how: "fail" | "greeting" | "notes" | "silent", text?: string): void {
    const file = join(this.#folder, how);
    if (text === undefined) rmSync(file, { force: true });
    else writeFileSync(file, `${text}\n`);
  }

  /** Forgets all, hosts and state. */
  async clear(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    mkdirSync(this.#folder);
    await this.stack.destroy();
    this.news();
  }

  async close(): Promise<void> {
    this.stack.remove();
    await this.sshd.close();
    rmSync(this.#folder, { recursive: true });
  }
}
