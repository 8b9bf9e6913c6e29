import { afterEach, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import type { Steps } from "../steps.ts";
import { arrives, asFound, byHand, openScene, ownAliases, untouched, wrong } from "./scene.ts";

// What is restored is what was there last, not what was there when somebody tried for the first time.
const scene = await openScene();
const other = await scene.world.lab.relay();
afterEach(() => other.set("normal"));

const own = ["/etc/postfix", "/etc/aliases*"];
const bounces = async (host: LabHost) =>
  (await host.run("journalctl -q -o cat | grep -c status=bounced")).stdout.trim();

/** A host made by hand, after a first `up` that was red. */
async function afterRed(name: string): Promise<{ host: LabHost; steps: Steps }> {
  const host = await scene.handMade(name, { relay: other });
  await ownAliases(host);
  const steps = scene.steps(host, { credentials: wrong });
  expect(await steps.up()).not.toMatchObject({ code: 0 });
  return { host, steps };
}

const edits: [what: string, name: string, edit: (host: LabHost) => Promise<unknown>][] = [
  [
    "main.cf: to another relay host",
    "main",
    (host) => byHand(host, scene.relay, "smtp_helo_name = moved.example.com\n"),
  ],
  [
    "master.cf: a service for containers",
    "master",
    (host) => host.must("postconf -Me '127.0.0.1:2525/inet = 127.0.0.1:2525 inet n - y - - smtpd' && postfix reload"),
  ],
  ["/etc/aliases: root's mail to somebody else", "aliases", (host) => ownAliases(host, "night@example.net")],
  [
    "a map of its own",
    "map",
    (host) =>
      host.must(
        "echo 'x@example.com y@example.com' > /etc/postfix/canonical && postmap hash:/etc/postfix/canonical && postconf -e canonical_maps=hash:/etc/postfix/canonical && postfix reload",
      ),
  ],
];

describe("red, then a hand edit, then red again", () => {
  test.each(edits)("%s: the edit stays, mail goes by it, and destroy gives it back", async (_, name, edit) => {
    const { host, steps } = await afterRed(name);
    await edit(host);
    const edited = await untouched(host, ...own);
    const content = await asFound(host, ...own);
    const sender = await Sender.start(host, `edit-${name}`);
    await sender.more(1);
    const red = await steps.up({ sender: "web@example.com" });
    expect(red.code, red.text).not.toBe(0);
    await sender.more(2);
    await sender.stop();
    expect(await untouched(host, ...own), red.text).toBe(edited);
    await drain(host);
    const count = await sender.count(scene.relay, other);
    expect(count, red.text).toMatchObject({ delivered: count.accepted, bounced: 0, missing: 0, twice: 0 });
    expect(await bounces(host)).toBe("0");

    // The map would end with ours, which has to be wanted.
    const right = { credentials: { username: "relayuser", password: "relaypass" } };
    const green = await steps.up({ ...right, replaceMailServer: name === "map" });
    expect(green.code, green.text).toBe(0);
    const destroy = await steps.destroy();
    expect(destroy.code, destroy.text).toBe(0);
    expect(await asFound(host, ...own)).toBe(content);
    await arrives(host, name === "main" ? scene.relay : other, `given-back-${name}@example.org`);
  });
});

test("the account of before the first `up` is closed meanwhile: no message is sent with it again", async () => {
  const { host, steps } = await afterRed("closed");
  await byHand(host, scene.relay);
  await other.set("auth-required");
  const red = await steps.up({ domain: "second.example.com" });
  expect(red.code, red.text).not.toBe(0);
  const sender = await Sender.start(host, "closed");
  await sender.more(3);
  await sender.stop();
  await drain(host);
  await other.set("normal");
  const count = await sender.count(scene.relay);
  expect(count).toMatchObject({ delivered: count.accepted, bounced: 0, missing: 0 });
});

test("restored, edited by hand, taken over again, restored: the edit is there", async () => {
  const host = await scene.handMade("twice", { relay: other });
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  expect(await steps.destroy()).toMatchObject({ code: 0 });
  await byHand(host, scene.relay, "smtp_helo_name = later.example.com\n");
  const edited = await asFound(host, ...own);
  expect(await steps.up()).toMatchObject({ code: 0 });
  expect(await steps.destroy()).toMatchObject({ code: 0 });
  expect(await asFound(host, ...own)).toBe(edited);
});
