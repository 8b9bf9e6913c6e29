// The parts of a Postfix that was set up by hand that are about its mail: how it is protected, rewritten, limited.

import type { HandMade, MapRow } from "./hand-made.ts";
import type { Answers } from "./init-files.ts";
import { hopOf, otherRelayHost } from "./next-hop-text.ts";

/** Arguments and lines that belong together. */
export interface Part {
  readonly answers?: Partial<Answers>;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly lines?: readonly string[];
}

/** The values in a list. */
export const valuesOf = (text = ""): string[] => text.split(/[\s,]+/).filter((value) => value !== "");

/** An argument, unless it has nothing. */
export const unlessEmpty = <T extends object>(key: string, value: T) =>
  Object.keys(value).length > 0 ? { [key]: value } : {};

/** The rows of these maps. */
export const rowsOf = (maps: HandMade["maps"], ...names: string[]): readonly MapRow[] =>
  names.flatMap((name) => maps.get(name) ?? []);

/** The relay hosts that are tried next. */
export const fallbackOf = (set: HandMade["set"]): string[] =>
  valuesOf(set.get("smtp_fallback_relay") ?? set.get("fallback_relay"));

const isPattern = ({ type }: MapRow): boolean => ["regexp", "pcre", "static"].includes(type);

const STRICT =
  "from now on mail leaves only with TLS and a certificate that is valid for the relay host's name; where that cannot " +
  "be, `tls: { level: encrypted }`";

/** Secure is the default, whatever was before. */
export function tls({ set }: HandMade): Part {
  const older = set.get("smtp_enforce_tls") === "yes" ? "encrypt" : set.get("smtp_use_tls") === "yes" ? "may" : "none";
  const level = set.get("smtp_tls_security_level") || older;
  const certificateNames = valuesOf(set.get("smtp_tls_secure_cert_match")).filter(
    (name) => !/^(hostname|nexthop|dot-nexthop)$/.test(name),
  );
  const fingerprints = valuesOf(set.get("smtp_tls_fingerprint_cert_match"));
  const files = ["smtp_tls_CAfile", "smtp_tls_CApath"].flatMap((name) => {
    const file = set.get(name);
    if (!file || /^\/(etc\/(ssl\/certs|pki)|usr\/share\/ca-certificates)(\/|$)/.test(file)) return [];
    return [`${name} = ${file}: if the relay host's certificate is from it, put its text into \`caCertificate\``];
  });
  if (level === "fingerprint" && set.get("smtp_tls_fingerprint_digest") === "sha256")
    return { extra: { tls: { level, fingerprints } }, lines: files };
  return {
    extra: certificateNames.length > 0 ? { tls: { certificateNames } } : {},
    lines: [
      ...(["secure", "verify"].includes(level) ? [] : [`smtp_tls_security_level = ${level}: ${STRICT}`]),
      ...files,
    ],
  };
}

/** Patterns that each address matches. */
const ANY = /^(\/(\^?\.[*+]\$?|@|\^\.\*@\.\*\$|\.\+@\.\+|\^\(\.\*\)\$?)\/[imsx]*|\.\*)$/;

/** Who mail is sent as. */
export function senders({ maps }: HandMade): Part {
  const rows = rowsOf(maps, "sender_canonical_maps", "smtp_generic_maps");
  const all = rows.find((row) => isPattern(row) && ANY.test(row.key));
  const plain = rows.filter((row) => !isPattern(row));
  const left = rows.filter((row) => isPattern(row) && !ANY.test(row.key));
  const headers = rowsOf(maps, "smtp_header_checks").map(({ key, value }) =>
    value.toUpperCase() === "IGNORE" ? /^\/\^([\w-]+):?(\.\*)?\$?\/[i]*$/.exec(key)?.[1] : undefined,
  );
  const fields = headers.flatMap((field) => field ?? []);
  return {
    extra: {
      ...(all && { sender: all.value }),
      ...unlessEmpty("senders", Object.fromEntries(plain.map(({ key, value }) => [key, value]))),
      ...(fields.length > 0 && { stripHeaders: fields }),
    },
    lines: [
      ...left.map(({ key }) => `a pattern for senders, ${key}: not taken over; use \`senders\``),
      ...(headers.includes(undefined) ? ["smtp_header_checks: only rows that remove a field are taken over"] : []),
    ],
  };
}

/** Further relay hosts. */
export function others({ set, maps }: HandMade): Part {
  const lines: string[] = [];
  const take = (what: string, text: string) => {
    const hop = hopOf(text);
    if (!hop) lines.push(`${what} ${text}: not taken over`);
    return hop ? [otherRelayHost(hop)] : [];
  };
  const fallback = fallbackOf(set).flatMap((text) => take("smtp_fallback_relay", text));
  const dependent = rowsOf(maps, "sender_dependent_relayhost_maps").flatMap((row) =>
    isPattern(row) ? [] : take("sender_dependent_relayhost_maps", row.value).map((hop) => [row.key, hop] as const),
  );
  return {
    extra: {
      ...(fallback.length > 0 && { fallback }),
      ...unlessEmpty("senderDependent", Object.fromEntries(dependent)),
    },
    lines,
  };
}

const HOURS: Readonly<Record<string, number>> = { s: 1 / 3600, m: 1 / 60, h: 1, d: 24, w: 168 };

/** A time of Postfix in hours. */
function hoursOf(text: string | undefined, unit: string): number | undefined {
  const [, count, letter = unit] = /^(\d+)([smhdw]?)$/.exec(text ?? "") ?? [];
  return count === undefined ? undefined : Number(count) * (HOURS[letter || unit] ?? 0);
}

export function limits({ set }: HandMade): Part {
  const size = set.get("message_size_limit");
  const delay = set.get("smtp_destination_rate_delay") ?? set.get("default_destination_rate_delay");
  const together = set.get("smtp_destination_concurrency_limit") ?? set.get("default_destination_concurrency_limit");
  const pause = Math.round((hoursOf(delay, "s") ?? 0) * 3600);
  const warning = hoursOf(set.get("delay_warning_time"), "h");
  const values = {
    rateDelaySeconds: pause || undefined,
    // With a pause they leave one at a time.
    concurrency: together === undefined || pause ? undefined : Number(together),
    messageSize: size === undefined ? undefined : Number(size),
    queueLifetimeHours: hoursOf(set.get("maximal_queue_lifetime"), "d"),
    bounceLifetimeHours: hoursOf(set.get("bounce_queue_lifetime"), "d"),
    delayWarningHours: warning || undefined,
  };
  const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { extra: unlessEmpty("limits", known) };
}

const LOOPBACK = /^(127\.|\[?::1\]?|\[::ffff:127\.|localhost$|loopback-only$)/;

/** What the host takes: its own domain, other machines. */
export function reception({ set, domain, hostname }: HandMade): Part {
  const protocols = valuesOf(set.get("inet_protocols"));
  const [only] = protocols;
  const kept = valuesOf(set.get("mydestination"));
  const [label = ""] = hostname.split(".");
  const own = [hostname, domain, label, "localhost", `localhost.${domain}`, "localhost."];
  const foreign = kept.filter((name) => !own.includes(name) && !/(^|\.)localdomain$/.test(name));
  const open = valuesOf(set.get("inet_interfaces")).filter((name) => !LOOPBACK.test(name));
  const networks = valuesOf(set.get("mynetworks")).filter((name) => !LOOPBACK.test(name));
  return {
    extra: {
      ...(protocols.length === 1 && (only === "ipv4" || only === "ipv6") && { ipVersion: only }),
      ...(kept.includes(domain) && { ownDomainMail: "local" }),
    },
    lines: [
      ...(foreign.length > 0 ? [`mydestination: mail to ${foreign.join(", ")} leaves by the relay from now on`] : []),
      ...(open.length > 0
        ? [`inet_interfaces = ${open.join(", ")}: only this host hands in mail from now on; containers by \`bridges\``]
        : []),
      ...(networks.length > 0
        ? [`mynetworks: ${networks.join(", ")} hand in no mail from now on; containers do by \`bridges\``]
        : []),
    ],
  };
}
