// An SSH server in this process, which lets everybody in and says what a test wants it to say.

import { createServer, type Socket } from "node:net";
import ssh2, { type ServerChannel } from "ssh2";
import type { Login } from "../../src/ssh/session.ts";

const { generateKeyPairSync, parseKey } = ssh2.utils;

/** A key pair; `public` is as `connection.hostKey` has it. */
export function keyPair(type: "ed25519" | "ecdsa" | "rsa" = "ed25519") {
  const options = { bits: type === "ecdsa" ? 256 : 2048 } as object;
  let pair = generateKeyPairSync(type as "ed25519", options);
  // Of three hundred Ed25519 keys that ssh2 1.17 writes it cannot read one: its length is wrong.
  while (parseKey(pair.private) instanceof Error) pair = generateKeyPairSync(type as "ed25519", options);
  return pair;
}

const own = keyPair();

/** Starts one; `answer` runs each command, and ends its channel. */
export async function startSshServer(answer: (channel: ServerChannel, command: string) => void, key = keyPair()) {
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => {
      accept().on("exec", (accept, _, { command }) => {
        const channel = accept();
        channel.on("error", () => {});
        answer(channel, command);
      });
    });
  });
  const port = await listen(server);
  return { login: loginAt(port, key.public), close: () => server.close() };
}

/** Starts a server that speaks for itself, from the first byte. */
export async function startRawServer(speak: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    speak(socket);
  });
  const port = await listen(server);
  return { login: loginAt(port, keyPair().public), close: () => server.close() };
}

const loginAt = (port: number, hostKey: string): Login => ({
  host: "127.0.0.1",
  port,
  user: "root",
  hostKey,
  privateKey: own.private,
});

const listen = (server: { listen: (port: number, host: string, done: () => void) => void; address: () => unknown }) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });

/** A host ends the connection before any key was checked, with that text. */
export function disconnect(text: string | Buffer): Buffer {
  const words = Buffer.from(text as string);
  const payload = Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), lengthOf(words), words, lengthOf(Buffer.alloc(0))]);
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
