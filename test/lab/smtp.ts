import { once } from "node:events";
import { promisify } from "node:util";
import SMTPConnection from "nodemailer/lib/smtp-connection";

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
  /** Seconds until a server that says nothing is given up. */
  timeout?: number;
}

/** Submits a message as a mail client does, and returns what the server offered and its last reply. */
export async function submit(mail: Submission): Promise<{ offers: string[]; answer: string }> {
  const { address, port, verify, user, mechanism = "PLAIN", from, to, text = "Subject: test\n\ntest\n" } = mail;
  const milliseconds = (mail.timeout ?? 10) * 1000;
  const connection = new SMTPConnection({
    host: address,
    port,
    name: "client.example.test",
    secure: port === 465,
    ...(mail.starttls ? { requireTLS: true } : { ignoreTLS: true }),
    tls: verify ? { ca: verify.ca, servername: verify.name } : { rejectUnauthorized: false },
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
  });
  // What ends the connection is an event, whatever was being waited for.
  const failed = once(connection, "end").then(() => Promise.reject(new Error("Connection closed unexpectedly")));
  const broken = new Promise<never>((_, reject) => connection.on("error", reject));
  for (const promise of [failed, broken]) promise.catch(() => {});
  const conversation = async () => {
    await promisify(connection.connect.bind(connection))();
    const offers = String(connection.lastServerResponse).split(/\r?\n/);
    const account = user && { method: mechanism, user: user.username, pass: user.password };
    if (account) await promisify(connection.login.bind(connection))(account);
    const { response } = await promisify(connection.send.bind(connection))({ from, to }, text);
    return { offers, answer: response };
  };
  try {
    return await Promise.race([conversation(), broken, failed]);
  } finally {
    connection.close();
  }
}
