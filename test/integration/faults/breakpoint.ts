import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../../../lab/index.ts";
import { type Process, processesIn } from "../../../lab/processes.ts";
import { until } from "../../../lab/until.ts";

/** A command of the host tool to stop at: the first call whose arguments match the pattern of the shell's `case`. */
export interface Place {
  command: string;
  arguments: string;
}

/**
 * Stops the host tool exactly where a fault is wanted: a command of that name, put before the real one in the tool's
 * PATH, suspends itself at the first call that matches.
 */
export class Breakpoint {
  readonly #host: LabHost;
  readonly #file: string;
  readonly #mark: string;

  constructor(host: LabHost, place: Place) {
    this.#host = host;
    this.#mark = join(host.root, "var/tmp/stopped");
    rmSync(this.#mark, { recursive: true, force: true });
    this.#file = join(host.root, "usr/local/bin", place.command);
    const real = `PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${place.command}`;
    const text = `#!/bin/sh
case "$*" in
${place.arguments.replaceAll(" ", "\\ ")}) ! mkdir /var/tmp/stopped 2> /dev/null || kill -STOP $$ ;;
esac
exec "$(${real})" "$@"
`;
    writeFileSync(this.#file, text, { mode: 0o755 });
  }

  /** Waits until the tool is stopped there. */
  async hit(): Promise<Stopped> {
    const what = `${this.#host.name} comes to ${this.#file}`;
    return await until(what, () => existsSync(this.#mark) && stopped(this.#host, this.#file), {
      seconds: 90,
      every: 10,
    });
  }

  /** Waits until a run gets here, does something to the tool, and returns the result of the run. */
  async during<Result extends { text?: string; stderr?: string }>(
    run: Promise<Result>,
    then: (stopped: Stopped) => Promise<void> | void,
  ): Promise<Result> {
    const early = run.then(({ text, stderr }) =>
      Promise.reject(new Error(`${this.#file}: not run\n${text ?? stderr}`)),
    );
    early.catch(() => {});
    try {
      await then(await Promise.race([this.hit(), early]));
    } finally {
      this.remove();
    }
    return await run;
  }

  /** Takes the breakpoint away; what it stopped stays stopped. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

function stopped(host: LabHost, file: string): Stopped | undefined {
  const path = file.slice(host.root.length);
  const at = processesOf(host).find(({ state, cmdline }) => state === "T" && cmdline.includes(path));
  return at && new Stopped(host, at);
}

/** The host tool, suspended in the middle of its work. */
export class Stopped {
  readonly #host: LabHost;
  readonly #at: Process;
  readonly #sshd: number;
  readonly #tool: number[];

  constructor(host: LabHost, at: Process) {
    this.#host = host;
    this.#at = at;
    const all = processesOf(host);
    const above = [at];
    for (;;) {
      const parent = all.find(({ pid }) => pid === above.at(-1)?.parent);
      if (!parent || parent.name.startsWith("sshd")) break;
      above.push(parent);
    }
    const top = above.at(-1) as Process;
    this.#sshd = top.parent;
    const below = [top.pid];
    for (const pid of below) below.push(...all.filter(({ parent }) => parent === pid).map(({ pid }) => pid));
    this.#tool = below;
  }

  /** Lets the tool go on. */
  resume(): void {
    process.kill(this.#at.pid, "SIGCONT");
  }

  /** Kills the tool and all that it has started, as at one time: none of them can tidy up after another one. */
  kill(): void {
    for (const pid of this.#tool) signal(pid, "SIGSTOP");
    for (const pid of this.#tool.toReversed()) signal(pid, "SIGKILL");
  }

  /** Ends the SSH connection that the tool was started through. */
  disconnect(): void {
    signal(this.#sshd, "SIGKILL");
  }

  /** Lets the tool go on to its end. */
  async finish(): Promise<void> {
    this.resume();
    await this.end();
  }

  /** Waits until the tool is gone. */
  async end(): Promise<void> {
    const alive = () => processesOf(this.#host).some(({ pid }) => this.#tool.includes(pid));
    await until(`end of the tool on ${this.#host.name}`, () => !alive(), { seconds: 90 });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** The processes of a host. */
export const processesOf = (host: LabHost): Process[] => processesIn(host.record.group);
