// One command on a host, over SSH, with a time limit for all of it: a look that asks little and waits for little.

import { connect } from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
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

/**
 * Runs a command; `milliseconds` is the time for all of it. An error when it has not ended by then, or the host cannot
 * be reached; no key or password is in it.
 */
export async function run(
  { proxy, ...login }: Login & { proxy?: Login },
  command: string,
  milliseconds: number,
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
    return await execute(await logIn(login, socket, onOpen), command);
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
  const client = socketTo(login, ended.signal).then((socket) => logIn(login, socket, onOpen));
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

/** Logs in, if the host has the key that it is known by. */
function logIn(login: Login, sock: Duplex, onOpen: (client: Client) => void): Promise<Client> {
  const [type = "", key = ""] = login.hostKey.trim().split(/\s+/);
  const agent = login.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const config = {
    sock,
    username: login.user,
    ...(login.privateKey
      ? { privateKey: readableKey(login.privateKey), passphrase: login.privateKeyPassword }
      : { agent: agent || undefined }),
    algorithms: { serverHostKey: [type] },
    hostVerifier: (offered: Buffer) => offered.equals(Buffer.from(key, "base64")),
  } as ConnectConfig;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    onOpen(client);
    client.once("ready", () => resolve(client));
    client.on("error", reject);
    client.connect(config);
  });
}

/** Runs a command in a session of its own. */
function execute(client: Client, command: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const parts: Buffer[] = [];
      channel.on("data", (part: Buffer) => parts.push(part));
      channel.stderr.resume();
      channel.on("close", (code: number | null) => {
        resolve({ code: code ?? -1, stdout: Buffer.concat(parts).toString("utf8") });
      });
    });
  });
}
