import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as secure, type TLSSocket } from "node:tls";

/** What a submission needs to know; without `user` it does not authenticate. */
export interface Submission {
  address: string;
  port: number;
  /** Certificate authority to trust and name to verify; without it TLS is not verified. */
  verify?: { ca: string; name: string };
  starttls?: boolean;
  user?: { username: string; password: string };
  mechanism?: "CRAM-MD5" | "PLAIN" | "LOGIN";
  from: string;
  to: string[];
  text?: string;
  timeout?: number;
}

/** An answer other than the one hoped for. */
export class Refused extends Error {}

/** Submits a message as a mail client does, and gives what the server offered and its last answer. */
export async function submit(mail: Submission): Promise<{ offers: string[]; answer: string }> {
  const { address, port, verify } = mail;
  const tls = verify ? { ca: verify.ca, servername: verify.name } : { rejectUnauthorized: false };
  let talk = new Talk(port === 465 ? secure({ host: address, port, ...tls }) : connect(port, address), mail.timeout);
  try {
    await talk.hear("220");
    let offers = await talk.say("EHLO client.example.test", "250");
    if (mail.starttls) {
      await talk.say("STARTTLS", "220");
      talk = new Talk(secure({ socket: talk.release(), ...tls }), mail.timeout);
      offers = await talk.say("EHLO client.example.test", "250");
    }
    if (mail.user) await authenticate(talk, mail.mechanism ?? "PLAIN", mail.user);
    await talk.say(`MAIL FROM:<${mail.from}>`, "250");
    for (const to of mail.to) await talk.say(`RCPT TO:<${to}>`, "250");
    await talk.say("DATA", "354");
    const text = (mail.text ?? "Subject: test\n\ntest\n").replace(/^\./gm, "..").replace(/\n/g, "\r\n");
    return { offers: offers.split("\n"), answer: await talk.say(`${text}.`, "250") };
  } finally {
    talk.end();
  }
}

async function authenticate(
  talk: Talk,
  mechanism: string,
  user: { username: string; password: string },
): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  if (mechanism === "PLAIN") {
    await talk.say(`AUTH PLAIN ${base64(`\0${user.username}\0${user.password}`)}`, "235");
  } else if (mechanism === "LOGIN") {
    await talk.say("AUTH LOGIN", "334");
    await talk.say(base64(user.username), "334");
    await talk.say(base64(user.password), "235");
  } else {
    const challenge = (await talk.say("AUTH CRAM-MD5", "334")).replace(/^334 /, "");
    const proof = createHmac("md5", user.password).update(Buffer.from(challenge, "base64")).digest("hex");
    await talk.say(base64(`${user.username} ${proof}`), "235");
  }
}

/** One connection: sends a line, hears a whole reply. */
class Talk {
  private readonly socket: Socket | TLSSocket;
  private readonly timeout: number;
  private heard = "";
  private wake: () => void = () => {};
  private ended: Error | undefined;

  constructor(socket: Socket | TLSSocket, timeout = 10) {
    this.socket = socket;
    this.timeout = timeout * 1000;
    const stop = (error: Error) => {
      this.ended ??= error;
      this.wake();
    };
    socket.on("data", (chunk) => {
      this.heard += chunk;
      this.wake();
    });
    socket.on("error", stop);
    socket.on("close", () => stop(new Refused("connection closed")));
  }

  async say(line: string, code: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return await this.hear(code);
  }

  async hear(code: string): Promise<string> {
    const end = Date.now() + this.timeout;
    for (;;) {
      const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.heard)?.[0];
      if (reply) {
        this.heard = this.heard.slice(reply.length);
        const text = reply.trim().replace(/\r\n/g, "\n");
        if (!text.startsWith(code)) throw new Refused(text);
        return text;
      }
      if (this.ended) throw this.ended;
      if (Date.now() >= end) throw new Refused("silence");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - Date.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The bare socket, for TLS to go on with. */
  release(): Socket {
    this.socket.removeAllListeners();
    return this.socket;
  }

  end(): void {
    this.socket.destroy();
  }
}
