// What the relay and the receiver can do with the test message on its way, and a message from the command line.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Ways } from "../../../lab/index.ts";
import { run } from "../../../lab/shell.ts";
import type { Arrival } from "../../../src/deliverability/inbox/arrival.ts";
import { openOne } from "./scene.ts";

const { receiver, stack, meets, change, found, counted } = await openOne("ways");

describe("what the relay does with it", () => {
  const signed = () => ({ "lab._domainkey.example.com": [`TXT ${receiver.key}`] });

  test.each<[what: string, ways: Ways, zones: () => Record<string, string[]>, expected: Partial<Arrival>]>([
    ["it signs for the sender", { sign: "sender" }, signed, { dkim: "pass", spf: "pass", dmarc: "pass" }],
    [
      "it signs for itself, and has its own envelope",
      { sign: "relay", envelope: "own" },
      () => ({ "lab._domainkey.example.net": [`TXT ${receiver.key}`] }),
      { state: "junk", dkim: "pass", spf: "pass", dmarc: "fail" },
    ],
    ["it gives it another Message-ID", { id: "own" }, () => ({}), { state: "inbox", dmarc: "pass" }],
    ["it gives it another From", { from: "own" }, () => ({}), { dmarc: expect.stringMatching(/none|fail/) as never }],
  ])("%s", async (_, ways, zones, expected) => {
    await meets(ways, zones());
    await change();
    const up = await stack.up();
    expect(up.code, up.text).toBe(0);
    expect((await found()).web).toMatchObject(expected);
  });
});

describe("who judges it", () => {
  const forbidden = { "example.com": ["MX mx.example.org", "TXT v=spf1 -all"] };

  test("nobody, and the message brings a forged result: it is verified here, and that is said", async () => {
    await meets({ judge: "none", forged: "mx.example.org" }, forbidden);
    await change();
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await found()).web).toMatchObject({
      ...{ state: "inbox", receiver: "mx.example.org", verifiedHere: true },
      ...{ spf: "fail", dkim: "none", dmarc: "fail", sentFrom: receiver.address },
    });
  });

  test("three judges, beside a forged result: theirs counts", async () => {
    await meets({ forged: "mail.example.org" }, forbidden);
    await change();
    const { code, text } = await stack.up();
    expect(code, text).toBe(0);
    expect(text).toMatch(
      /warning: web: the test message is in the folder Junk of the mailbox\. mx\.example\.org: spf=fail/,
    );
    expect((await found()).web).toMatchObject({ state: "junk", folder: "Junk", dmarc: "fail", verifiedHere: false });
  });
});

describe("from the command line", () => {
  const program = join(import.meta.dirname, "../../../src/cli/main.ts");
  const command = (...args: string[]) =>
    run(process.execPath, [program, ...args], { cwd: stack.folder, env: stack.env, timeout: 120 });

  test("a message now, and where it is", async () => {
    const { result, messages } = await counted(() => command("inbox", "web"));
    expect(result.stdout + result.stderr).toMatch(
      /^web +in the inbox +the test message is in the inbox of ops@example\.org/m,
    );
    expect([result.code, messages]).toEqual([0, 1]);
  });

  test("one that comes back, as JSON", async () => {
    await meets({ receive: "later" });
    const { code, stdout } = await command("inbox", "--host", "web", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      hosts: [
        { host: "web", state: "came-back", inbox: { state: "returned", why: expect.stringMatching(/^5\.7\.26 /) } },
      ],
    });
  });
});
