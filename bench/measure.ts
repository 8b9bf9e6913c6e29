// Does cases by all contestants in turn, each on hosts of its own.

import type { LabHost } from "../lab/index.ts";
import { until } from "../lab/until.ts";
import { type Case, first, inTurn } from "./cases.ts";
import type { Contestant, Managed, Scene, Wanted } from "./contestants/contestant.ts";
import { cpu, type Measured } from "./machine.ts";
import type { Row } from "./results.ts";

/** A contestant's hosts, and what was wanted of them last. */
interface Subject {
  readonly contestant: Contestant;
  readonly managed: Managed;
  wanted: Wanted;
}

/** Seconds of CPU in a run: on this machine, and on each host. */
interface Cpu {
  readonly here: number;
  readonly host: number;
}

// Ansible needs it there, and asks for it first.
const PACKAGES = ["python3", "python3-apt"];

const sum = (values: number[]) => values.reduce((sum, value) => sum + value, 0);

const loginsOn = async (host: LabHost) =>
  Number(await host.must("journalctl -q -o cat | grep -c '^Accepted publickey' || :"));

/** What is measured, and what is kept from one case to the next. */
export class Measurements {
  readonly #scene: Scene;
  /** Control group of the programs on this machine. */
  readonly #group: string | undefined;
  readonly #log: (line: string) => void;
  readonly #note: (text: string) => void;
  readonly #kept = new Map<string, Subject>();
  readonly #passwords = new Map<string, string>();
  #hosts = 0;
  #subjects = 0;

  constructor(
    scene: Scene,
    group: string | undefined,
    { log, note }: { log: (line: string) => void; note: (text: string) => void },
  ) {
    this.#scene = scene;
    this.#group = group;
    this.#log = log;
    this.#note = note;
  }

  /** All runs of one case by all contestants, in turn. One that fails is noted, and does no further run. */
  async measure(all: readonly Contestant[], one: Case): Promise<Row[]> {
    const rows = new Map<string, Row>();
    const failed = new Set<string>();
    const ways = all.flatMap((contestant) => Object.keys(contestant.ways).map((way) => ({ contestant, way })));
    for (let turn = 0; turn < one.runs; turn++) {
      for (const { contestant, way } of inTurn(ways, turn)) {
        if (failed.has(way)) continue;
        try {
          const row = rows.get(way) ?? { case: one.name, contestant: way, hosts: one.hosts, seconds: [] };
          await this.#once(contestant, way, one, row, turn);
          rows.set(way, row);
          this.#log(`${one.name}: ${way}: ${row.seconds.at(-1)?.toFixed(2)} s`);
        } catch (error) {
          failed.add(way);
          this.#note(`${one.name}: ${way} failed: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
    return [...rows.values()];
  }

  /** One run of a case, which becomes part of its row. */
  async #once(contestant: Contestant, way: string, one: Case, row: Row, turn: number): Promise<void> {
    const key = `${contestant.name} ${one.hosts}`;
    const its = await this.#subject(contestant, way, one, key);
    if (!one.fresh) {
      // What is looked at is part of what is wanted: that change is not part of the case.
      if (its.wanted.drift !== one.drift) {
        await this.#want(its, { ...its.wanted, drift: one.drift });
        await this.#run(its, way, false);
      }
      await this.#want(its, { ...one.next(its.wanted, ++this.#subjects), drift: one.drift });
    }
    const [host] = its.managed.hosts;
    const before = turn === 0 && host ? await loginsOn(host) : 0;
    const changed = one.fresh !== undefined || one.next(first, 1) !== first;
    const found = await this.#run(its, way, changed);
    row.seconds.push(found.seconds);
    row.cpu ??= { here: [], host: [] };
    row.cpu.here.push(found.here);
    row.cpu.host.push(found.host);
    row.memory = Math.max(row.memory ?? 0, found.memory);
    // The question itself is a login.
    if (turn === 0 && host) row.logins = (await loginsOn(host)) - before - 1;
    if (way === "up --skip-preview") row.state = its.managed.state?.();
    // The first of them is the host of the later cases.
    if (one.fresh === "bookworm" && !this.#kept.has(key)) this.#kept.set(key, its);
    else if (one.fresh) {
      await its.managed.close();
      for (const host of its.managed.hosts) await this.#scene.lab.discard(host);
    }
  }

  /** Who does a case: fresh hosts, or those of the cases before. */
  async #subject(contestant: Contestant, way: string, one: Case, key: string): Promise<Subject> {
    const kept = one.fresh ? undefined : this.#kept.get(key);
    if (kept) return kept;
    const made = await this.#manage(contestant, await this.#boot(one.hosts, one.fresh));
    if (!one.fresh) {
      this.#kept.set(key, made);
      await this.#run(made, way, true);
    }
    return made;
  }

  /** Boots them one by one: what starts together is slow together. */
  async #boot(count: number, release: Case["fresh"] = "bookworm"): Promise<LabHost[]> {
    const all: LabHost[] = [];
    while (all.length < count)
      all.push(await this.#scene.lab.host({ release, name: `b${++this.#hosts}`, packages: PACKAGES }));
    return all;
  }

  /** Gives a contestant hosts of its own, and an account of its own at the relay. */
  async #manage(contestant: Contestant, hosts: LabHost[]): Promise<Subject> {
    const name = `bench-${++this.#subjects}`;
    const managed = await contestant.manage(this.#scene, name, hosts);
    const wanted = { ...first, username: name };
    const made = { contestant, managed, wanted };
    await this.#want(made, wanted);
    return made;
  }

  /** What is wanted from now on; the relay knows a new password at once, and the old one no more. */
  async #want(its: Subject, wanted: Wanted): Promise<void> {
    if (this.#passwords.get(wanted.username) !== wanted.password) {
      this.#passwords.set(wanted.username, wanted.password);
      const users = [...this.#passwords].map(([username, password]) => ({ username, password }));
      await this.#scene.relay.setUsers(users);
    }
    its.wanted = wanted;
    await its.managed.want(wanted);
  }

  /** One run, which has to succeed and to deliver if something is new. */
  async #run({ managed }: Subject, way: string, changed: boolean): Promise<Measured & Cpu> {
    const { relay } = this.#scene;
    const before = (await relay.messages()).length;
    const { hosts } = managed;
    const used = () => ({
      here: this.#group ? cpu(this.#group) : 0,
      host: sum(hosts.map(({ record }) => cpu(record.group))),
    });
    const start = used();
    const one = await managed.run(way);
    const end = used();
    if (one.code !== 0) throw new Error(`exit code ${one.code}\n${one.text.split("\n").slice(-15).join("\n")}`);
    const expected = changed ? hosts.length : 0;
    const got = async () => (await relay.messages()).length - before;
    // What it has accepted it stores a little later.
    if (expected > 0) await until("the relay has the messages", async () => (await got()) >= expected, { seconds: 20 });
    const messages = await got();
    if (messages !== expected)
      throw new Error(`the relay got ${messages} messages instead of ${expected}\n${one.text}`);
    return { ...one, here: end.here - start.here, host: (end.host - start.host) / hosts.length };
  }

  async close(): Promise<void> {
    for (const { managed } of this.#kept.values()) await managed.close();
  }
}
