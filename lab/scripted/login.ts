// The SASL mechanisms of a scripted server: what a client tells of itself.

/** Credentials that a client has sent: a password or a token. */
export interface Login {
  username: string;
  password?: string;
  token?: string;
}

/** Sends a challenge, or the usual empty one, and gives the answer, decoded; undefined: the login ends here. */
export type Ask = (challenge?: string) => Promise<string | undefined>;

/**
 * Reads a login, with the initial response if the client sent one (in base64; `=` is an empty one). Gives `unreadable`
 * for what no client should send, and undefined if the client went away or has given up.
 */
export async function readLogin(mechanism: string, initial: string | undefined, ask: Ask) {
  const first = async (challenge?: string) => (initial === undefined ? await ask(challenge) : decoded(initial));
  if (mechanism === "LOGIN") {
    const username = await first("Username:");
    const password = username === undefined ? undefined : await ask("Password:");
    return username === undefined || password === undefined ? undefined : { username, password };
  }
  const response = await first();
  return response === undefined ? undefined : (readers[mechanism]?.(response) ?? "unreadable");
}

/** What a client means by base64. */
export const decoded = (text: string): string => Buffer.from(text, "base64").toString();

const readers: Record<string, (response: string) => Login | undefined> = {
  PLAIN: (response) => {
    const [, username, password] = response.split("\0");
    return username === undefined || password === undefined ? undefined : { username, password };
  },
  // `user=NAME^Aauth=Bearer TOKEN^A^A`
  XOAUTH2: (response) => bearer(response, /^user=(.+)$/),
  // RFC 7628: `n,a=NAME,^Ahost=…^Aport=…^Aauth=Bearer TOKEN^A^A`; a comma and an equals sign in the name are written as
  // `=2C` and `=3D`.
  OAUTHBEARER: (response) => {
    const login = bearer(response, /^n,a=([^,]+),$/);
    return login && { ...login, username: login.username.replaceAll("=2C", ",").replaceAll("=3D", "=") };
  },
};

function bearer(response: string, user: RegExp): Login | undefined {
  const [first = "", ...fields] = response.split("\x01");
  const username = user.exec(first)?.[1];
  const [token, ...more] = fields.flatMap((field) => /^auth=Bearer (.+)$/.exec(field)?.[1] ?? []);
  const ends = fields.length > 2 && fields.slice(-2).every((field) => field === "");
  return username && token && !more.length && ends ? { username, token } : undefined;
}
