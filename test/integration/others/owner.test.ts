import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { drain, Sender } from "../faults/sender.ts";
import { Steps } from "../steps.ts";
import { arrives, asFound, inOrder, openScene, ownAliases, queueEmpty } from "./scene.ts";

// Who manages a host, and who may take over.
const scene = await openScene();

interface Who {
  owner?: string;
  resource?: string;
  formerly?: string[];
}

const by = (host: LabHost, who: Who, more = {}) => new Steps(host, scene.args(more), who);
const urn = (type: string, name: string) => `urn:pulumi:stack::project::${type}::${name}`;
const own = ["/etc/postfix", "/etc/aliases*"];

test("two stacks at once on a fresh host: one green, the other refused with the owner's name", async () => {
  const host = await scene.host("race", []);
  const names = ["project/one/race", "project/two/race"];
  const all = names.map((owner) => by(host, { owner }));
  const runs = await Promise.all(all.map((steps) => steps.up()));
  const codes = runs.map(({ code }) => code);
  expect([...codes].sort(), runs.map(({ text }) => text).join("---\n")).toEqual([0, 77]);
  const winner = codes.indexOf(0);
  expect(runs[1 - winner]?.text).toContain(names[winner]);
  await arrives(host, scene.relay, "race@example.org");
  // What the other one has done is nothing, so its destroy undoes nothing.
  expect(await all[1 - winner]?.destroy()).toMatchObject({ code: 0 });
  await arrives(host, scene.relay, "race-still@example.org");
  expect(await inOrder(host)).toBe(true);
});

test("taken over by hand: the first owner's destroy does nothing, the second one's gives all back", async () => {
  const host = await scene.handMade("hand");
  await ownAliases(host);
  await host.must(
    "umask 077; echo '[a.example.net]:587 hand:hand-made-1' > /etc/postfix/sasl_passwd && postmap hash:/etc/postfix/sasl_passwd",
  );
  const before = await asFound(host, ...own);
  const one = by(host, { owner: "project/one/hand" });
  const two = by(host, { owner: "project/two/hand" });
  expect(await one.up()).toMatchObject({ code: 0 });
  const refused = await two.up();
  expect(refused.code).toBe(77);
  expect(refused.text).toContain("project/one/hand");
  await host.must("rm /var/lib/postfix-relay/owner");
  const taken = await two.up();
  expect(taken.code, taken.text).toBe(0);
  const live = await asFound(host, ...own);
  expect(await one.destroy()).toMatchObject({ code: 0 });
  expect(await asFound(host, ...own)).toBe(live);
  await arrives(host, scene.relay, "taken@example.org");
  expect(await two.destroy()).toMatchObject({ code: 0 });
  expect(await asFound(host, ...own)).toBe(before);
});

const moves: [what: string, name: string, old: Who, now: Who][] = [
  [
    "moved under another component, without an alias",
    "moved",
    { resource: urn("postfix-relay:index:RelayFleet$postfix-relay:index:Relay", "moved") },
    { resource: urn("postfix-relay:index:Relay", "moved") },
  ],
  [
    "renamed, with an alias",
    "renamed",
    { owner: "project/stack/web-1" },
    { owner: "project/stack/web-one", formerly: ["project/stack/web-1"] },
  ],
  [
    "the stack renamed, long ago and again",
    "stack",
    { owner: "project/dev/web" },
    { owner: "project/production/web", formerly: ["project/test/web", "project/dev/web"] },
  ],
];

describe.each(moves)("a Relay was %s", (_, name, old, now) => {
  const waiting: [what: string, messages: boolean][] = [
    ["", false],
    [", with messages waiting", true],
  ];
  test.each(waiting)("the new one takes over, the old one's destroy does nothing%s", async (_, messages) => {
    const host = await scene.host(`${name}${messages ? "-waiting" : ""}`, []);
    const before = by(host, old);
    expect(await before.up()).toMatchObject({ code: 0 });
    const sender = await Sender.start(host, `${name}${messages ? "w" : ""}`);
    await sender.more(1);
    if (messages) {
      await host.firewall(`ip daddr ${scene.relay.address} tcp dport 587 reject`);
      await sender.more(3);
      await host.firewall();
    }
    const after = by(host, now);
    const run = await after.up();
    expect(run.code, run.text).toBe(0);
    const live = await asFound(host, ...own);
    const gone = await before.destroy();
    expect(gone.code, gone.text).toBe(0);
    expect(await asFound(host, ...own), gone.text).toBe(live);
    await sender.more(2);
    await sender.stop();
    await drain(host);
    const count = await sender.count(scene.relay);
    expect(count).toMatchObject({ delivered: count.accepted, bounced: 0, missing: 0, twice: 0 });
    expect(await inOrder(host)).toBe(true);
    const next = await after.up({ domain: "next.example.com" });
    expect(next.code, next.text).toBe(0);
    await queueEmpty(host);
    const last = await after.destroy();
    expect(last.code, last.text).toBe(0);
    expect(await asFound(host, "/etc/postfix", "/var/lib/postfix-relay")).toBe("");
  });

  test("the new one is killed on its way: it goes on afterwards, and the old one's destroy does nothing", async () => {
    const host = await scene.host(`${name}-killed`);
    const before = by(host, old);
    expect(await before.up()).toMatchObject({ code: 0 });
    const after = by(host, now);
    const place = { command: "postmap", arguments: "*-q -*" };
    const red = await new Breakpoint(host, place).during(after.up(), (stopped) => stopped.kill());
    expect(red).not.toMatchObject({ code: 0 });
    await arrives(host, scene.relay, `${name}-killed@example.org`);
    const run = await after.up();
    expect(run.code, run.text).toBe(0);
    expect(await before.destroy()).toMatchObject({ code: 0 });
    await arrives(host, scene.relay, `${name}-later@example.org`);
    expect(await inOrder(host)).toBe(true);
  });
});

test("renamed without an alias: refused with the name of the owner, and how the new one may take over", async () => {
  const host = await scene.host("without");
  expect(await by(host, { owner: "project/stack/web-1" }).up()).toMatchObject({ code: 0 });
  const run = await by(host, { owner: "project/stack/web-one", formerly: ["project/stack/web-0"] }).up();
  expect(run.code, run.text).toBe(77);
  expect(run.text).toContain("project/stack/web-1");
  expect(run.text).toContain("formerly");
  await arrives(host, scene.relay, "without@example.org");
});
