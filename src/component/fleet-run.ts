// One update of a fleet: what its hosts have come to, told once for all of them.

import type * as pulumi from "@pulumi/pulumi";
import { grouped, listed, type Outcome, reasonOf, summaryText, wavesText } from "./fleet-summary.ts";
import { show } from "./look-ups.ts";

/** A host of a fleet, as its Relay reports to it. */
export interface Member {
  /** All its steps are done. */
  readonly proven: () => void;
  /**
   * A step has failed. It resolves when the fleet has told so: until then the engine waits, and starts the steps of
   * other hosts that have begun.
   */
  readonly failed: (errors: readonly string[]) => Promise<void>;
  /** The host was looked at; with a reason why it could not be compared. Each host says this once. */
  readonly looked: (unknown?: string) => void;
}

/**
 * Milliseconds that a failure waits for the other hosts of its wave, so that they are told together. More would hold
 * an update back that has one step at a time.
 */
const PATIENCE = 5000;

/** The members of a fleet, by wave. `tell` is where its words go. */
export class FleetRun {
  readonly #waves: readonly (readonly string[])[];
  readonly #outcomes = new Map<string, Outcome>();
  readonly #tell: (severity: "warning" | "note", text: string) => void;
  readonly #changed: (() => void)[] = [];
  readonly #told = new Set<number>();
  readonly #looks = new Map<number, { name: string; reason?: string }[]>();

  constructor(waves: readonly (readonly string[])[], tell: (severity: "warning" | "note", text: string) => void) {
    this.#waves = waves;
    this.#tell = tell;
  }

  /** Says before an update which hosts are changed one after the other. */
  announce(): void {
    const text = wavesText(this.#waves);
    if (text) this.#tell("note", text);
  }

  member(name: string, wave: number): Member {
    return {
      proven: () => this.#settle(name, { proven: true }),
      failed: async (errors) => {
        this.#settle(name, { failed: reasonOf(errors) });
        await this.#wavesEnd(wave);
        if (this.#told.has(wave)) return;
        this.#told.add(wave);
        this.#tell("warning", summaryText(this.#waves, wave, this.#outcomes));
      },
      looked: (reason) => this.#looked(name, wave, reason),
    };
  }

  #settle(name: string, outcome: Outcome): void {
    this.#outcomes.set(name, outcome);
    for (const check of this.#changed) check();
  }

  /** Resolves when each host of the wave has an outcome, and in any case soon. */
  #wavesEnd(wave: number): Promise<void> {
    const names = this.#waves[wave] ?? [];
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      const check = () => {
        if (!names.every((name) => this.#outcomes.has(name))) return;
        clearTimeout(timer);
        resolve();
      };
      this.#changed.push(check);
      check();
    });
  }

  /** When the last host of a wave was looked at: one text for each reason why some could not be compared. */
  #looked(name: string, wave: number, reason: string | undefined): void {
    const looks = [...(this.#looks.get(wave) ?? []), { name, reason }];
    this.#looks.set(wave, looks);
    const names = this.#waves[wave] ?? [];
    if (looks.length < names.length) return;
    const unknown = looks
      .flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }]))
      .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    for (const { names: same, reason } of grouped(unknown)) {
      const who = same.length === 1 ? same[0] : `${same.length} of ${names.length} hosts (${listed(same)})`;
      this.#tell("warning", `${who} could not be checked for drift: ${reason}.`);
    }
  }
}

/** The key of what a fleet gives to its Relays beside their arguments: Pulumi registers no property under a symbol. */
const MEMBER = Symbol("member");

/** The arguments of a Relay together with its place in the fleet. */
export const withMember = <T extends object>(args: T, member: Member): T => ({ ...args, [MEMBER]: member });

/** The place of a Relay in its fleet; undefined where it stands alone. */
export const memberOf = (args: object): Member | undefined => (args as { readonly [MEMBER]?: Member })[MEMBER];

/** Where the words of a fleet go. */
export const tellAbout =
  (fleet: pulumi.Resource) =>
  (severity: "warning" | "note", text: string): void =>
    show(severity, text, fleet);
