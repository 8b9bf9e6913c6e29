// One command on a host, over SSH, with a limit of time and of bytes for all of it: a look that asks little, waits for
// little and keeps little.

import { connect } from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { fingerprintOf } from "./fingerprint.ts";
import { readableKey } from "./private-key.ts";

/** A login, as the checked `connection` of a Relay has it. */
export interface Login {
  host: string;
  port: number;
  user: string;
  hostKey: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
}

/** The output of a command, and its exit code. */
export interface Output {
  code: number;
  stdout: string;
}

/** What a command may take. */
export interface Limits {
  /** Milliseconds for all of it. */
  readonly time: number;
  /** Bytes on its stdout. */
  readonly bytes: number;
}

/** A host, or its bastion, that shows another host key than the one it is known by, or cannot prove that it has it. */
export class WrongHostKey extends Error {
  /** Who shows it. */
  readonly who: "host" | "bastion";
  /** The fingerprint of the key that it is known by, as `ssh-keygen -l` prints it. */
  readonly known: string;
  /** That of the key it shows; the same when it has the key of another and cannot sign with it. */
  readonly shown: string;

  constructor(who: "host" | "bastion", known: Buffer, shown: Buffer) {
    super("another host key");
    this.who = who;
    this.known = fingerprintOf(known);
    this.shown = fingerprintOf(shown);
  }
}

/** A login that the host, or its bastion, refuses. */
export class LoginRefused extends Error {}

/**
 * Runs a command, with that on its stdin. An error when it has not ended within its limits, or the host cannot be
 * reached; no key or password is in it, but what the other side says may be.
 */
export async function run(
  { proxy, ...login }: Login & { proxy?: Login },
  command: string,
  { time: milliseconds, bytes }: Limits,
  stdin?: string,
): Promise<Output> {
  const limit = AbortSignal.timeout(milliseconds);
  const expired = new Promise<never>((_, reject) => {
    limit.addEventListener("abort", () => reject(new Error(`no answer within ${milliseconds / 1000} s`)));
  });
  const closing: (() => void)[] = [];
  const onOpen = (client: Client) => void closing.unshift(() => client.destroy());
  const work = async () => {
    const bastion = proxy && shareBastion(proxy);
    if (bastion) closing.unshift(bastion.leave);
    const socket = bastion ? await forward(await bastion.client, login) : await socketTo(login, limit);
    return await execute(await logIn("host", login, socket, onOpen), command, bytes, stdin);
  };
  try {
    return await Promise.race([work(), expired]);
  } finally {
    for (const close of closing) close();
  }
}

interface Bastion {
  readonly client: Promise<Client>;
  users: number;
  close: () => void;
}

/** The bastions that somebody is logged in to. A bastion drops logins when many come at once, so all share one. */
const bastions = new Map<string, Bastion>();

/** The connection to a bastion; the last one who leaves closes it. */
function shareBastion(login: Login) {
  const name = JSON.stringify(login);
  const bastion = bastions.get(name) ?? open(login);
  bastions.set(name, bastion);
  bastion.users++;
  const leave = () => {
    bastion.users--;
    if (bastion.users > 0) return;
    if (bastions.get(name) === bastion) bastions.delete(name);
    bastion.close();
  };
  return { client: bastion.client, leave };
}

function open(login: Login): Bastion {
  const ended = new AbortController();
  const onOpen = (client: Client) => ended.signal.addEventListener("abort", () => client.destroy());
  const client = socketTo(login, ended.signal).then((socket) => logIn("bastion", login, socket, onOpen));
  // Whoever waits for it hears of it; by then nobody may wait any more.
  client.catch(() => {});
  return { client, users: 0, close: () => ended.abort() };
}

/** A TCP connection, which goes when the time is over. */
function socketTo({ host, port }: Login, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** A connection to the host through one to its bastion. */
function forward(bastion: Client, { host, port }: Login): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

/** The algorithms for host keys. A key of another type than the known one is looked at too, and is the wrong one. */
const KEY_TYPES = [
  ...["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ...["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
];

/** Logs in, if the host has the key that it is known by. */
function logIn(
  who: WrongHostKey["who"],
  login: Login,
  sock: Duplex,
  onOpen: (client: Client) => void,
): Promise<Client> {
  const [type = "", text = ""] = login.hostKey.trim().split(/\s+/);
  const known = Buffer.from(text, "base64");
  const agent = login.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  let shown: Buffer | undefined;
  const config = {
    sock,
    username: login.user,
    ...(login.privateKey
      ? { privateKey: readableKey(login.privateKey), passphrase: login.privateKeyPassword }
      : { agent: agent || undefined }),
    // The host takes the first one that it has.
    algorithms: { serverHostKey: [type, ...KEY_TYPES.filter((other) => other !== type)] },
    hostVerifier: (offered: Buffer) => {
      shown = Buffer.from(offered);
      return offered.equals(known);
    },
  } as ConnectConfig;
  /** What is the matter, as we have seen it: what the other side says of itself is only a text. */
  const reason = (error: Error & { level?: string }): Error => {
    if (error.level === "client-authentication" && error.message.startsWith("All ")) return new LoginRefused();
    if (!shown || (shown.equals(known) && error.level !== "handshake")) return error;
    return new WrongHostKey(who, known, shown);
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    onOpen(client);
    client.once("ready", () => resolve(client));
    client.on("error", (error) => reject(reason(error)));
    client.connect(config);
  });
}

/** Runs a command in a session of its own. */
function execute(client: Client, command: string, bytes: number, stdin: string | undefined): Promise<Output> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const parts: Buffer[] = [];
      let size = 0;
      channel.on("data", (part: Buffer) => {
        size += part.length;
        if (size <= bytes) return void parts.push(part);
        reject(new Error(`it says more than ${bytes / 2 ** 20} MiB`));
        client.destroy();
      });
      channel.stderr.resume();
      if (stdin !== undefined) channel.end(stdin);
      channel.on("close", (code: number | null) => {
        resolve({ code: code ?? -1, stdout: Buffer.concat(parts).toString("utf8") });
      });
    });
  });
}
