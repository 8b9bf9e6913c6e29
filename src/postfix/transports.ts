// Postfix has one kind of TLS for each transport: STARTTLS, or TLS from the first byte. Relay hosts of the kind that
// `relayHost` does not have need a transport of their own.

import { isIPv6 } from "node:net";
import { implicitTls } from "../providers/preset.ts";
import type { RelayHost, Settings } from "../settings/settings.ts";
import { nextHop } from "./next-hop.ts";

/** The loopback port where Postfix hands itself the mail that has to leave by the other transport. */
export const DETOUR = "[127.0.0.1]:10625";

/** The transport for the other kind. */
export interface OtherTransport {
  /** Its name in master.cf. */
  readonly name: "smtps" | "starttls";
  /** Relay hosts in `fallback` that it tries, in this order. */
  readonly fallback: readonly RelayHost[];
}

/** Whether a relay host is of the kind that `relayHost` does not have. */
export const isOther = ({ relayHost }: Settings, server: RelayHost): boolean =>
  implicitTls(server) !== implicitTls(relayHost);

/** Relay hosts in `fallback` that the first transport tries. */
export const directFallback = (settings: Settings): RelayHost[] =>
  settings.fallback.filter((server) => !isOther(settings, server));

/** The second transport, if one is needed. */
export function otherTransport(settings: Settings): OtherTransport | undefined {
  const { relayHost, fallback, senderDependent } = settings;
  if (![...fallback, ...Object.values(senderDependent)].some((server) => isOther(settings, server))) return undefined;
  return {
    name: implicitTls(relayHost) ? "starttls" : "smtps",
    fallback: fallback.filter((server) => isOther(settings, server)),
  };
}

/**
 * Changes of master.cf, one per line: `M` defines a service, `X` removes one. Bridges are services of their own, since
 * an address in inet_interfaces would also become the source of all mail that leaves.
 */
export function masterEdits(settings: Settings): string | undefined {
  const { listen, bridges, relayHost } = settings;
  const other = otherTransport(settings);
  const edits = [
    ...(listen === "none" ? ["X smtp/inet"] : []),
    ...bridges.map((bridge) => service(`${address(bridge)}:25`, "inet", "smtpd", insidersOnly)),
    ...(other ? secondTransport(other, implicitTls(relayHost)) : []),
  ];
  return edits.length > 0 ? edits.map((edit) => `${edit}\n`).join("") : undefined;
}

function service(name: string, type: "inet" | "unix", program: string, options: Record<string, string> = {}): string {
  const fields = [name, type, type === "inet" ? "n" : "-", "-", "y", "-", "-", program];
  const settings = Object.entries(options).map(([parameter, value]) => `-o ${parameter}=${value}`);
  return `M ${name}/${type} = ${[...fields, ...settings].join(" ")}`;
}

/** Who is not on the bridge hears so at once: what is meant for users of the host, too, comes from there alone. */
const insidersOnly = {
  smtpd_client_restrictions: "permit_mynetworks,reject",
  smtpd_relay_restrictions: "permit_mynetworks,reject",
  smtpd_delay_reject: "no",
};

const address = (bridge: string) => {
  const [own = ""] = bridge.split("/");
  return isIPv6(own) ? `[${own}]` : own;
};

/** The second transport, and the SMTP server that accepts mail for it: what it gets leaves by that transport. */
function secondTransport({ name, fallback: [first, ...rest] }: OtherTransport, firstSpeaksTls: boolean): string[] {
  const transport = service(name, "unix", "smtp", {
    smtp_tls_wrappermode: name === "smtps" ? "yes" : "no",
    // Not that of main.cf, which leads back here.
    smtp_fallback_relay: rest.map(nextHop).join(","),
  });
  if (!first) return [transport];
  const detour = service(DETOUR.replace(/[[\]]/g, ""), "inet", "smtpd", {
    content_filter: `${name}:${nextHop(first)}`,
    mynetworks: "127.0.0.0/8",
    smtpd_relay_restrictions: "permit_mynetworks,reject",
    receive_override_options: "no_address_mappings,no_header_body_checks,no_unknown_recipient_checks",
    // A transport that speaks TLS from the first byte does so with everybody; no certificate is needed on the loopback.
    ...(firstSpeaksTls && {
      smtpd_tls_security_level: "encrypt",
      smtpd_tls_wrappermode: "yes",
      smtpd_tls_cert_file: "none",
    }),
  });
  return [transport, detour];
}
