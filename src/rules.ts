import { isIP } from "node:net";
import type { Settings } from "./settings.ts";

/** Values that are valid, each by itself, and cannot work together. */
export interface Rule {
  readonly id: string;
  /** True when the settings break the rule. */
  readonly when: (settings: Settings) => boolean;
  /** The argument to change first. */
  readonly path: readonly string[];
  /** What goes wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly change: string;
  /** Where this is known from. */
  readonly source: string;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);

/** Domains whose mail ends on this host. */
const localDomains = ({ hostname, domain, ownDomainMail }: Settings) =>
  ownDomainMail === "local" ? [hostname, domain] : [hostname];

/** One row for each contradiction. */
export const rules: readonly Rule[] = [
  {
    id: "relay-is-self",
    when: ({ relayHost, hostname }) => same(relayHost.host, hostname),
    path: ["relayHost", "host"],
    message: "is the name of this host, which would send its mail to itself in a loop",
    change: "give the name of the provider's server, or another `hostname`",
    source: "postconf(5) relayhost; smtp_connect.c detects the loop on port 25 only",
  },
  {
    id: "address-has-no-certificate",
    when: ({ relayHost, tls }) => tls.level === "secure" && isIP(relayHost.host) !== 0,
    path: ["relayHost", "host"],
    message: "is an address, and a certificate is checked against a name",
    change: "give the relay host's name, or set `tls.level` to encrypted",
    source: "TLS_README, secure server certificate verification",
  },
  {
    id: "hostname-takes-domain",
    when: ({ hostname, domain, ownDomainMail }) => ownDomainMail === "relay" && same(hostname, domain),
    path: ["hostname"],
    message: "is the domain itself, so mail to the domain would stay on this host",
    change: "give the host a name of its own, such as web-1.example.com, or set `ownDomainMail` to local",
    source: "postconf(5) mydestination",
  },
  {
    id: "test-stays-local",
    when: (settings) => localDomains(settings).some((domain) => same(domain, domainOf(settings.testDelivery.to))),
    path: ["testDelivery", "to"],
    message: "is on this host, so the test message would prove nothing",
    change: "give a mailbox behind the relay host",
    source: "postconf(5) mydestination",
  },
];
