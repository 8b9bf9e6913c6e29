import type { Settings } from "../../settings/settings.ts";
import { map } from "../files.ts";
import { nextHop } from "../next-hop.ts";
import { DETOUR, directFallback, isOther, otherTransport } from "../transports.ts";
import { escapeDollars, type Row, unlessEmpty } from "./row.ts";

/** The relay host that mail goes to, and the login there. */
export function relay(settings: Settings): Row[] {
  const { relayHost, mechanisms, senderDependent } = settings;
  const other = otherTransport(settings);
  const hasDetour = other && other.fallback.length > 0;
  const dependent = Object.keys(senderDependent).length > 0;
  return [
    [
      "relayhost",
      escapeDollars(nextHop(relayHost)),
      relayHost.lookupMx
        ? "All other mail goes to the server that the MX records of this name give."
        : "All other mail goes here. Brackets: no MX lookup.",
    ],
    [
      "smtp_fallback_relay",
      unlessEmpty([...directFallback(settings).map(nextHop), ...(hasDetour ? [DETOUR] : [])].join(", ")),
      hasDetour
        ? "Tried next, in this order. The last one is this host: it hands the mail to the other transport."
        : "Tried next, in this order.",
    ],
    [
      "smtp_tls_policy_maps",
      hasDetour ? `inline:{ { ${DETOUR} = ${other.name === "starttls" ? "encrypt" : "none"} } }` : undefined,
      "This connection does not leave the host.",
    ],
    [
      "sender_dependent_relayhost_maps",
      dependent ? map("senderRelay") : undefined,
      "Mail of these senders goes to relay hosts of their own.",
    ],
    [
      "sender_dependent_default_transport_maps",
      Object.values(senderDependent).some((server) => isOther(settings, server)) ? map("senderTransport") : undefined,
      "Their relay hosts need the other kind of TLS.",
    ],
    ["smtp_sasl_auth_enable", "yes", "Log in at the relay host."],
    ["smtp_sasl_password_maps", map("saslPasswd"), "User and password, kept under the text of relayhost."],
    [
      "smtp_sender_dependent_authentication",
      dependent ? "yes" : undefined,
      "A sender's own account takes precedence over that of the relay host.",
    ],
    ["smtp_sasl_mechanism_filter", mechanisms?.join(", ").toLowerCase(), "Only these mechanisms."],
    ["smtp_sasl_tls_security_options", "noanonymous", "PLAIN and LOGIN are fine, since TLS protects them."],
  ];
}
