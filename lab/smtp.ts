import { once } from "node:events";
import { promisify } from "node:util";
import SMTPConnection from "nodemailer/lib/smtp-connection";

/** A message and where to submit it; without `user`, without authentication. */
export interface Submission {
  address: string;
  port: number;
  /** Certificate authority to trust, and name to verify; without it the certificate is not verified. */
  verify?: { ca: string; name: string };
  starttls?: boolean;
  user?: { username: string; password: string };
  mechanism?: "CRAM-MD5" | "PLAIN" | "LOGIN";
  from: string;
  to: string[];
  text?: string;
  /** Seconds to wait for a silent server. Defaults to 10. */
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
  // Errors and the end of the connection are events, not failures of the pending call.
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
