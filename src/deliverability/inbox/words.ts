// What has become of the test message, and what to do about it, in words.

import { domainOf, same } from "../../settings/domains.ts";
import { sentAs } from "../../settings/senders.ts";
import { realHost, type Settings } from "../../settings/settings.ts";
import type { Acceptance } from "../acceptance.ts";
import type { Arrival } from "./arrival.ts";

/** What the words name beside the arrival. */
export interface About {
  /** The recipient, and the mailbox that was looked into. */
  readonly to: string;
  readonly mailbox: string;
  /** What the DNS says of the sender, as far as it was looked up. */
  readonly acceptance?: Acceptance;
}

/** What the words name for a host: of all verdicts about its senders that about the one of the message. */
export function aboutOf(settings: Settings, acceptances: readonly Acceptance[] = []): About {
  const { to, from, inbox } = settings.testDelivery;
  const domain = domainOf(sentAs(settings, from));
  const { host } = realHost(settings.relayHost);
  const isIts = (one: Acceptance) => same(one.domain, domain) && same(one.relayHost, host) && one.action !== "";
  return { to, mailbox: inbox ? `${inbox.user} at ${inbox.host}` : "", acceptance: acceptances.find(isIts) };
}

/** Whether nothing is to be said about it. */
export const isQuiet = ({ state }: Arrival): boolean => state === "inbox" || state === "elsewhere";

/** What the receiver, or we in its place, say of the message. */
function judgementOf({ receiver, spf, dkim, dmarc, verifiedHere }: Arrival): string {
  const results = Object.entries({ spf, dkim, dmarc }).filter(([, result]) => result !== "");
  const told = results.map(([method, result]) => `${method}=${result}`).join(", ");
  if (told === "") return "";
  if (verifiedHere) return `. ${receiver || "The receiver"} wrote no result; verified here: ${told}`;
  return `. ${receiver || "The receiver"}: ${told}`;
}

/** What has become of it, as one sentence or two, without the full stop at the end. */
export function sentenceOf(arrival: Arrival, { to, mailbox }: About): string {
  const { state, folder, why } = arrival;
  switch (state) {
    case "inbox":
      return `the test message is in the inbox of ${to}${judgementOf(arrival)}`;
    case "junk":
      return `the test message is in the folder ${folder} of the mailbox${judgementOf(arrival)}`;
    case "elsewhere":
      return `the test message is in the folder ${folder} of the mailbox, and not in the inbox${judgementOf(arrival)}`;
    case "returned":
      return `the test message came back: ${why || "the report has no reason"}`;
    case "missing":
      return `the test message was not seen in the mailbox ${mailbox}: ${why}`;
    case "unreadable":
      return `the mailbox ${mailbox} cannot be read: ${why}`;
    default:
      return `the test message was not looked for: ${why || "nobody has looked"}`;
  }
}

/** What to do about it; empty where it is in the inbox. */
export function adviceOf(arrival: Arrival, { to, acceptance }: About): string {
  const { state, dmarc, why } = arrival;
  const records = acceptance?.action
    ? `${acceptance.action}${acceptance.records.map((one) => `: ${one}`).join("")}`
    : "see what `npx postfix-relay verdict` says of the sender";
  switch (state) {
    case "inbox":
      return "";
    case "junk":
      return dmarc === "pass"
        ? "The sender passes, so the receiver goes by something else: mark the message as no junk there, and look at \
what it writes in the header"
        : capital(records);
    case "elsewhere":
      return "A rule of the mailbox has moved it: take that rule away, or do not set `testDelivery.inbox.required`";
    case "returned":
      return /\b[45]\.7\.\d/.test(why) ? capital(records) : "Mend what the server says, and run pulumi up again";
    case "missing":
      return `Look whether mail to ${to} is put off or filtered; the next pulumi up looks again, without a new message`;
    case "unreadable":
      return "Correct `testDelivery.inbox`; the next pulumi up looks again, without a new message";
    default:
      return "Run pulumi up again";
  }
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
