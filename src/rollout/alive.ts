// Who lives. A worker holds a lock in the database as long as PostgreSQL sees its session: no clock and no lease. Who
// gets the lock of another worker knows that it is dead.

import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, connection } from "./peers.ts";

const KEY = "hashtextextended('postfix-relay worker ' || $1, 0)";

/** Milliseconds within which a lost connection may come back. */
const RETURN = 60_000;

/** The locks of one worker. */
export class Life {
  readonly #url: string;
  readonly #id: string;
  #client: Connection | undefined;
  #over = false;
  readonly #revive: () => Promise<void>;

  private constructor(url: string, id: string, client: Connection, revive: () => Promise<void>) {
    this.#revive = revive;
    this.#url = url;
    this.#id = id;
    this.#client = client;
  }

  /**
   * Begins a life under that name; undefined where somebody lives under it. `lost` hears that it is over, `revive` is
   * asked to start a server that has gone.
   */
  static async begin(
    url: string,
    id: string,
    { lost, revive }: { lost: () => void; revive: () => Promise<void> },
  ): Promise<Life | undefined> {
    const client = await open(url);
    if (!(await tries(client, id))) {
      await client.end();
      return undefined;
    }
    const life = new Life(url, id, client, revive);
    life.#watch(client, lost);
    return life;
  }

  /** Does something for a dead worker, unless somebody else does it right now. */
  async inherit(id: string, work: () => Promise<void>): Promise<void> {
    const client = this.#client;
    if (!client || id === this.#id || !(await tries(client, id))) return;
    try {
      await work();
    } finally {
      await client.query(`select pg_advisory_unlock(${KEY})`, [id]).catch(() => {});
    }
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#client?.end().catch(() => {});
  }

  /** A server that was started again has forgotten its locks: take ours again, unless somebody else has it. */
  #watch(client: Connection, lost: () => void): void {
    const gone = async () => {
      if (this.#over || this.#client !== client) return;
      this.#client = undefined;
      const until = Date.now() + RETURN;
      while (Date.now() < until && !this.#over) {
        await this.#revive().catch(() => {});
        const fresh = await open(this.#url).catch(() => undefined);
        if (fresh && (await tries(fresh, this.#id).catch(() => false))) {
          this.#client = fresh;
          this.#watch(fresh, lost);
          return;
        }
        await fresh?.end().catch(() => {});
        // Somebody has it, so our work is no longer ours.
        if (fresh) break;
        await sleep(200);
      }
      if (!this.#over) lost();
    };
    client.on("error", () => void gone());
    client.on("end", () => void gone());
  }
}

/** Runs work that two processes may not do at the same time. It asks again and again: a session that waits for a lock
 * stops the migrations of the engine, which wait for all older sessions. */
export async function alone<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const client = await open(url);
  client.on("error", () => {});
  try {
    while (!(await tries(client, name))) await sleep(50);
    return await work();
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether somebody lives under that name. */
export async function isServed(url: string, id: string): Promise<boolean> {
  const client = await open(url);
  try {
    return !(await tries(client, id));
  } finally {
    await client.end().catch(() => {});
  }
}

async function open(url: string): Promise<Connection> {
  const client = connection(url);
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function tries(client: Connection, id: string): Promise<boolean> {
  const { rows } = await client.query(`select pg_try_advisory_lock(${KEY}) as got`, [id]);
  return rows[0]?.got === true;
}
