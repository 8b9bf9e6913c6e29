// Addresses of this host's own networks.

import { isIP, isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";
import { text } from "./kinds.ts";

/** The kinds of networks that nobody reaches from outside. */
const PRIVATE = ["private", "carrierGradeNat", "uniqueLocal"];

const parts = (value: string) => {
  const [address = "", size = ""] = value.split("/");
  return { address, size: /^\d{1,3}$/.test(size) ? Number(size) : Number.NaN };
};

/** Whether the whole network is private, and more than a single address. */
function hasFittingSize(value: string): boolean {
  const { address, size } = parts(value);
  return isIPv4(address) ? size >= 12 && size <= 30 : size >= 48 && size <= 126;
}

/** The address of a bridge, with the size of its network. */
export const bridge = text(
  { allowed: "give the bridge's own address and the size of its network, such as 172.17.0.1/16" },
  [(value) => isIP(parts(value).address) === 0, "which has no IP address"],
  [/%/, "which has a zone"],
  [(value) => /^127\.|^::1\//.test(value), "which is the loopback address"],
  [/^[^/]*$/, "which has no size"],
  [(value) => !PRIVATE.includes(ipaddr.parse(parts(value).address).range()), "which is not a private address"],
  [(value) => !hasFittingSize(value), "whose size does not fit: /12 to /30, for IPv6 /48 to /126"],
  [
    (value) => networkOf(value).startsWith(`${canonical(parts(value).address)}/`),
    "which is a network; give the address in it",
  ],
);

/** An address that mail is sent from, or a network of them. */
export const publicNetwork = text(
  { allowed: "give an address or a network, such as 203.0.113.25 or 2001:db8::/48" },
  [(value) => isIP(value.split("/")[0] ?? "") === 0, "which has no IP address"],
  [/%/, "which has a zone"],
  [(value) => value.includes("/") && !hasSize(value), "whose size is not that of a network"],
);

function hasSize(value: string): boolean {
  const { address, size } = parts(value);
  return size >= 0 && size <= (isIPv4(address) ? 32 : 128);
}

/** The address as the operating system writes it. */
export const canonical = (address: string): string => ipaddr.parse(address).toString();

/** The network of a bridge, without host bits: Postfix refuses all clients where there are some. */
export function networkOf(value: string): string {
  const { address, size } = parts(value);
  const version = isIPv4(address) ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${version.networkAddressFromCIDR(`${address}/${size}`)}/${size}`;
}
