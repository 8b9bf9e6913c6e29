// What has become of the test message in the mailbox of its recipient, as an output and as the line that a host keeps.

import { z } from "zod";
import { clean } from "../../host/clean.ts";

/** What can have become of it. */
export const STATES = ["inbox", "junk", "elsewhere", "missing", "returned", "unreadable", "unknown"] as const;

/** What has become of the test message after the relay host had taken it. */
export interface Arrival {
  /**
   * "inbox", "junk", or "elsewhere" (another folder of the mailbox). "missing": not seen in time; "returned": it came
   * back to its sender; "unreadable": the mailbox could not be read; "unknown": nobody has looked.
   */
  state: string;
  /**
   * The folder that it was seen in; empty where it was not seen.
   */
  folder: string;
  /**
   * Seconds from the beginning of the look until it was seen.
   */
  seconds: number;
  /**
   * The server that has judged it, by the name in its Authentication-Results.
   */
  receiver: string;
  /**
   * What that server says of SPF, such as "pass", "fail" or "none". Empty where it says nothing.
   */
  spf: string;
  /**
   * The same of DKIM.
   */
  dkim: string;
  /**
   * The same of DMARC.
   */
  dmarc: string;
  /**
   * The address that the receiver got it from.
   */
  sentFrom: string;
  /**
   * Whether the receiver wrote no result, so that the message was verified where Pulumi runs.
   */
  verifiedHere: boolean;
  /**
   * The reason for a state in which it was not seen.
   */
  why: string;
}

const LONGEST = 200;

/** Words from a mailbox or a host. */
const line = z.string().overwrite((text) => [...clean(text)].slice(0, LONGEST).join(""));

/** A name, an address or a result; other characters have no place in one. */
const name = z.string().overwrite((text) => text.replace(/[^\w.:-]/g, "").slice(0, LONGEST));

const arrival = z.object({
  state: z.enum(STATES),
  folder: line,
  seconds: z.number().min(0).max(1e6),
  receiver: name,
  spf: name,
  dkim: name,
  dmarc: name,
  sentFrom: name,
  verifiedHere: z.boolean(),
  why: line,
}) satisfies z.ZodType<Arrival>;

const NOTHING = {
  ...{ folder: "", seconds: 0, receiver: "", spf: "", dkim: "", dmarc: "", sentFrom: "" },
  ...{ verifiedHere: false, why: "" },
};

/** An arrival with these values. What comes from a mailbox is data: of each text so much is kept as can be shown. */
export const arrivalOf = (known: Partial<Arrival> & { state: (typeof STATES)[number] }): Arrival =>
  arrival.parse({ ...NOTHING, ...known });

/** What a host keeps: of which message it is true, and what that was. */
export interface Recorded {
  readonly token: string;
  readonly arrival: Arrival;
}

/** The word that a test message has in its subject. */
export const TOKEN = /^[0-9A-Za-z]{1,80}$/;

/** The JSON of an arrival, on one line. */
export const arrivalText = (one: Arrival): string => JSON.stringify(arrivalOf(one as Parameters<typeof arrivalOf>[0]));

/** The arrival in such a text; undefined where it is none. */
export function arrivalIn(text: string): Arrival | undefined {
  try {
    return arrival.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What a host says that it keeps, a token and JSON; undefined where that is nothing of ours. */
export function recordedIn(text: string): Recorded | undefined {
  const at = text.indexOf(" ");
  const token = text.slice(0, at);
  const found = TOKEN.test(token) ? arrivalIn(text.slice(at + 1)) : undefined;
  return found && { token, arrival: found };
}
