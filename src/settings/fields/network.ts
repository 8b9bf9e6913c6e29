// Addresses of this host's own networks.

import { BlockList, isIP, isIPv4 } from "node:net";
import { text } from "./kinds.ts";

const family = (address: string) => (isIPv4(address) ? "ipv4" : "ipv6");

/** Private networks, which nobody reaches from outside. */
const inside = new BlockList();
inside.addSubnet("10.0.0.0", 8, "ipv4");
inside.addSubnet("172.16.0.0", 12, "ipv4");
inside.addSubnet("192.168.0.0", 16, "ipv4");
inside.addSubnet("100.64.0.0", 10, "ipv4");
inside.addSubnet("fc00::", 7, "ipv6");

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
  [(value) => /^127\.|^::1\//.test(value), "which is the loopback address"],
  [/^[^/]*$/, "which has no size"],
  [(value) => !inside.check(parts(value).address, family(value.replace(/\/.*/, ""))), "which is not a private address"],
  [(value) => !hasFittingSize(value), "whose size does not fit: /12 to /30, for IPv6 /48 to /126"],
  [
    (value) => networkOf(value).startsWith(`${canonical(parts(value).address)}/`),
    "which is a network; give the address in it",
  ],
);

/** The address as the operating system writes it. */
export function canonical(address: string): string {
  return isIPv4(address) ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The network of a bridge, without host bits: Postfix refuses all clients where there are some. */
export function networkOf(value: string): string {
  const { address, size } = parts(value);
  const bytes = bytesOf(canonical(address));
  const kept = bytes.map((byte, index) => byte & (0xff00 >> Math.max(0, Math.min(8, size - index * 8))) & 0xff);
  return `${textOf(kept)}/${size}`;
}

function bytesOf(address: string): number[] {
  if (isIPv4(address)) return address.split(".").map(Number);
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...(tail === undefined ? [] : Array(missing).fill("0")), ...groups(tail)];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}

function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = bytes.flatMap((byte, index) =>
    index % 2 ? [] : [((byte << 8) | (bytes[index + 1] ?? 0)).toString(16)],
  );
  return canonical(groups.join(":"));
}
