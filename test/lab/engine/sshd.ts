// An OpenSSH server for the tests of the stand-ins: on a loopback port, with its own keys, behind a proxy that counts.
// It never becomes a service of this machine: where openssh-server is not installed, it is unpacked into the cache.
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa, execaSync } from "execa";
import { cache } from "../cache.ts";
import { withLock } from "../lock.ts";
import { must } from "../shell.ts";

/** A running server. */
export interface Sshd {
  port: number;
  user: string;
  /** Undefined unless the server runs as root: only then can it check passwords. */
  password: string | undefined;
  /** An accepted private key, and the path of its file. */
  privateKey: string;
  keyFile: string;
  /** One authorized_keys line each. */
  hostKey: string;
  rsaHostKey: string;
  /** An empty folder, for commands to write to. */
  folder: string;
  /** Accepts another key, given as an authorized_keys line. */
  authorize(publicKey: string): void;
  /** How many connections have come in so far. */
  connections(): number;
  /** How many of them are open. */
  open(): number;
  /** Cuts all open connections. */
  cut(): void;
  close(): Promise<void>;
}

const PASSWORD = "correct horse";

/** Why the server cannot run here, or undefined. */
export function sshdMissing(): string | undefined {
  const works = (program: string, ...args: string[]) => execaSync(program, args, { reject: false }).exitCode === 0;
  if (process.platform !== "linux") return "the SSH server for these tests runs on Linux only";
  if (execaSync("ssh-keygen", ["-?"], { reject: false }).exitCode === undefined)
    return "openssh-client is not installed";
  if (!existsSync("/usr/sbin/sshd") && !works("apt-get", "--version"))
    return "no sshd here, nor apt-get to get it with";
  if (userInfo().uid === 0 && !works("unshare", "-m", "true")) return "no right to make a mount namespace";
  return undefined;
}

async function unpacked(): Promise<string> {
  const target = join(cache(), "sshd");
  return withLock("sshd", async () => {
    if (existsSync(target)) return target;
    const partial = mkdtempSync(join(cache(), "sshd-partial-"));
    await must("apt-get", ["download", "-q", "openssh-server", "libwrap0"], { cwd: partial });
    for (const file of readdirSync(partial).filter((name) => name.endsWith(".deb"))) {
      await must("dpkg", ["-x", join(partial, file), partial]);
    }
    renameSync(partial, target);
    return target;
  });
}

async function binary(): Promise<{ program: string; libraries: string; options: string[] }> {
  if (existsSync("/usr/sbin/sshd")) return { program: "/usr/sbin/sshd", libraries: "", options: [] };
  const root = await unpacked();
  const libraries = ["lib", "usr/lib"].flatMap((folder) => {
    const full = join(root, folder);
    return existsSync(full) ? readdirSync(full).map((name) => join(full, name)) : [];
  });
  // Since OpenSSH 9.8 parts of the server are programs of their own.
  const parts = { SshdSessionPath: "sshd-session", SshdAuthPath: "sshd-auth" };
  const options = Object.entries(parts).flatMap(([option, name]) => {
    const file = join(root, "usr/lib/openssh", name);
    return existsSync(file) ? [`${option} ${file}`] : [];
  });
  return { program: join(root, "usr/sbin/sshd"), libraries: libraries.join(":"), options };
}

async function keyPair(file: string, type: string): Promise<string> {
  await must("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "lab", "-f", file]);
  return readFileSync(`${file}.pub`, "utf8").trim();
}

// As root, sshd wants its own user and folder. It gets them in a mount namespace, so that the machine stays as it is.
const AS_ROOT = `mount --make-rprivate / && mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/shadow" /etc/shadow &&
mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$@"`;

async function accounts(folder: string): Promise<void> {
  const hash = await must("perl", ["-e", "print crypt($ARGV[0], q($6$lab$))", PASSWORD]);
  const passwd = [`root:x:0:0:root:${folder}:/bin/sh`, `sshd:x:65000:65534::/run/sshd:/usr/sbin/nologin`];
  writeFileSync(join(folder, "passwd"), `${passwd.join("\n")}\n`);
  writeFileSync(join(folder, "shadow"), `root:${hash.trim()}:19000:0:99999:7:::\n`, { mode: 0o600 });
}

/** Starts a server. With `command` it runs that for each command, which it finds in SSH_ORIGINAL_COMMAND. */
export async function startSshd({ command: forced }: { command?: string } = {}): Promise<Sshd> {
  const root = userInfo().uid === 0;
  const own = await binary();
  const folder = mkdtempSync(join(tmpdir(), "lab-sshd-"));
  const file = (name: string) => join(folder, name);
  const hostKey = await keyPair(file("host-ed25519"), "ed25519");
  const rsaHostKey = await keyPair(file("host-rsa"), "rsa");
  writeFileSync(file("authorized"), `${await keyPair(file("client"), "ed25519")}\n`, { mode: 0o600 });
  if (root) await accounts(folder);
  const inner = await freePort();
  const config = [
    `ListenAddress 127.0.0.1:${inner}`,
    `HostKey ${file("host-ed25519")}`,
    `HostKey ${file("host-rsa")}`,
    `AuthorizedKeysFile ${file("authorized")}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PermitRootLogin yes",
    "MaxStartups 100",
    "AcceptEnv LAB_* PULUMI_COMMAND_STDOUT",
    ...(forced ? [`ForceCommand ${forced}`] : []),
    ...own.options,
  ];
  writeFileSync(file("config"), `${config.join("\n")}\n`);
  const command = [own.program, "-D", "-e", "-f", file("config")];
  const [program, ...args] = root ? ["unshare", "-m", "sh", "-c", AS_ROOT, folder, ...command] : command;
  const server = execa(program as string, args, {
    stdin: "ignore",
    stdout: "ignore",
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { PATH: process.env.PATH, ...(own.libraries ? { LD_LIBRARY_PATH: own.libraries } : {}) },
  });
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on("line", (line) => {
      log.push(line);
      if (line.startsWith("Server listening")) resolve();
    });
    void server.then(() => reject(new Error(`sshd ended:\n${log.join("\n")}`)));
  });
  const front = await countingProxy(inner);
  mkdirSync(file("work"));
  return {
    port: front.port,
    user: userInfo().username,
    password: root ? PASSWORD : undefined,
    privateKey: readFileSync(file("client"), "utf8"),
    keyFile: file("client"),
    hostKey,
    rsaHostKey,
    folder: file("work"),
    authorize: (publicKey) => appendFileSync(file("authorized"), `${publicKey}\n`),
    connections: front.connections,
    open: front.open,
    cut: front.cut,
    async close() {
      front.close();
      server.kill("SIGTERM");
      await server;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function countingProxy(target: number) {
  let count = 0;
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    count++;
    const outgoing = connect(target, "127.0.0.1");
    for (const socket of [incoming, outgoing]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    connections: () => count,
    open: () => open.size / 2,
    cut,
    close() {
      server.close();
      cut();
    },
  };
}
