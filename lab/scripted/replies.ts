// What a scripted server says, and when: the words of a server of no name, of Exchange Online, and of Google.

import type { certificates } from "../certificates.ts";

/**
 * Steps of an SMTP session whose reply can be scripted. `challenge` is the reply to a login without initial response
 * (but LOGIN), `auth` the final one to a login, `end` that to a message.
 */
export type Place = "greeting" | "ehlo" | "starttls" | "challenge" | "auth" | "mail" | "rcpt" | "data" | "end" | "quit";

/**
 * A reply: its text with the code, one line or several, possibly some seconds late; an empty one closes the connection.
 */
export type Answer = string | { say?: string; after: number };

/** What differs from a usual server. Of several replies each is given in turn, and the last one from then on. */
export interface Script extends Partial<Record<Place, Answer | readonly Answer[]>> {
  /**
   * The SASL mechanisms that it offers; it implements PLAIN, LOGIN, XOAUTH2 and OAUTHBEARER. Defaults to the first two,
   * with `tokens` to the other two.
   */
  mechanisms?: readonly string[];
  /** Whether a token is right for a user. Without it all are; with it nobody sends mail without a login. */
  tokens?: (token: string, user: string) => boolean;
  /** Whose words and extensions it has, and how it refuses a token. Defaults to a server of no name. */
  like?: Like;
  /** Its extensions beside STARTTLS and AUTH, such as `PIPELINING`; none: `[]`. */
  offers?: readonly string[];
  /** Has no STARTTLS, and takes logins in clear. */
  clear?: boolean;
  /** The certificate that it shows. Defaults to the right one. */
  certificate?: (typeof certificates)[number];
  /** Milliseconds that it waits after each chunk of a message, so that one can be cut off in its middle. */
  slow?: number;
}

/** A server whose words it can have. */
export type Like = "exchange" | "google";

const HOSTNAME = "AM0PR04MB1234.eurprd04.prod.outlook.com";

/** Replies of real services to a login, for `auth` of a script. */
export const real = {
  /** Exchange Online: the token is wrong or has expired, or the user may not use it here. */
  refused: `535 5.7.3 Authentication unsuccessful [${HOSTNAME}]`,
  /** Exchange Online: logins over SMTP are off for the mailbox or for all of the organization. */
  disabled:
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. " +
    `Visit https://aka.ms/smtp_auth_disabled for more information. [${HOSTNAME}]`,
  /** Exchange Online: it cannot tell just now. */
  busy: "454 4.7.0 Temporary authentication failure",
  /** Google, after its challenge and the empty answer to it. */
  google:
    "535-5.7.8 Username and Password not accepted. For more information, go to\n" +
    "535 5.7.8  https://support.google.com/mail/?p=BadCredentials x1-20020a1c - gsmtp",
};

/** What Google's challenge says about a token that it refuses. */
export const GOOGLE_CHALLENGE = '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}';

type Words = Record<Exclude<Place, "ehlo">, string>;

const plain: Words = {
  greeting: "220 scripted ESMTP",
  starttls: "220 2.0.0 Ready to start TLS",
  challenge: "334 ",
  auth: "235 2.7.0 Authentication successful",
  mail: "250 2.1.0 Ok",
  rcpt: "250 2.1.5 Ok",
  data: "354 End data with <CR><LF>.<CR><LF>",
  end: "250 2.0.0 Ok: queued",
  quit: "221 2.0.0 Bye",
};

const exchange: Words = {
  ...plain,
  greeting: `220 ${HOSTNAME} Microsoft ESMTP MAIL Service ready`,
  starttls: "220 2.0.0 SMTP server ready",
  mail: "250 2.1.0 Sender OK",
  rcpt: "250 2.1.5 Recipient OK",
  data: "354 Start mail input; end with <CRLF>.<CRLF>",
  end: `250 2.0.0 OK <ID@ms> [Hostname=${HOSTNAME}]`,
  quit: "221 2.0.0 Service closing transmission channel",
};

const google: Words = {
  ...plain,
  greeting: "220 smtp.gmail.com ESMTP x1-20020a1c - gsmtp",
  auth: "235 2.7.0 Accepted",
  mail: "250 2.1.0 OK x1-20020a1c - gsmtp",
  rcpt: "250 2.1.5 OK x1-20020a1c - gsmtp",
  data: "354 Go ahead x1-20020a1c - gsmtp",
  end: "250 2.0.0 OK  ID x1-20020a1c - gsmtp",
  quit: "221 2.0.0 closing connection x1-20020a1c - gsmtp",
};

const words = { exchange, google };

/** What a server says at a place without a script. */
export function usual({ like }: Script, place: Place): string {
  return (like ? words[like] : plain)[place as keyof Words];
}

/** What a server says of a token that it refuses. */
export const refusal = ({ like }: Script): string => (like === "google" ? real.google : real.refused);

/** Its extensions beside STARTTLS and AUTH. Without CHUNKING: it knows no BDAT. */
export function extensions({ like, offers }: Script): readonly string[] {
  if (offers) return offers;
  if (!like) return ["8BITMIME", "ENHANCEDSTATUSCODES"];
  const dsn = like === "exchange" ? ["DSN"] : [];
  const size = like === "exchange" ? "SIZE 157286400" : "SIZE 35882577";
  return [size, "PIPELINING", ...dsn, "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"];
}

/** The reply for the nth time (from 0) that sessions reach a place. */
export function scripted(
  script: Script,
  place: Place,
  time: number,
  otherwise: string,
): { say: string; after: number } {
  const given = script[place];
  const answers = given === undefined ? [otherwise] : [given].flat();
  const answer = answers[Math.min(time, answers.length - 1)] as Answer;
  return typeof answer === "string" ? { say: answer, after: 0 } : { say: otherwise, ...answer };
}
