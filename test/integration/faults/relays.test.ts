import { expect, test } from "vitest";
import type { Mode } from "../../../lab/index.ts";
import { countedBench } from "./counted.ts";

const { bench, other, counted } = await countedBench("A relay host that fails", "relays", 8);

interface Row {
  what: string;
  mode?: Mode;
  fault?: () => Promise<void>;
  repair?: () => Promise<void>;
}

const dns = () => bench.world.lab.dns;
const rows: Row[] = [
  { what: "535 wrong password", mode: "wrong-password" },
  { what: "530 authentication required", mode: "auth-required" },
  { what: "553 sender refused", mode: "sender-refused" },
  { what: "421 not now", mode: "refuse-421" },
  { what: "relay host down", mode: "port-closed" },
  { what: "relay host silent", mode: "silence" },
  { what: "certificate expired", mode: "expired-certificate" },
  { what: "certificate for another name", mode: "wrong-name" },
  { what: "no STARTTLS", mode: "no-starttls" },
  { what: "DNS gone", fault: () => dns().stop(), repair: () => dns().start() },
  {
    what: "port dropped by a firewall",
    fault: () => bench.host.firewall(`ip daddr ${other.address} tcp dport 587 drop`),
    repair: () => bench.host.firewall(),
  },
];

test("the user reverts the config after a failed `up`", async () => {
  await other.set("wrong-password");
  const config = { host: bench.relay.host };
  bench.config({ host: other.host });
  const before = await bench.status();
  expect((await bench.stack.up()).code).not.toBe(0);
  bench.config(config);
  const result = await bench.stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(await bench.status()).toEqual(before);
  bench.config({ host: other.host });
});

test.each(rows)(
  "$what: red, the old one stays live, and mail goes out with it",
  async ({ what, mode, fault, repair }) => {
    bench.config({ host: other.host });
    await other.set(mode ?? "normal");
    await fault?.();
    const run = `r${rows.findIndex((row) => row.what === what)}`;
    const { color, live, after, checked } = await counted(what, run, { repair });
    expect([color, live]).toEqual(["red", "old"]);
    expect(after).toMatchObject({ live: expect.stringMatching(/ proven$/), running: "yes" });
    expect(checked).toMatchObject({ code: 0 });
  },
);

test("450, then accepted: green", async () => {
  await other.set("greylisting");
  bench.config({ timeoutSeconds: 60, host: other.host });
  expect(await counted("450, then accepted", "grey")).toMatchObject({ color: "green", live: "new" });
  await other.set("normal");
});

test("IPv6 is a black hole: IPv4 is used", async () => {
  bench.config({ host: bench.relay.host });
  await dns().set(bench.relay.host, [bench.relay.address, bench.relay.address6]);
  await bench.host.firewall(`ip6 daddr ${bench.relay.address6} drop`);
  const back = async () => {
    await bench.host.firewall();
    await dns().set(bench.relay.host, [bench.relay.address]);
  };
  expect(await counted("IPv6 black hole", "six", { repair: back })).toMatchObject({ color: "green", live: "new" });
  bench.config({ timeoutSeconds: 15 });
});
