import type { RelayHost, Settings } from "../../settings/settings.ts";
import { map } from "../files.ts";
import { PROXY_PORT, proxyAddress } from "../login-proxy.ts";
import { nextHop } from "../next-hop.ts";
import { DETOUR, directFallback, isOther, otherTransport } from "../transports.ts";
import { escapeDollars, type Row, unlessEmpty } from "./row.ts";

/** Why mail goes to that server. */
function mainReason({ lookupMx, behind }: RelayHost): string {
  if (behind)
    return `All other mail goes to the login proxy of this host, which logs in at ${nextHop(behind)} with a token.`;
  return lookupMx
    ? "All other mail goes to the server that the MX records of this name give."
    : "All other mail goes here. Brackets: no MX lookup.";
}

/** The policies for connections that do not leave the host: to the other transport, and to the login proxy. */
function onThisHost(settings: Settings): string | undefined {
  const other = otherTransport(settings);
  const detour =
    other && other.fallback.length > 0 ? [`${DETOUR} = ${other.name === "starttls" ? "encrypt" : "none"}`] : [];
  const proxies = settings.tokenLogins.map((_, index) => `[${proxyAddress(index)}]:${PROXY_PORT} = none`);
  const policies = [...proxies, ...detour].map((policy) => `{ ${policy} }`);
  return policies.length > 0 ? `inline:{ ${policies.join(", ")} }` : undefined;
}

/** The relay host that mail goes to, and the login there. */
export function relay(settings: Settings): Row[] {
  const { relayHost, mechanisms, senderDependent } = settings;
  const other = otherTransport(settings);
  const hasDetour = other && other.fallback.length > 0;
  const dependent = Object.keys(senderDependent).length > 0;
  return [
    ["relayhost", escapeDollars(nextHop(relayHost)), mainReason(relayHost)],
    [
      "smtp_fallback_relay",
      unlessEmpty([...directFallback(settings).map(nextHop), ...(hasDetour ? [DETOUR] : [])].join(", ")),
      hasDetour
        ? "Tried next, in this order. The last one is this host: it hands the mail to the other transport."
        : "Tried next, in this order.",
    ],
    ["smtp_tls_policy_maps", onThisHost(settings), "What connects there does not leave the host."],
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
    ["smtp_sasl_auth_enable", "yes", "Log in at the relay host, where it has an account."],
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
