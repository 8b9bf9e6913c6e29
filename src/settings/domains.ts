// Names and mail domains: how they compare, and whose mail ends on this host.

import type { Settings } from "./settings.ts";

/** Whether two names are the same to DNS. */
export const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The part of an address after the @. */
export const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);

type HostNames = Pick<Settings, "hostname" | "domain" | "ownDomainMail">;

/** The domains whose mail ends on this host; it may have further names that only the host knows. */
export const localDomains = ({ hostname, domain, ownDomainMail }: HostNames): string[] => [
  hostname,
  `localhost.${domain}`,
  "localhost",
  ...(ownDomainMail === "local" ? [domain] : []),
  "localhost.localdomain",
];

/** Those of them that have a dot. */
export const fullLocalDomains = (host: HostNames) => localDomains(host).filter((name) => name.includes("."));
