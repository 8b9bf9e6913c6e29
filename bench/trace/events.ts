// What the engine says while it works, with the time at which it says it: its own times are whole seconds.

import { constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { must } from "../../lab/shell.ts";

/** One event of the engine. */
export interface EngineEvent {
  /** Seconds, on the clock of `Followed`. */
  readonly at: number;
  /** A resource begins, or is done; a line of the log; the end of the update. */
  readonly kind: "begin" | "done" | "line" | "summary";
  /** Of a resource: what happens to it, its type, and its name. */
  readonly op?: string;
  readonly type?: string;
  readonly name?: string;
  /** Of a line. */
  readonly text?: string;
}

interface Metadata {
  readonly metadata: { readonly op: string; readonly urn: string };
}

/** The event in a line of `pulumi up --event-log`; undefined for others. */
export function engineEvent(line: string, at: number): EngineEvent | undefined {
  const { resourcePreEvent, resOutputsEvent, diagnosticEvent, summaryEvent } = JSON.parse(line) as {
    resourcePreEvent?: Metadata;
    resOutputsEvent?: Metadata;
    diagnosticEvent?: { message: string };
    summaryEvent?: object;
  };
  const resource = resourcePreEvent ?? resOutputsEvent;
  if (resource) {
    const { op, urn } = resource.metadata;
    const [, , types = "", ...name] = urn.split("::");
    return {
      at,
      kind: resourcePreEvent ? "begin" : "done",
      op,
      type: types.split("$").at(-1),
      name: name.join("::"),
    };
  }
  if (diagnosticEvent) return { at, kind: "line", text: diagnosticEvent.message };
  return summaryEvent && { at, kind: "summary" };
}

/** Seconds of CLOCK_MONOTONIC. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e9;

/** A pipe for the events of one run. */
export class Events {
  readonly path: string;
  readonly all: EngineEvent[] = [];
  readonly #socket: Socket;

  private constructor(path: string) {
    this.path = path;
    // Both ends are open here, so it waits for no writer, and none ends it.
    this.#socket = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
    createInterface({ input: this.#socket }).on("line", (line) => {
      const event = engineEvent(line, monotonic());
      if (event) this.all.push(event);
    });
  }

  /** Makes it in a folder. */
  static async open(folder: string): Promise<Events> {
    const path = join(folder, "events");
    await must("mkfifo", [path]);
    return new Events(path);
  }

  close(): void {
    this.#socket.destroy();
    rmSync(this.path);
  }
}
