import type { LabHost, LabRelay } from "../../../lab/index.ts";
import { type Run, Steps } from "../steps.ts";
import type { World } from "../world.ts";
import { Breakpoint, type Place, type Stopped } from "./breakpoint.ts";

/** A host that the steps have set up without the engine, for faults that the engine has no part in. */
export class Own {
  readonly host: LabHost;
  readonly #steps: Steps;
  #changes = 0;

  private constructor(host: LabHost, steps: Steps) {
    this.host = host;
    this.#steps = steps;
  }

  static async open(world: World, relay: LabRelay): Promise<Own> {
    const packages = ["postfix", "libsasl2-modules"];
    const host = await world.lab.host({ release: "bookworm", name: "own", packages });
    const steps = new Steps(host, {
      domain: "example.com",
      relayHost: { host: relay.host },
      credentials: account(0),
      caCertificate: world.lab.ca,
      testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
    });
    return new Own(host, steps);
  }

  /** Changes something for each step: the host tool, main.cf and the account. */
  changeAll(): void {
    this.#changes++;
    this.#steps.upgrade();
    this.#steps.change({ domain: `change-${this.#changes}.example.com`, credentials: account(this.#changes) });
  }

  up(): Promise<Run> {
    return this.#steps.up();
  }

  /** Runs `up`, and does something to the tool at a place. */
  async upTo(place: Place, then: (stopped: Stopped) => Promise<void> | void): Promise<Run> {
    return await new Breakpoint(this.host, place).during(this.up(), then);
  }

  /** What `postrelay status` prints. */
  async status(): Promise<Record<string, string>> {
    return JSON.parse(await this.host.must("postrelay status"));
  }
}

/** The accounts that take turns. */
const account = (change: number) => ({ username: accounts[change % 2] ?? "", password: "relaypass" });

export const accounts = ["relayuser", "second"];
