// Part of the stand-in for the command provider (command-provider.ts): an SSH session whose `env` requests are
// answered. Unused where the official provider is installed.
import type { Client, ClientChannel } from "ssh2";

/** A session before its command is started. */
export interface Session {
  /** Listen to it before `exec`: a quick command may have ended when that returns. */
  channel: ClientChannel;
  /** True when the server has accepted the variable. */
  setenv(name: string, value: string): Promise<boolean>;
  exec(command: string, stdin: string): Promise<void>;
}

type Reply = (failed: unknown) => void;

// ssh2 sends `env` without asking for an answer, so a refusal would go unseen. The parts of it used here are not
// public; ssh2 is pinned to an exact version in package.json, and the stand-in's tests cover every line of this.
interface Inside {
  _chanMgr: { add(opened: ((error: Error | undefined, channel: InsideChannel) => void) & { type?: string }): number };
  _protocol: {
    session(channel: number, window: number, packet: number): void;
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
}

type InsideChannel = ClientChannel & { _callbacks: Reply[]; outgoing: { id: number } };

const WINDOW = 2 * 1024 * 1024;
const PACKET = 64 * 1024;

/** Opens a session on a connection. */
export async function openSession(client: Client): Promise<Session> {
  const inside = client as unknown as Inside;
  const channel = await new Promise<InsideChannel>((resolve, reject) => {
    const lost = () => reject(new Error("EOF"));
    client.once("close", lost);
    const opened = Object.assign(
      (error: Error | undefined, result: InsideChannel) => {
        client.off("close", lost);
        if (error) reject(error);
        else resolve(result);
      },
      { type: "session" },
    );
    inside._protocol.session(inside._chanMgr.add(opened), WINDOW, PACKET);
  });
  const request = (send: () => void, accepted = () => {}): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const lost = () => reject(new Error("EOF"));
      client.once("close", lost);
      channel._callbacks.push((failed) => {
        client.off("close", lost);
        if (!failed) accepted();
        resolve(!failed);
      });
      send();
    });
  return {
    channel,
    setenv: (name, value) => request(() => inside._protocol.env(channel.outgoing.id, name, value, true)),
    async exec(command, stdin) {
      // At once: what follows in the same packet may be the end of a command that is fast.
      const send = () => channel.end(stdin);
      const accepted = await request(() => inside._protocol.exec(channel.outgoing.id, command, true), send);
      if (!accepted) throw new Error(`ssh: command ${command} failed`);
    },
  };
}
