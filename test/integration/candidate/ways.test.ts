import { beforeEach, describe, expect, test } from "vitest";
import { arrives, openWeb, right, wrong } from "../others/scene.ts";
import type { Args, Run } from "../steps.ts";
import { leftovers, standing, status } from "./site.ts";

// Every route that mail can take is tried before a configuration goes live, and the main relay host has to prove it
// itself.
const testDelivery = { to: "ops@example.org", timeoutSeconds: 8 };
const { scene, host, steps } = await openWeb(() => ({ testDelivery }));
const main = scene.relay;
const other = await scene.world.lab.relay();
let change = 0;
beforeEach(async () => {
  for (const relay of [main, other]) await relay.set("normal");
});

const none = { fallback: undefined, senderDependent: undefined, senders: undefined, accounts: undefined };
/** `up` with these arguments and something new beside them. */
const up = (args: Args) =>
  steps.up({ ...scene.args({ testDelivery }), ...none, domain: `change-${++change}.example.com`, ...args });
const unproven = (run: Run) => run.results.at(-1)?.report.unproven;

async function red(args: Args, ...says: RegExp[]): Promise<void> {
  const before = { standing: await standing(host), live: (await status(host)).live };
  const run = await up(args);
  expect(run.code, run.text).toBe(69);
  for (const text of says) expect(run.text).toMatch(text);
  expect({ standing: await standing(host), live: (await status(host)).live }, run.text).toEqual(before);
  expect(await leftovers(host)).toBe("");
  await arrives(host, main, `after-${change}@example.org`);
}

async function green(args: Args, ...open: RegExp[]): Promise<void> {
  const { live } = await status(host);
  const run = await up(args);
  expect(run.code, run.text).toBe(0);
  expect(unproven(run)).toEqual(open.map((text) => expect.stringMatching(text)));
  // What it reports is the test message at the main relay host, whatever the probes found elsewhere.
  const message = (await main.messages()).findLast(({ recipients }) => recipients[0] === "ops@example.org");
  const { status: outcome, relay, dsn, answer } = run.results.at(-1)?.report ?? {};
  expect({ outcome, relay, dsn, answer }).toEqual({
    outcome: "sent",
    relay: expect.stringMatching(new RegExp(`^${main.host}\\[`)),
    dsn: "2.0.0",
    answer: `250 2.0.0 Ok: queued as ${message?.id}`,
  });
  expect((await status(host)).live).not.toBe(live);
  expect(await leftovers(host)).toBe("");
}

type Account = typeof right;
interface Route {
  what: string;
  /** What an operator reads about it. */
  named: RegExp;
  args: (account: Account, port: number) => Args;
  /** A port where the relay host is, and one where nobody is. */
  ports: [open: number, closed: number];
}

const starttls: Route["ports"] = [587, 2525];
const implicit: Route["ports"] = [465, 8465];
const fallback = (account: Account, port: number) => ({
  fallback: [{ host: other.host, port }],
  accounts: { [other.host]: account },
});
const dependent = (key: string) => (account: Account, port: number) => ({
  senderDependent: { [key]: { host: other.host, port } },
  accounts: { [other.host]: account },
});

const routes: Route[] = [
  { what: "a fallback", named: /fallback\[0\]/, args: fallback, ports: starttls },
  { what: "a fallback of the other kind of TLS", named: /fallback\[0\]/, args: fallback, ports: implicit },
  {
    what: "a fallback with STARTTLS behind a main relay host at 465",
    named: /fallback\[0\]/,
    args: (...at) => ({ relayHost: { host: main.host, port: 465 }, ...fallback(...at) }),
    ports: starttls,
  },
  {
    what: "the second fallback",
    named: /fallback\[1\]/,
    args: (account, port) => ({
      fallback: [
        { host: main.host, port: 465 },
        { host: other.host, port },
      ],
      accounts: { [other.host]: account },
    }),
    ports: implicit,
  },
  { what: "a sender's relay host", named: /app@shop/, args: dependent("app@shop.example.net"), ports: starttls },
  {
    what: "a sender's relay host of the other kind of TLS",
    named: /app@shop/,
    args: dependent("app@shop.example.net"),
    ports: implicit,
  },
  { what: "a domain's relay host", named: /@shop/, args: dependent("@shop.example.net"), ports: starttls },
  {
    what: "a sender's own account at the main relay host",
    named: /app@shop/,
    args: (account, port) => ({
      senderDependent: { "app@shop.example.net": { host: main.host, port } },
      accounts: { "app@shop.example.net": account },
    }),
    ports: starttls,
  },
];

describe.each(routes)("$what", ({ named, args, ports: [open, closed] }) => {
  test("its account is refused: red", () => red(args(wrong, open), named, /535/));
  test("it cannot be reached now: green, and the report says so", () => green(args(right, closed), named));
  test("it works: green", () => green(args(right, open)));
});

describe("the main relay host has to answer itself", () => {
  test("its account is refused, and the fallback works: red", async () => {
    await red({ credentials: wrong, ...fallback(right, 587) }, /535/);
    expect(await other.messages()).toEqual([]);
  });
  test("it is down, and the fallback works: red", async () => {
    await red({ relayHost: { host: main.host, port: 2525 }, ...fallback(right, 587) }, /Connection refused/);
    expect(await other.messages()).toEqual([]);
  });
});

describe("senders", () => {
  const refused = { refusedSenders: ["cron@example.com", "app@shop.example.net"] };

  test("one that `senders` produces is refused: red", async () => {
    await main.set(refused);
    await red({ senders: { root: "cron@example.com" } }, /cron@example\.com/, /553/);
  });
  test("one with a relay host of its own is refused there: red", async () => {
    await other.set(refused);
    await red(dependent("app@shop.example.net")(right, 587), /app@shop/, /553/);
  });
  test("made up for a domain, it is refused: no failure, since nobody may ever send as that one; the report says so", async () => {
    const made = "root@shop.example.net";
    await other.set({ refusedSenders: [made] });
    await green(dependent("@shop.example.net")(right, 587), /@shop/);
  });
  test("a further route defers it: no failure, and the report says so", async () => {
    await other.set("refuse-421");
    await green(fallback(right, 587), /fallback\[0\]/);
  });
});

test("one message proves all: no probe leaves anything at a relay host, in a mailbox or in the queue", async () => {
  const boxes = () => host.must("find /var/mail /var/spool/mail/ /home /root -newermt @0 -type f | sort | xargs ls -l");
  const before = { boxes: await boxes(), main: await main.messages(), other: await other.messages() };
  await green({
    ...fallback(right, 465),
    senderDependent: {
      "app@shop.example.net": { host: other.host },
      "@example.net": { host: other.host, port: 465 },
      "root@web.example.com": { host: main.host, port: 465 },
    },
    senders: { cron: "cron@example.com", deploy: "deploy@example.com" },
    accounts: { [other.host]: right },
  });
  await arrives(host, main, "behind-all@example.org");
  const fresh = (await main.messages()).slice(before.main.length);
  expect(fresh.map(({ recipients }) => recipients)).toEqual([["ops@example.org"], ["behind-all@example.org"]]);
  expect(await other.messages()).toEqual(before.other);
  expect(await boxes()).toBe(before.boxes);
  expect(await host.must("postqueue -j; ls /var/spool/postfix/hold /var/spool/postfix/maildrop")).not.toMatch(
    /example/,
  );
});
