// What people and programs see of a rollout while this process serves it.

import type { Plan } from "../rollout/plan.ts";
import type { Event, State } from "../rollout/states.ts";
import { frame, linesFor } from "./live.ts";

/** The people and programs that follow a rollout. */
export interface Audience {
  readonly json: boolean;
  readonly color: boolean;
  /** Prints on stdout. */
  readonly print: (text: string) => void;
  /** A line on stderr. */
  readonly say: (text: string) => void;
  /** The terminal of stderr; undefined where it is none. */
  readonly terminal:
    | { readonly size: () => { rows: number; columns: number }; readonly write: (text: string) => void }
    | undefined;
}

/** Milliseconds between two lines in a pipe, so that nobody takes it for dead. */
const HEARTBEAT = 30_000;

/** What people and programs see while it runs. */
export class Shown {
  readonly #plan: Plan;
  readonly #audience: Audience;
  readonly #running = new Map<string, number>();
  readonly #why = new Map<string, string>();
  #state: State | undefined;
  /** How far it was told before: a worker that takes over goes through all of it again. */
  #old: State | undefined;
  #height = 0;
  #said = Date.now();

  constructor(plan: Plan, audience: Audience, old: State | undefined) {
    this.#plan = plan;
    this.#audience = audience;
    this.#old = old;
  }

  tell(stack: string, what: string): void {
    if (what === "running") this.#running.set(stack, Date.now());
    else this.#running.delete(stack);
  }

  step(state: State, events: readonly Event[]): void {
    for (const event of events)
      if (event.type === "ended") for (const { stack, why } of event.results) if (why) this.#why.set(stack, why);
    const lines = linesFor(this.#plan, this.#state, state, events);
    this.#state = state;
    if (this.#old) {
      // Until it is where it was left, nothing is new.
      if (JSON.stringify(this.#old) === JSON.stringify(state)) this.#old = undefined;
      return;
    }
    this.#told(lines);
    if (this.#audience.json) {
      const { phase, wave, halt } = state;
      const results = events.flatMap((event) => (event.type === "ended" ? event.results : []));
      for (const result of results)
        this.#audience.print(`${JSON.stringify({ event: "stack", rollout: this.#plan.id, ...result })}\n`);
      if (lines.length > 0)
        this.#audience.print(
          `${JSON.stringify({ event: "rollout", rollout: this.#plan.id, phase, wave: wave + 1, why: halt?.why ?? "" })}\n`,
        );
    }
  }

  #told(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#clear();
    const time = new Date().toTimeString().slice(0, 8);
    for (const line of lines) this.#audience.say(`[${time}] ${line}`);
    this.#said = Date.now();
    this.draw();
  }

  draw(): void {
    const { terminal, color } = this.#audience;
    const scene = this.#state && {
      plan: this.#plan,
      state: this.#state,
      running: this.#running,
      why: this.#why,
      now: Date.now(),
    };
    if (!scene) return;
    if (!terminal) {
      if (Date.now() - this.#said > HEARTBEAT)
        this.#told(frame(scene, { rows: 4, columns: 200, color: false }).slice(0, 1));
      return;
    }
    const lines = frame(scene, { ...terminal.size(), color });
    this.#clear();
    terminal.write(lines.map((line) => `${line}\n`).join(""));
    this.#height = lines.length;
  }

  #clear(): void {
    if (this.#height > 0) this.#audience.terminal?.write(`\x1b[${this.#height}A\x1b[J`);
    this.#height = 0;
  }

  end(): void {
    this.#clear();
  }
}
