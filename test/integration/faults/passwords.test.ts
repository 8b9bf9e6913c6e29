import { expect, test } from "vitest";
import { countedBench, whole } from "./counted.ts";
import { Sender } from "./sender.ts";

const { bench, add, counted, settle } = await countedBench("A new password", "passwords");

const failures = async () =>
  Number((await bench.host.run("journalctl -q | grep -c 'postfix/smtp.* said: 535'")).stdout);
const account = (username: string, password: string) => ({ username, password });
const passwords = ["fresh-Vq3", "typo-Hx8", "after-Zm5"];

async function password(value: string): Promise<void> {
  await bench.stack.secret("postfix-relay:credentials.password", value);
}

const first = account("relayuser", "relaypass");

test("old and new valid together: the new one is proved by a delivery", async () => {
  await bench.relay.setUsers([first, account("second", "fresh-Vq3")]);
  bench.config({ username: "second" });
  await password("fresh-Vq3");
  const { color, live, result } = await counted("new account, both valid", "over");
  expect([color, live]).toEqual(["green", "new"]);
  for (const secret of passwords) expect(result.text).not.toContain(secret);
  expect((await bench.relay.messages()).at(-1)?.saslUser).toBe("second");
});

test("a new one that is refused: the old one stays in use", async () => {
  await password("typo-Hx8");
  const { color, live, result, checked } = await counted("new password refused, old one valid", "typo");
  expect([color, live]).toEqual(["red", "old"]);
  expect(checked).toMatchObject({ code: 0 });
  expect(result.text).toMatch(/The live configuration was not changed/);
  for (const secret of [...passwords, "relaypass"]) expect(result.text).not.toContain(secret);
  await password("fresh-Vq3");
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
});

test("the old one is dead at once, and the new one mistyped: mail is paused until a right one comes", async () => {
  await bench.relay.setUsers([account("second", "after-Zm5")]);
  bench.config({ rotation: "cutover" });
  await password("typo-Hx8");
  const before = await bench.status();
  const sender = await Sender.start(bench.host, "cut");
  await sender.more(1);
  const red = await bench.stack.up();
  expect(red.code).not.toBe(0);
  expect(red.text).toMatch(/mail is paused/);
  const paused = await bench.status();
  expect(paused.live).toBe(before.live?.replace("proven", "paused"));
  expect(await bench.host.run("postrelay check")).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/mail is paused/),
  });
  const tried = await failures();
  await sender.more(4);
  expect(await failures()).toBe(tried);
  add("new password refused, old one dead (cutover)", "red", "old, mail paused");

  await password("after-Zm5");
  const green = await bench.stack.up();
  expect(green).toMatchObject({ code: 0 });
  const count = await settle(sender);
  add("and then the right one", "green", "new", count);
  expect(count).toMatchObject(whole(count));
  for (const secret of passwords) expect(red.text + green.text).not.toContain(secret);
});

test("the old one is dead at once: no message is tried with it from the first step on", async () => {
  bench.config({ username: "third" });
  await password("fresh-Vq3");
  const sender = await Sender.start(bench.host, "dead");
  await sender.more(1);
  // The provider changes the account when the host has stopped using the old one.
  let tried = 0;
  const result = await bench.upTo({ command: "systemd-run", arguments: "*" }, (stopped) => stopped.resume());
  expect(result.code).not.toBe(0);
  tried = await failures();
  await bench.relay.setUsers([account("third", "fresh-Vq3")]);
  await sender.more(3);
  expect(await failures()).toBe(tried);
  const green = await bench.stack.up();
  expect(green).toMatchObject({ code: 0 });
  const count = await settle(sender);
  add("old one dead after mail is paused (cutover)", "green", "new", count);
  expect(count).toMatchObject(whole(count));
  bench.config({ rotation: "overlap" });
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
});
