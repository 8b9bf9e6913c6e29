// Part of the stand-in for the command provider (command-provider.ts): one SSH connection, dialled as the real provider
// dials. Not used where the official provider is there.
import { connect as connectSocket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { dialError, join } from "./go-text.ts";

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

/** What the retries of a dial need to know about the operation they belong to. */
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

function checkPrivateKey(end: Endpoint): void {
  if (end.privateKey === undefined) return;
  const parsed = ssh2.utils.parseKey(end.privateKey, end.privateKeyPassword);
  if (!(parsed instanceof Error)) return;
  if (/no passphrase given/.test(parsed.message)) throw new Error("ssh: this private key is passphrase protected");
  if (/[Bb]ad passphrase|bad decrypt|integrity check/.test(parsed.message)) {
    throw new Error("x509: decryption password incorrect");
  }
  throw new Error("ssh: no key found");
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
    // The time limit is for TCP alone: the SSH handshake has none.
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

function handshake(end: Endpoint, agent: string | undefined, sock: Duplex): Promise<ssh2.Client> {
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
      ...(end.privateKey === undefined ? {} : { privateKey: end.privateKey, passphrase: end.privateKeyPassword }),
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

/** Everything that is wrong before a connection is tried, and is therefore never retried. */
async function prepared(end: Endpoint): Promise<string | undefined> {
  const agent = end.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  checkPrivateKey(end);
  pinned(end.hostKey);
  await checkAgent(agent);
  return agent;
}

/**
 * Connects, through the proxy if there is one. The caller ends every client it gets; the real provider leaves its
 * connections open until it exits.
 */
export async function dial(end: Endpoint, context: DialContext): Promise<ssh2.Client[]> {
  const agent = await prepared(end);
  const proxy = end.proxy;
  if (!proxy) {
    return [
      await retried("Dial", end.dialErrorLimit, context, async () => handshake(end, agent, await openSocket(end))),
    ];
  }
  const clients: ssh2.Client[] = [];
  try {
    const proxyAgent = await prepared(proxy);
    const bastion = await retried("Dial proxy", proxy.dialErrorLimit, context, async () =>
      handshake(proxy, proxyAgent, await openSocket(proxy)),
    );
    clients.push(bastion);
    const inner = await retried("Dial from proxy", end.dialErrorLimit, context, () => forward(bastion, end));
    // A second attempt over the same stream cannot succeed, in the real provider neither.
    clients.unshift(await retried("Dial", end.dialErrorLimit, context, () => handshake(end, agent, inner)));
    return clients;
  } catch (error) {
    for (const client of clients) client.end();
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
