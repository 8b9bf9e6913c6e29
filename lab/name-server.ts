// A DNS server with zones of its own, for records that dnsmasq reads only at its start, and for the ways in which a
// server can fail. It runs in the process that opens it.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, decode, encode, type Packet, streamEncode } from "dns-packet";

/** The records of names, as one writes them: `"A 192.0.2.1"`, `"MX mx.example.net"`, `"TXT v=spf1 -all"`. */
export type Zones = Readonly<Record<string, readonly string[]>>;

/** How it answers. */
export type Manner = "right" | "silent" | "servfail" | "refused" | "truncated" | "loses the first" | { slow: number };

const AUTHORITATIVE = 1 << 10;
const TRUNCATED = 1 << 9;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

/** The longest answer by UDP without EDNS. */
const SHORT = 512;

/** The server. */
export interface NameServer {
  /** ADDRESS:PORT, as a resolver takes it. */
  readonly address: string;
  /** The questions so far, such as `TXT example.com`. */
  readonly asked: string[];
  zones: Zones;
  manner: Manner;
  close(): void;
}

/** Starts it at an address of this machine. */
export async function openNameServer(zones: Zones, host = "127.0.0.1", port = 0): Promise<NameServer> {
  const udp = createSocket("udp4");
  const tcp = createServer();
  tcp.listen(port, host);
  await once(tcp, "listening");
  const own = (tcp.address() as AddressInfo).port;
  udp.bind(own, host);
  await once(udp, "listening");
  const lost = new Set<string>();
  const server: NameServer = {
    ...{ address: `${host}:${own}`, asked: [], zones, manner: "right" },
    close: () => {
      udp.close();
      tcp.close();
    },
  };
  const reply = async (query: Packet, byUdp: boolean): Promise<Packet | undefined> => {
    const [question] = query.questions ?? [];
    if (!question) return undefined;
    const key = `${question.type} ${question.name}`;
    server.asked.push(key);
    const { manner } = server;
    if (manner === "silent") return undefined;
    if (manner === "loses the first" && !lost.has(key)) return void lost.add(key);
    if (typeof manner === "object") await pause(manner.slow);
    const { code, answers } = found(server.zones, question.name, question.type);
    const failure = manner === "servfail" ? SERVFAIL : manner === "refused" ? REFUSED : undefined;
    const cut = byUdp && manner === "truncated";
    const flags = AUTHORITATIVE | (cut ? TRUNCATED : 0) | (failure ?? code);
    const whole = { type: "response", id: query.id, flags, questions: query.questions } as const;
    const packet: Packet = { ...whole, answers: failure || cut ? [] : answers };
    return byUdp && encode(packet).length > SHORT ? { ...whole, flags: flags | TRUNCATED } : packet;
  };
  udp.on("message", async (message, from) => {
    const packet = await reply(decode(message), true);
    if (packet) udp.send(encode(packet), from.port, from.address);
  });
  tcp.on("connection", (socket: Socket) => {
    let data = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", async (part) => {
      data = Buffer.concat([data, part]);
      if (data.length < 2 || data.length < 2 + data.readUInt16BE(0)) return;
      const packet = await reply(decode(data.subarray(2, 2 + data.readUInt16BE(0))), false);
      if (packet) socket.end(streamEncode(packet));
    });
  });
  return server;
}

/** The answers of zones to one question; aliases are followed. */
function found(zones: Zones, name: string, type: string): { code: number; answers: Answer[] } {
  const key = name.toLowerCase();
  const lines = zones[key];
  // An empty non-terminal exists (RFC 8020).
  if (!lines)
    return { code: Object.keys(zones).some((other) => other.endsWith(`.${key}`)) ? 0 : NXDOMAIN, answers: [] };
  const parts = lines.map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)] as const);
  const alias = parts.find(([kind]) => kind === "CNAME");
  if (alias) {
    const own: Answer = { name, type: "CNAME", data: alias[1] };
    if (type === "CNAME") return { code: 0, answers: [own] };
    const { code, answers } = found(zones, alias[1], type);
    return { code, answers: [own, ...answers] };
  }
  const answers = parts.filter(([kind]) => kind === type).map(([, value]): Answer => answer(name, type, value));
  return { code: 0, answers };
}

function answer(name: string, type: string, value: string): Answer {
  if (type === "TXT") return { name, type, data: value.match(/.{1,255}/g) ?? [""] };
  if (type === "MX") return { name, type, data: { preference: 10, exchange: value } };
  return { name, type, data: value } as Answer;
}
