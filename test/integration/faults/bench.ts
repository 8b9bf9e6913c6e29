import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost, LabRelay } from "../../../lab/index.ts";
import { type Process, processes } from "../../../lab/processes.ts";
import type { PulumiResult, Stack } from "../stack.ts";
import { World } from "../world.ts";
import { Breakpoint, type Place, type Stopped } from "./breakpoint.ts";
import { accounts } from "./own.ts";

const checkout = join(import.meta.dirname, "../../..");

/** A host that was set up by a stack, and the ways to change and to disturb it. */
export class Bench {
  readonly world: World;
  readonly relay: LabRelay;
  readonly host: LabHost;
  readonly stack: Stack;
  #changes = 0;

  private constructor(world: World, relay: LabRelay, host: LabHost, stack: Stack) {
    this.world = world;
    this.relay = relay;
    this.host = host;
    this.stack = stack;
  }

  static async open(name: string, config: Record<string, unknown> = {}): Promise<Bench> {
    const world = await World.open();
    const packages = ["postfix", "libsasl2-modules"];
    const [relay, host] = await Promise.all([
      world.relay(),
      world.lab.host({ release: "bookworm", name: "web", packages }),
    ]);
    const testDelivery = { to: "ops@example.org", timeoutSeconds: 15 };
    const stack = await world.stack(name, relay, [host], { testDelivery, ...config });
    // A copy of the program, so that the host tool can be changed too.
    for (const folder of ["src", "stacks"]) {
      rmSync(join(stack.folder, folder));
      cpSync(join(checkout, folder), join(stack.folder, folder), { recursive: true });
    }
    return new Bench(world, relay, host, stack);
  }

  /** The same, for a stack with another program. */
  static of(world: World, relay: LabRelay, host: LabHost, stack: Stack): Bench {
    return new Bench(world, relay, host, stack);
  }

  /** Sets plain values in the config file, by the last part of their keys. */
  config(values: Record<string, string | number>): void {
    let text = readFileSync(this.stack.configFile, "utf8");
    for (const [key, value] of Object.entries(values)) {
      const at = new RegExp(`((?:^ +postfix-relay:|")${key}"?: )("[^"]*"|[^ ,}\n]+)`, "m");
      if (!at.test(text)) throw new Error(`no ${key} in\n${text}`);
      text = text.replace(at, `$1${JSON.stringify(value)}`);
    }
    writeFileSync(this.stack.configFile, text);
  }

  /** Changes something for each step: the host tool, main.cf and the account. */
  changeAll(): void {
    this.#changes++;
    const module = "src/host/tool/verbs/main.sh";
    const text = readFileSync(join(checkout, module), "utf8");
    writeFileSync(
      join(this.stack.folder, module),
      text.replace("usage()", `change_${this.#changes}() { :; }\nusage()`),
    );
    this.config({
      domain: `change-${this.#changes}.example.com`,
      username: accounts[this.#changes % 2] ?? "",
    });
  }

  up(): Promise<PulumiResult> {
    return this.stack.up();
  }

  /** Runs `up`, and does something to the tool at a place. */
  async upTo(place: Place, then: (stopped: Stopped) => Promise<void> | void, ...args: string[]): Promise<PulumiResult> {
    return await new Breakpoint(this.host, place).during(this.stack.up(...args), then);
  }

  /** Kills `pulumi` with all its plugins, as a laptop that loses its power does. */
  killEngine(): void {
    this.#kill(processes());
  }

  /** Kills `pulumi` alone, as an impatient user does; its plugins stay. */
  killPulumi(): void {
    this.#kill(processes().filter(({ name }) => name === "pulumi"));
  }

  #kill(among: Process[]): void {
    const mark = `file://${join(this.stack.folder, "state")}\0`;
    for (const { pid } of among) {
      try {
        if (readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) process.kill(pid, "SIGKILL");
      } catch {
        // It has ended, or has no environment.
      }
    }
  }

  /** What `postrelay status` prints. */
  async status(): Promise<Record<string, string>> {
    return JSON.parse(await this.host.must("postrelay status"));
  }

  async close(): Promise<void> {
    await this.world.close();
  }
}
