// The ways that mail can take besides that of the test message. Each is probed before a configuration takes over.

import { same } from "../settings/domains.ts";
import { type Path, pathText } from "../settings/problems.ts";
import { isDomain, sentAs, someoneAt } from "../settings/senders.ts";
import type { RelayHost, Settings } from "../settings/settings.ts";
import { nextHop } from "./next-hop.ts";
import { isOther, otherTransport } from "./transports.ts";

/** One way. */
export interface Way {
  /** Which argument opens it; `senderDomain` is a whole domain in `senderDependent`. */
  readonly kind: "fallback" | "senderDependent" | "senderDomain" | "senders";
  /** The SMTP envelope sender of the probe. */
  readonly from: string;
  /** `-`: as Postfix routes this sender. Else the transport and the next hop. */
  readonly route: string;
  /** Its name in messages. */
  readonly label: string;
}

const AS_ROUTED = "-";

/** All of them; mail of an account in `accounts` takes one of these. */
export const ways = (settings: Settings): Way[] => [
  ...fallback(settings),
  ...senderDependent(settings),
  ...senders(settings),
];

const label = (path: Path, text: string) => `${pathText(path)} ${text}`;

function fallback(settings: Settings): Way[] {
  const transport = (hop: RelayHost) => (isOther(settings, hop) ? otherTransport(settings)?.name : "smtp");
  return settings.fallback.map((hop, index) => ({
    kind: "fallback",
    from: settings.testDelivery.from,
    route: `${transport(hop)}:${nextHop(hop)}`,
    label: label(["fallback", index], nextHop(hop)),
  }));
}

function senderDependent(settings: Settings): Way[] {
  return Object.entries(settings.senderDependent).flatMap(([sender, hop]): Way[] => {
    const from = isDomain(sender) ? someoneAt(settings, sender) : sender;
    const kind = isDomain(sender) ? "senderDomain" : "senderDependent";
    const name = label(["senderDependent", sender], nextHop(hop));
    return from === undefined ? [] : [{ kind, from, route: AS_ROUTED, label: name }];
  });
}

/** The senders that `senders` and `sender` rewrite to, once each; the test message proves its own. */
function senders(settings: Settings): Way[] {
  const { sender, testDelivery } = settings;
  const produced: [path: Path, to: string][] = Object.entries(settings.senders).map(([key, to]) => [
    ["senders", key],
    to,
  ]);
  if (sender) produced.push([["sender"], sender]);
  const proven = [sentAs(settings, testDelivery.from), ...Object.keys(settings.senderDependent)];
  const firsts = produced.filter(([, to], index) => produced.findIndex(([, other]) => same(other, to)) === index);
  return firsts
    .filter(([, to]) => !proven.some((other) => same(other, to)))
    .map(([path, to]) => ({ kind: "senders", from: to, route: AS_ROUTED, label: label(path, to) }));
}
