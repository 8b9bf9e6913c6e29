import { existsSync } from "node:fs";
import { must, run } from "./shell.ts";

/** Names and addresses of a lab's network: all derived from its number. */
export interface Network {
  number: number;
  bridge: string;
  /** The lab's side of the bridge: gateway and DNS of the hosts. */
  gateway: string;
  /** First part of each IPv4 address, and of each IPv6 address (reachable inside the lab only). */
  prefix: string;
  prefix6: string;
}

/** The network with a number. */
export function network(number: number): Network {
  const prefix = `10.232.${number}.`;
  return {
    number,
    bridge: `prl${number}`,
    gateway: `${prefix}1`,
    prefix,
    prefix6: `fd52:7066:${number.toString(16)}::`,
  };
}

/** Creates the bridge; false if it exists, since a lab of another cache folder may own it. */
export async function addBridge(net: Network): Promise<boolean> {
  if (existsSync(`/sys/class/net/${net.bridge}`)) return false;
  return (await run("ip", ["link", "add", net.bridge, "type", "bridge"])).code === 0;
}

/** Gives the lab's side of the bridge a second address, which no host gets, and returns it. Safe to repeat. */
export async function secondAddress({ bridge, prefix }: Network): Promise<string> {
  const address = `${prefix}254`;
  await must("ip", ["addr", "replace", `${address}/32`, "dev", bridge]);
  return address;
}

/** Configures the bridge's addresses, and NAT for its hosts to reach the package mirror. */
export async function connect(net: Network): Promise<void> {
  await must("ip", ["-batch", "-"], {
    input: `addr add ${net.gateway}/24 dev ${net.bridge}
addr add ${net.prefix6}1/64 dev ${net.bridge} nodad
link set ${net.bridge} up
`,
  });
  await must("sysctl", ["-qw", "net.ipv4.ip_forward=1"]);
  await passFirewall(net);
  await must("nft", ["-f", "-"], {
    input: `table ip ${net.bridge} {
  chain post {
    type nat hook postrouting priority 100;
    ip saddr ${net.prefix}0/24 oifname != "${net.bridge}" masquerade
  }
}
`,
  });
}

/** Accepts forwarded packets of this bridge where a firewall such as Docker's drops them. */
async function passFirewall({ bridge }: Network): Promise<void> {
  const chain = (await run("nft", ["list", "chain", "ip", "filter", "FORWARD"])).stdout;
  if (!/policy drop/.test(chain)) return;
  for (const side of ["iifname", "oifname"])
    await must("nft", ["insert", "rule", "ip", "filter", "FORWARD", side, bridge, "accept"]);
}

async function unpassFirewall({ bridge }: Network): Promise<void> {
  const chain = (await run("nft", ["-a", "list", "chain", "ip", "filter", "FORWARD"])).stdout;
  for (const [, handle] of chain.matchAll(new RegExp(`name "${bridge}".* accept # handle (\\d+)`, "g")))
    await run("nft", ["delete", "rule", "ip", "filter", "FORWARD", "handle", handle as string]);
}

/** Removes what `addBridge` and `connect` made, and the network namespaces of the hosts. */
export async function disconnect(net: Network): Promise<void> {
  const spaces = (await must("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  const links = (await run("ip", ["-o", "link", "show", "master", net.bridge])).stdout;
  for (const [, link] of links.matchAll(/^\d+: ([^@:]+)/gm)) await run("ip", ["link", "del", link as string]);
  for (const space of spaces.filter((name) => name.startsWith(`${net.bridge}-`)))
    await run("ip", ["netns", "del", space]);
  await run("nft", ["delete", "table", "ip", net.bridge]);
  await unpassFirewall(net);
  await run("ip", ["link", "del", net.bridge]);
}

/** A host's place in the network. */
export interface Place {
  netns: string;
  address: string;
  address6: string;
}

/** Creates a network namespace on the bridge, at the first free address. */
export async function place(net: Network, host: string): Promise<Place> {
  const netns = `${net.bridge}-${host}`;
  await must("ip", ["netns", "add", netns]);
  for (let last = 2; last < 254; last++) {
    // The kernel refuses a second link of the same name, so two processes never choose the same address.
    const link = `${net.bridge}h${last}`;
    const peer = ["name", "host0", "address", hardwareAddress(net.number, last), "netns", netns];
    const made = await run("ip", ["link", "add", link, "type", "veth", "peer", ...peer]);
    if (made.code !== 0 && existsSync(`/sys/class/net/${link}`)) continue;
    if (made.code !== 0) throw new Error(`no link for ${host}: ${made.stderr}`);
    const at = { netns, address: net.prefix + last, address6: net.prefix6 + last.toString(16) };
    await must("ip", ["link", "set", link, "master", net.bridge, "up"]);
    await must("ip", ["-n", netns, "-batch", "-"], {
      input: `addr add ${at.address}/24 dev host0
addr add ${at.address6}/64 dev host0 nodad
link set lo up
link set host0 up
route add default via ${net.gateway}
`,
    });
    return at;
  }
  throw new Error("this lab has no free address");
}

/**
 * The MAC address of a host's link. An IP address always has the same one: whoever has just talked to an earlier host
 * there would send to the MAC address of that one for up to a minute.
 */
const hardwareAddress = (lab: number, host: number): string =>
  ["02:70:72:6c", ...[lab, host].map((part) => part.toString(16).padStart(2, "0"))].join(":");

/** Releases a host's place. */
export async function unplace(net: Network, host: string): Promise<void> {
  await run("ip", ["netns", "del", `${net.bridge}-${host}`]);
}

/** Replaces the firewall of a network namespace with rules for outgoing packets; without rules it has none. */
export async function firewall(netns: string, rules: string[]): Promise<void> {
  const chain = `chain out {
    type filter hook output priority 0;
    ${rules.join("\n    ")}
  }`;
  const table = rules.length ? `table inet lab {\n  ${chain}\n}\n` : "";
  await must("ip", ["netns", "exec", netns, "nft", "-f", "-"], {
    input: `table inet lab\ndelete table inet lab\n${table}`,
  });
}
