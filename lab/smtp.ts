import { once } from "node:events";
import { promisify } from "node:util";
import SMTPConnection, { type CustomAuthenticationContext } from "nodemailer/lib/smtp-connection";

interface Password {
  username: string;
  password: string;
}

interface Token {
  username: string;
  token: string;
}

/** A message and where to submit it; without `user`, without authentication. */
export interface Submission {
  address: string;
  port: number;
  /** Certificate authority to trust, and name to verify; without it the certificate is not verified. */
  verify?: { ca: string; name: string };
  starttls?: boolean;
  /** TLS from the first byte. Defaults to true on port 465 only. */
  implicit?: boolean;
  user?: Password | Token;
  /** Defaults to PLAIN; with a token to XOAUTH2, and OAUTHBEARER is the other one. */
  mechanism?: "CRAM-MD5" | "PLAIN" | "LOGIN" | "XOAUTH2" | "OAUTHBEARER";
  /** Whether a token is in the AUTH command, or waits for 334. Defaults to true. */
  initial?: boolean;
  from: string;
  to: string[];
  text?: string;
  /** Seconds to wait for a silent server. Defaults to 10. */
  timeout?: number;
}

/** Submits a message as a mail client does, and returns what the server offered and its last reply. */
export async function submit(mail: Submission): Promise<{ offers: string[]; answer: string }> {
  const { address, port, verify, user, from, to, text = "Subject: test\n\ntest\n" } = mail;
  const milliseconds = (mail.timeout ?? 10) * 1000;
  const connection = new SMTPConnection({
    host: address,
    port,
    name: "client.example.test",
    secure: mail.implicit ?? port === 465,
    customAuth: { XOAUTH2: byToken, OAUTHBEARER: byToken },
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
    if (user) await promisify(connection.login.bind(connection))(account(user, mail));
    const { response } = await promisify(connection.send.bind(connection))({ from, to }, text);
    return { offers, answer: response };
  };
  try {
    return await Promise.race([conversation(), broken, failed]);
  } finally {
    connection.close();
  }
}

function account(user: Password | Token, { mechanism, initial = true, address, port }: Submission) {
  if ("password" in user) return { method: mechanism ?? "PLAIN", user: user.username, pass: user.password };
  const end = `\x01auth=Bearer ${user.token}\x01\x01`;
  const name = user.username.replaceAll("=", "=3D").replaceAll(",", "=2C");
  const response =
    mechanism === "OAUTHBEARER"
      ? `n,a=${name},\x01host=${address}\x01port=${port}${end}`
      : `user=${user.username}${end}`;
  // Without `oauth2` Nodemailer would take another mechanism, although XOAUTH2 is asked for.
  const chosen = { method: mechanism ?? "XOAUTH2", oauth2: {} as never };
  return { ...chosen, user: user.username, response: Buffer.from(response).toString("base64"), initial };
}

/** Logs in by a token: with both mechanisms a server may have a question about one that it refuses. */
async function byToken({ auth, method, sendCommand }: CustomAuthenticationContext): Promise<void> {
  let { status, response } = await sendCommand(`AUTH ${method}${auth.initial ? ` ${auth.response}` : ""}`);
  if (status === 334 && !auth.initial) ({ status, response } = await sendCommand(auth.response));
  if (status === 334) ({ status, response } = await sendCommand(method === "XOAUTH2" ? "" : "AQ=="));
  if (status !== 235) throw new Error(response);
}
