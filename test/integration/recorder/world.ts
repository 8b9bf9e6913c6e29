// The real engine and the real component, against a host that only records its commands.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Sshd } from "../../../lab/engine/sshd.ts";
import { Stack } from "../stack.ts";
import { inOrder, startRecordingHost } from "./host.ts";

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

/** One SSH server that stands for all hosts, and a stack. */
export class Recorder {
  readonly sshd: Sshd;
  readonly stack: Stack;
  readonly #folder: string;

  private constructor(folder: string, sshd: Sshd, stack: Stack) {
    this.#folder = folder;
    this.sshd = sshd;
    this.stack = stack;
  }

  /** What a file of tests begins with. All of it is removed after its tests. */
  static async open(): Promise<Recorder> {
    const { sshd, folder } = await startRecordingHost();
    const stack = await Stack.create("s", { program: "export {};\n" });
    afterAll(async () => {
      stack.remove();
      await sshd.close();
    });
    return new Recorder(folder, sshd, stack);
  }

  /**
   * Sets the program. It has `args(HOST)`, the arguments of a Relay, and `Web`, a component around others, of the type
   * `Web` or another.
   */
  program(text: string): void {
    const { port, user, privateKey, hostKey } = this.sshd;
    const head = before({
      connection: { port, user, privateKey, hostKey, dialErrorLimit: 0 },
      domain: "example.com",
      relayHost: { host: "smtp.example.net" },
      credentials: { username: "user", password: "secret" },
      testDelivery: { to: "ops@example.org" },
      // A look would be recorded like a step.
      drift: "off",
    });
    writeFileSync(join(this.stack.folder, "stacks/index.ts"), `${head}${text}\n`);
  }

  /** The commands since the last call: verb, owner, kinds of resources. */
  commands(): string[] {
    const file = join(this.#folder, "commands");
    const lines = readdirSync(this.#folder).includes("commands") ? readFileSync(file, "utf8").trim().split("\n") : [];
    rmSync(file, { force: true });
    return inOrder(lines);
  }

  /** The steps of an owner that have run on its host and are not undone. */
  done(owner: string): string[] {
    const folder = owner.replaceAll("/", "_");
    return readdirSync(this.#folder).includes(folder) ? readdirSync(join(this.#folder, folder)).sort() : [];
  }

  /** Sets what the hosts do: the answer to a look, commands that fail, a greeting, JSON for the report, no report. */
  behave(how: "check" | "fail" | "greeting" | "notes" | "refusal" | "silent", text?: string): void {
    const file = join(this.#folder, how);
    if (text === undefined) rmSync(file, { force: true });
    else writeFileSync(file, `${text}\n`);
  }

  /** Empties hosts and state. */
  async clear(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    mkdirSync(this.#folder);
    await this.stack.destroy();
    this.commands();
  }
}
