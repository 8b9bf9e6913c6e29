// Names and mail domains: how they compare, and whose mail ends on this host.

import type { Settings } from "./settings.ts";

/** Whether two names are the same to DNS. */
export const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The part of an address after the @. */
export const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);

type Host = Pick<Settings, "hostname" | "domain" | "ownDomainMail">;

/** The domains whose mail ends on this host, and how main.cf writes each. Only the host knows all of the last kind. */
const finalDestinations = ({ hostname, domain, ownDomainMail }: Host) => [
  { name: hostname, inMainCf: "$myhostname" },
  { name: `localhost.${domain}`, inMainCf: "localhost.$mydomain" },
  { name: "localhost", inMainCf: "localhost" },
  ...(ownDomainMail === "local" ? [{ name: domain, inMainCf: "$mydomain" }] : []),
  { name: "localhost.localdomain", inMainCf: "$relay_host_names" },
];

/** The domains whose mail ends on this host. */
export const localDomains = (host: Host) => finalDestinations(host).map(({ name }) => name);

/** The same for `mydestination` in main.cf. */
export const destinations = (host: Host) => finalDestinations(host).map(({ inMainCf }) => inMainCf);
