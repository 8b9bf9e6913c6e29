import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost, LabRelay } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";

/** What became of the messages that a host has accepted. */
export interface Count {
  accepted: number;
  delivered: number;
  queued: number;
  missing: number;
  /** Messages at the relay a second time. */
  twice: number;
  bounced: number;
}

/** Submits numbered messages on a host, a few each second, as its applications would. */
export class Sender {
  readonly #host: LabHost;
  readonly #run: string;

  private constructor(host: LabHost, run: string) {
    this.#host = host;
    this.#run = run;
  }

  /**
   * Starts it, as a user of the host. `run` is in each recipient's address; the sender stops by itself after some
   * minutes.
   */
  static async start(host: LabHost, run: string, { every = 0.25, user = "root" } = {}): Promise<Sender> {
    const loop = `i=0
      while [ ! -e /var/tmp/${run}.stop ] && [ $i -lt 1000 ]; do
        i=$((i + 1))
        printf 'Subject: message %s\\n\\nx\\n' $i | /usr/sbin/sendmail -i -f root@web.example.com ${run}-$i@example.org &&
          file=accepted || file=refused
        echo ${run}-$i >> /var/tmp/${run}.$file
        sleep ${every}
      done`;
    await host.must(`systemd-run --quiet --collect --uid=${user} --unit=sender-${run} sh -c "$(cat)"`, { input: loop });
    return new Sender(host, run);
  }

  /** The messages of another program, which runs in the unit `sender-RUN` and notes them as this one does. */
  static of(host: LabHost, run: string): Sender {
    return new Sender(host, run);
  }

  /** Names of the messages whose submission succeeded so far. */
  get accepted(): string[] {
    return this.#names("accepted");
  }

  /** Names of the messages that sendmail did not take, with an exit code that says so. */
  get refused(): string[] {
    return this.#names("refused");
  }

  /** Waits until so many more messages are accepted, or refused. */
  async more(count: number, what: "accepted" | "refused" = "accepted"): Promise<void> {
    const before = this[what].length;
    await until(`${count} more messages ${what}`, () => this[what].length >= before + count, { seconds: 60 });
  }

  #names(what: string): string[] {
    const file = join(this.#host.root, `var/tmp/${this.#run}.${what}`);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  }

  /** Whether it is still there: a boot ends it. */
  async runs(): Promise<boolean> {
    return (await this.#host.run(`systemctl --quiet is-active sender-${this.#run}`)).code === 0;
  }

  /** Ends it; the last message is submitted then. */
  async stop(): Promise<void> {
    const unit = `sender-${this.#run}`;
    await this.#host.must(
      `touch /var/tmp/${this.#run}.stop; while systemctl --quiet is-active ${unit}; do sleep 0.1; done`,
    );
  }

  /** Counts its messages at these relays and in the queue. */
  async count(...relays: LabRelay[]): Promise<Count> {
    const accepted = new Set(this.accepted);
    const queue = (await this.#host.must("postqueue -j 2> /dev/null || :")).split("\n").filter(Boolean);
    const waiting = queue.flatMap((line) =>
      (JSON.parse(line).recipients as { address: string }[]).map(({ address }) => name(address)),
    );
    const all = (await Promise.all(relays.map((relay) => relay.messages()))).flat();
    const there = all.flatMap(({ recipients }) => recipients.map(name)).filter((id) => id.startsWith(`${this.#run}-`));
    const delivered = new Set(there);
    const lines = (await this.#host.run(`journalctl -q -o cat | grep -c '${this.#run}-.*status=bounced'`)).stdout;
    return {
      accepted: accepted.size,
      delivered: [...accepted].filter((id) => delivered.has(id)).length,
      queued: [...accepted].filter((id) => waiting.includes(id) && !delivered.has(id)).length,
      missing: [...accepted].filter((id) => !delivered.has(id) && !waiting.includes(id)).length,
      twice: there.length - delivered.size,
      bounced: Number(lines) + all.filter(({ sender, raw }) => sender === "" && raw.includes(`${this.#run}-`)).length,
    };
  }
}

const name = (address: string) => address.split("@")[0] ?? "";

/**
 * Flushes the queue until it is empty, again every two seconds: what has just failed, or was put off, is left alone for
 * a while otherwise.
 */
export async function drain(host: LabHost): Promise<void> {
  await host.must(`for flush in $(seq 30); do
    [ $flush != 8 ] || postsuper -r ALL deferred
    postqueue -f
    for look in $(seq 10); do queue=$(postqueue -j) && [ -z "$queue" ] && exit 0; sleep 0.2; done
  done
  echo "not empty within a minute: $queue" >&2; exit 1`);
}
