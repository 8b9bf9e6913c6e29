import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabRelay, Mode } from "../../lab/index.ts";
import { must } from "../../lab/shell.ts";
import { Bench } from "./bench.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

let bench: Bench;
let other: LabRelay;
const table = new Table("A relay host that fails, and a new password", [
  "fault",
  "`pulumi up`",
  "live afterwards",
  "accepted",
  "delivered",
  "twice",
  "bounced",
  "missing",
]);

beforeAll(async () => {
  bench = await Bench.open("relays", {
    testDelivery: { to: "ops@example.org", timeoutSeconds: 8 },
    rotation: "overlap",
  });
  other = await bench.world.lab.relay();
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await table.close();
  await bench?.close();
});

/** Runs `up` while messages are submitted all the time, and counts them when the fault is gone. */
async function counted(what: string, run: string, { repair = async () => {} }: { repair?: () => Promise<void> } = {}) {
  const before = await bench.status();
  const sender = await Sender.start(bench.host, run);
  await sender.more(1);
  const said = await bench.stack.up();
  const after = await bench.status();
  const checked = await bench.host.run("postrelay check");
  await sender.more(2);
  await sender.stop();
  await repair();
  await drain(bench.host);
  const count = await sender.count(bench.relay, other);
  const color = said.code === 0 ? "green" : "red";
  const live = after.live === before.live ? "old" : "new";
  table.add(what, color, live, count.accepted, count.delivered, count.twice, count.bounced, count.missing);
  expect(count, said.text).toMatchObject({ delivered: count.accepted, twice: 0, bounced: 0, missing: 0 });
  return { said, color, live, after, checked };
}

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

describe("a change to another relay host", () => {
  test("the user reverts the config after a failed `up`", async () => {
    await other.set("wrong-password");
    const config = { host: bench.relay.host };
    bench.config({ host: other.host });
    const before = await bench.status();
    expect((await bench.stack.up()).code).not.toBe(0);
    bench.config(config);
    const said = await bench.stack.up();
    expect(said).toMatchObject({ code: 0 });
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
});

const failures = async () =>
  Number((await bench.host.run("journalctl -q | grep -c 'postfix/smtp.* said: 535'")).stdout);
const account = (username: string, password: string) => ({ username, password });
const passwords = ["fresh-Vq3", "typo-Hx8", "after-Zm5"];

async function password(value: string): Promise<void> {
  await bench.stack.secret("postfix-relay:credentials.password", value);
}

describe("a new password", () => {
  const first = account("relayuser", "relaypass");

  test("old and new valid together: the new one is proved by a delivery", async () => {
    await bench.relay.setUsers([first, account("second", "fresh-Vq3")]);
    bench.config({ username: "second" });
    await password("fresh-Vq3");
    const { color, live, said } = await counted("new account, both valid", "over");
    expect([color, live]).toEqual(["green", "new"]);
    for (const secret of passwords) expect(said.text).not.toContain(secret);
    expect((await bench.relay.messages()).at(-1)?.saslUser).toBe("second");
  });

  test("a new one that is refused: the old one stays in use", async () => {
    await password("typo-Hx8");
    const { color, live, said, checked } = await counted("new password refused, old one valid", "typo");
    expect([color, live]).toEqual(["red", "old"]);
    expect(checked).toMatchObject({ code: 0 });
    expect(said.text).toMatch(/The live configuration was not changed/);
    for (const secret of [...passwords, "relaypass"]) expect(said.text).not.toContain(secret);
    await password("fresh-Vq3");
    expect(await bench.stack.up()).toMatchObject({ code: 0 });
  });

  test("the old one is dead at once, and the new one mistyped: the queue is held until a right one comes", async () => {
    await bench.relay.setUsers([account("second", "after-Zm5")]);
    bench.config({ rotation: "cutover" });
    await password("typo-Hx8");
    const before = await bench.status();
    const sender = await Sender.start(bench.host, "cut");
    await sender.more(1);
    const red = await bench.stack.up();
    expect(red.code).not.toBe(0);
    expect(red.text).toMatch(/holds the queue/);
    const held = await bench.status();
    expect(held.live).toBe(before.live?.replace("proven", "held"));
    expect(await bench.host.run("postrelay check")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/the queue is held/),
    });
    const tried = await failures();
    await sender.more(4);
    expect(await failures()).toBe(tried);
    table.add("new password refused, old one dead (cutover)", "red", "old, queue held", "", "", "", "", "");

    await password("after-Zm5");
    const green = await bench.stack.up();
    expect(green).toMatchObject({ code: 0 });
    await sender.stop();
    await drain(bench.host);
    const count = await sender.count(bench.relay);
    table.add(
      "and then the right one",
      "green",
      "new",
      count.accepted,
      count.delivered,
      count.twice,
      count.bounced,
      count.missing,
    );
    expect(count).toMatchObject({ delivered: count.accepted, twice: 0, bounced: 0, missing: 0 });
    for (const secret of passwords) expect(red.text + green.text).not.toContain(secret);
  });

  test("the old one is dead at once: no message is tried with it from the first step on", async () => {
    bench.config({ username: "third" });
    await password("fresh-Vq3");
    const sender = await Sender.start(bench.host, "dead");
    await sender.more(1);
    // The provider changes the account when the host has stopped using the old one.
    let tried = 0;
    const said = await bench.upTo({ command: "systemd-run", arguments: "*" }, (stopped) => stopped.resume());
    expect(said.code).not.toBe(0);
    tried = await failures();
    await bench.relay.setUsers([account("third", "fresh-Vq3")]);
    await sender.more(3);
    expect(await failures()).toBe(tried);
    const green = await bench.stack.up();
    expect(green).toMatchObject({ code: 0 });
    await sender.stop();
    await drain(bench.host);
    const count = await sender.count(bench.relay);
    table.add(
      "old one dead after the queue is held (cutover)",
      "green",
      "new",
      count.accepted,
      count.delivered,
      count.twice,
      count.bounced,
      count.missing,
    );
    expect(count).toMatchObject({ delivered: count.accepted, twice: 0, bounced: 0, missing: 0 });
    bench.config({ rotation: "overlap" });
    expect(await bench.stack.up()).toMatchObject({ code: 0 });
  });
});

describe("who proves it", () => {
  const live = async () => (await bench.status()).live;
  const owner = "#% owner postfix-relay/relays/web\n";

  test("the laptop dies before the proof: what runs is not touched; then cancel, refresh, up", async () => {
    bench.config({ domain: "timer.example.com" });
    const before = await live();
    await bench.upTo({ command: "sendmail", arguments: "*-N never*" }, async (stopped) => {
      bench.killEngine();
      stopped.kill();
      await stopped.end();
    });
    expect(await live()).toBe(before);
    // The second Postfix ends by itself.
    const unit = await bench.host.must("systemctl show --property=RuntimeMaxUSec,ActiveState postfix-relay-candidate");
    expect(unit).toMatch(/^RuntimeMaxUSec=15min$/m);
    expect(unit).toMatch(/^ActiveState=active$/m);
    await bench.stack.must(["cancel", "--yes", "relays"]);
    await bench.stack.must(["refresh", "--yes", "--skip-preview", "--stack", "relays"]);
    expect(await bench.stack.up()).toMatchObject({ code: 0 });
    expect(await bench.host.must("postconf -h mydomain")).toBe("timer.example.com\n");
    expect((await bench.host.run("systemctl is-active postfix-relay-candidate")).code).not.toBe(0);
    table.add("laptop dies before the proof", "red", "old", "", "", "", "", "");
  });

  test("two at once: the second waits, and says in the end who holds the host", async () => {
    bench.config({ domain: "two.example.com" });
    const said = await bench.upTo({ command: "sendmail", arguments: "*" }, async (stopped) => {
      const up = await bench.stack.up();
      expect(up.code).not.toBe(0);
      expect(up.text).toMatch(/locked/);
      const waitLess = "#!/bin/sh\nexec /usr/bin/flock -w 1 9\n";
      await bench.host.must("cat > /usr/local/bin/flock && chmod +x /usr/local/bin/flock", { input: waitLess });
      const ran = await bench.host.run("postrelay start", { input: owner });
      expect(ran).toMatchObject({ code: 75, stdout: "" });
      expect(ran.stderr).toMatch(/another run still works on this host: 'postrelay deliver', process \d+, since/);
      await bench.host.must("rm /usr/local/bin/flock");
      stopped.resume();
    });
    expect(said).toMatchObject({ code: 0 });
    table.add("two `up`s at once", "green and red", "new", "", "", "", "", "");
  });

  test("the last proven configuration is damaged on the disk: the next one takes its place", async () => {
    bench.config({ domain: "damaged.example.com" });
    await bench.host.must("echo x >> /var/lib/postfix-relay/good/etc/main.cf");
    expect(await bench.stack.up()).toMatchObject({ code: 0 });
    expect(await bench.host.run("postrelay check")).toMatchObject({ code: 0 });
    table.add("last proven configuration damaged", "green", "new", "", "", "", "", "");
  });

  test("/etc/postfix/main.cf is immutable: nothing is changed", async () => {
    const file = `${bench.host.root}/etc/postfix/main.cf`;
    bench.config({ domain: "immutable.example.com" });
    const before = await live();
    await must("chattr", ["+i", file]);
    const said = await bench.stack.up();
    await must("chattr", ["-i", file]);
    expect(said.code).not.toBe(0);
    expect(said.text).toMatch(/\/etc\/postfix\/main\.cf cannot be replaced: is it immutable/);
    expect(await live()).toBe(before);
    table.add("main.cf immutable", "red", "old", "", "", "", "", "");
    expect(await bench.stack.up()).toMatchObject({ code: 0 });
    expect(await bench.host.must("postconf -h mydomain")).toBe("immutable.example.com\n");
  });
});
