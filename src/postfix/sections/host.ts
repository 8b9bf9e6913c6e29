import { networkOf } from "../../settings/fields/network.ts";
import type { Settings } from "../../settings/settings.ts";
import { escapeDollars, type Row } from "./row.ts";

const LOOPBACK = "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128";

const PROTOCOLS = { any: "all", ipv4: "ipv4", ipv6: "ipv6" } as const;

/** A network as Postfix writes it: brackets around an IPv6 address. */
const network = (bridge: string) => networkOf(bridge).replace(/^(.*:.*)\//, "[$1]/");

/** The names of `localDomains` in settings/domains.ts, and those that the host adds. */
const destinations = ({ ownDomainMail }: Settings) => [
  "$myhostname",
  "localhost.$mydomain",
  "localhost",
  ...(ownDomainMail === "local" ? ["$mydomain"] : []),
  "$relay_host_names",
];

/** The names of the host, and those from whom it accepts mail. */
export function host(settings: Settings): Row[] {
  const { hostname, domain, ownDomainMail, ipVersion, bridges } = settings;
  return [
    ["myhostname", escapeDollars(hostname), "The name in HELO; a full one, or relay hosts may refuse it."],
    ["mydomain", escapeDollars(domain), "The domain this host belongs to."],
    ["myorigin", "$myhostname", "Follows bare senders such as root, so that one sees which host wrote."],
    ["append_dot_mydomain", "no", "Addresses are completed by those who write them."],
    [
      "mydestination",
      destinations(settings).join(", "),
      ownDomainMail === "local"
        ? "Mail for these names stays here, that of the domain included; the last are those the host has for itself."
        : "Mail for these names, the host's own, stays here. The domain is not among them: its mailboxes are elsewhere.",
    ],
    ["inet_interfaces", "loopback-only", "Only programs on this host can submit mail."],
    [
      "inet_protocols",
      PROTOCOLS[ipVersion],
      ipVersion === "any" ? "IPv6 where there is a route, else IPv4." : "Mail leaves by this version only.",
    ],
    [
      "mynetworks",
      [LOOPBACK, ...bridges.map(network)].join(" "),
      bridges.length > 0 ? "Who may relay: this host, and containers on its bridges." : "Who may relay: this host.",
    ],
    [
      "local_header_rewrite_clients",
      bridges.length > 0 ? "permit_inet_interfaces, permit_mynetworks" : undefined,
      "Senders of containers are rewritten as those of the host.",
    ],
  ];
}
