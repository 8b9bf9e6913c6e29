// Part of the stand-in for the command provider (command-provider.ts): one SSH connection, dialled as the real provider
// dials. Unused where the official provider is installed.
import { connect as connectSocket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { dialError, join } from "./go-text.ts";
import { readableKey } from "./keys.ts";

/** The inputs of one end of a connection, with their defaults filled in. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  hostKey?: string;
  dialErrorLimit: number;
  perDialTimeout: number;
  proxy?: Endpoint;
}

/** The operation that a dial belongs to, as its retries see it. */
export interface DialContext {
  /** Shown while a dial is repeated. */
  status(message: string): void;
  /** The reason to give up between two attempts, if there is one. */
  stopped(): Error | undefined;
}

// Host certificates and the like have types of their own; only plain keys can be pinned.
const hostKeyTypes = /(?:^|\s)(ssh-ed25519|ssh-rsa|ssh-dss|ecdsa-sha2-nistp\d+) ([A-Za-z0-9+/]+=*)(?:\s|$)/;

function pinned(hostKey: string | undefined): { type: string; key: string } | undefined {
  if (hostKey === undefined) return undefined;
  const [, type, key] = hostKeyTypes.exec(hostKey) ?? [];
  if (type === undefined || key === undefined) throw new Error("ssh: no key found");
  return { type, key };
}

async function checkAgent(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const socket = connectSocket(path);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", (error) => reject(dialError("unix", path, error)));
  }).finally(() => socket.destroy());
}

function openSocket(end: Endpoint): Promise<Duplex> {
  const socket = connectSocket({ host: end.host, port: end.port, noDelay: true });
  // Go's defaults: a peer that has vanished is given up 150 s after its last packet.
  socket.setKeepAlive(true, 15_000, 15_000, 9);
  return new Promise((resolve, reject) => {
    const address = join(end.host, end.port);
    const timer = end.perDialTimeout > 0 ? setTimeout(expired, end.perDialTimeout * 1000) : undefined;
    function expired() {
      socket.destroy();
      reject(new Error(`dial tcp ${address}: i/o timeout`));
    }
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(dialError("tcp", address, error));
    });
    // The time limit covers TCP only: the SSH handshake has none.
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** The order in which the real provider offers its methods: the agent only when there is no key of its own. */
function methods(end: Endpoint, agent: string | undefined): ssh2.AuthenticationType[] {
  return [
    "none",
    ...(end.privateKey === undefined ? [] : ["publickey" as const]),
    ...(end.password === undefined ? [] : ["password" as const, "keyboard-interactive" as const]),
    ...(agent === undefined || end.privateKey !== undefined ? [] : ["agent" as const]),
  ];
}

function handshake(end: Endpoint, { agent, key }: Prepared, sock: Duplex): Promise<ssh2.Client> {
  const pin = pinned(end.hostKey);
  const left = methods(end, agent);
  const attempted: string[] = [];
  let mismatch = false;
  let offered = "";
  const failure = (error: Error): Error => {
    const reason = () => {
      if (mismatch) return "ssh: host key mismatch";
      if (/no matching host key/.test(error.message)) {
        return `ssh: no common algorithm for host key; we offered: [${pin?.type}], peer offered: [${offered}]`;
      }
      if ((error as { level?: string }).level === "client-authentication") {
        return `ssh: unable to authenticate, attempted methods [${attempted.join(" ")}], no supported methods remain`;
      }
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") return "read: connection reset by peer";
      return /lost before handshake|ended/i.test(error.message) ? "EOF" : error.message;
    };
    return new Error(`ssh: handshake failed: ${reason()}`);
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once("ready", () => resolve(client));
    client.on("error", (error) => reject(failure(error)));
    client.once("close", () => reject(failure(new Error("ended"))));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => end.password ?? "")),
    );
    client.connect({
      sock,
      username: end.user,
      ...(end.password === undefined ? {} : { password: end.password, tryKeyboard: true }),
      ...(key === undefined ? {} : { privateKey: key, passphrase: end.privateKeyPassword }),
      ...(agent === undefined ? {} : { agent }),
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        mismatch = pin !== undefined && key.toString("base64") !== pin.key;
        return !mismatch;
      },
      // Like the real one, only the exact type of the pinned key: this is why RSA host keys cannot work.
      ...(pin ? { algorithms: { serverHostKey: [pin.type as ssh2.ServerHostKeyAlgorithm] } } : {}),
      debug: (line) => {
        const [, list] = /^Handshake: \(remote\) Host key format: (.*)$/.exec(line) ?? [];
        if (list) offered = list.replaceAll(",", " ");
      },
      authHandler: (allowed, _partial, next) => {
        const name = (method: string) => (method === "agent" ? "publickey" : method);
        while (left.length > 0) {
          const method = left.shift() as ssh2.AuthenticationType;
          if (allowed !== null && !allowed.includes(name(method) as ssh2.AuthenticationType)) continue;
          attempted.push(name(method));
          // biome-ignore lint/suspicious/noExplicitAny: the types do not know that a name alone is allowed
          return next(method as any);
        }
        next(false as never);
      },
    });
  });
}

async function retried<T>(what: string, limit: number, context: DialContext, dial: () => Promise<T>): Promise<T> {
  let pause = 100;
  for (let attempt = 0; ; attempt++) {
    try {
      return await dial();
    } catch (error) {
      const failures = attempt + 1;
      if (limit > -1 && failures > limit) {
        throw new Error(`after ${attempt} failed attempts: ${(error as Error).message}`);
      }
      context.status(`${what} ${failures}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.5, 5000);
    const stopped = context.stopped();
    if (stopped) throw stopped;
  }
}

/** Checks everything that can be wrong before the first dial, and is therefore never retried. */
async function prepared(end: Endpoint): Promise<Prepared> {
  const agent = end.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  const key = end.privateKey === undefined ? undefined : readableKey(end.privateKey, end.privateKeyPassword);
  pinned(end.hostKey);
  await checkAgent(agent);
  return { agent, key };
}

interface Prepared {
  /** Socket of the SSH agent. */
  agent: string | undefined;
  /** The private key, in a format that ssh2 reads. */
  key: string | undefined;
}

/**
 * Connects, through the proxy if there is one. Like the real provider's, the connections stay open until it exits.
 */
export async function dial(end: Endpoint, context: DialContext): Promise<ssh2.Client> {
  const own = await prepared(end);
  const proxy = end.proxy;
  if (!proxy) {
    return await retried("Dial", end.dialErrorLimit, context, async () => handshake(end, own, await openSocket(end)));
  }
  let bastion: ssh2.Client | undefined;
  try {
    const atProxy = await prepared(proxy);
    const opened = await retried("Dial proxy", proxy.dialErrorLimit, context, async () =>
      handshake(proxy, atProxy, await openSocket(proxy)),
    );
    bastion = opened;
    const inner = await retried("Dial from proxy", end.dialErrorLimit, context, () => forward(opened, end));
    // A second attempt over the same stream cannot succeed, nor can it in the real provider.
    return await retried("Dial", end.dialErrorLimit, context, () => handshake(end, own, inner));
  } catch (error) {
    bastion?.end();
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}

function forward(bastion: ssh2.Client, end: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) =>
    bastion.forwardOut("0.0.0.0", 0, end.host, end.port, (error, stream) =>
      error ? reject(new Error(`ssh: rejected: connect failed (${error.message})`)) : resolve(stream),
    ),
  );
}
