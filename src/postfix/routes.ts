// The routes that mail can take besides that of the test message. Each is probed before a configuration takes over.

import { same } from "../settings/domains.ts";
import { type Path, pathText } from "../settings/problems.ts";
import { isDomain, sentAs, someoneAt } from "../settings/senders.ts";
import { type RelayHost, realHost, type Settings } from "../settings/settings.ts";
import { nextHop } from "./next-hop.ts";
import { isOther, otherTransport } from "./transports.ts";

/** One route. */
export interface Route {
  /** Which argument opens it; `senderDomain` is a whole domain in `senderDependent`, `senders` any other sender. */
  readonly kind: "fallback" | "senderDependent" | "senderDomain" | "senders";
  /** The SMTP envelope sender of the probe. */
  readonly from: string;
  /** `-`: as Postfix routes this sender; else the transport and the next hop. */
  readonly via: string;
  /** Its name in messages. */
  readonly label: string;
}

const AS_ROUTED = "-";

/** All of them; mail of an account in `accounts` takes one of these. */
export const routes = (settings: Settings): Route[] => [
  ...fallback(settings),
  ...senderDependent(settings),
  ...senders(settings),
  ...root(settings),
];

const label = (path: Path, text: string) => `${pathText(path)} ${text}`;

function fallback(settings: Settings): Route[] {
  const transport = (server: RelayHost) => (isOther(settings, server) ? otherTransport(settings)?.name : "smtp");
  return settings.fallback.map((server, index) => ({
    kind: "fallback",
    from: settings.testDelivery.from,
    via: `${transport(server)}:${nextHop(server)}`,
    label: label(["fallback", index], nextHop(realHost(server))),
  }));
}

function senderDependent(settings: Settings): Route[] {
  return Object.entries(settings.senderDependent).flatMap(([sender, server]): Route[] => {
    const from = isDomain(sender) ? someoneAt(settings, sender) : sender;
    const kind = isDomain(sender) ? "senderDomain" : "senderDependent";
    const name = label(["senderDependent", sender], nextHop(realHost(server)));
    return from === undefined ? [] : [{ kind, from, via: AS_ROUTED, label: name }];
  });
}

/** The senders that `senders` and `sender` rewrite to, once each; the test message proves its own. */
function senders(settings: Settings): Route[] {
  const { sender } = settings;
  const produced: [path: Path, to: string][] = Object.entries(settings.senders).map(([key, to]) => [
    ["senders", key],
    to,
  ]);
  if (sender) produced.push([["sender"], sender]);
  const firsts = produced.filter(([, to], index) => produced.findIndex(([, other]) => same(other, to)) === index);
  return firsts
    .filter(([, to]) => !isProven(settings, to))
    .map(([path, to]) => ({ kind: "senders", from: to, via: AS_ROUTED, label: label(path, to) }));
}

/** The sender of cron and of most of the system's own mail, as it leaves. */
function root(settings: Settings): Route[] {
  const to = sentAs(settings, `root@${settings.hostname}`);
  const rewritten = [...Object.values(settings.senders), settings.sender].some((other) => other && same(other, to));
  if (rewritten || isProven(settings, to)) return [];
  return [{ kind: "senders", from: to, via: AS_ROUTED, label: `${to}, the sender of cron` }];
}

/** Whether the test message, or a route of `senderDependent`, has this sender. */
const isProven = (settings: Settings, sender: string) =>
  [sentAs(settings, settings.testDelivery.from), ...Object.keys(settings.senderDependent)].some((other) =>
    same(other, sender),
  );
