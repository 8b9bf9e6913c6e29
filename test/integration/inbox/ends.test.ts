// What becomes of a test message behind the relay, as `pulumi up` tells it: a stack program, one host, and each end
// that a message can take.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Ways } from "../../../lab/index.ts";
import { queueEmpty } from "../others/scene.ts";
import { filesWith } from "../watch.ts";
import { openOne } from "./scene.ts";

const { receiver, host, stack, meets, change, found, counted } = await openOne("inbox");

describe("a message that arrives", () => {
  test("what the receiver wrote is the output, and the message is unread", async () => {
    const { result, logins } = await counted(() => stack.up());
    expect(result.text).toMatch(/web-inbox created/);
    expect(result.code, result.text).toBe(0);
    expect(logins).toBeGreaterThan(0);
    expect(await found()).toEqual({
      web: {
        ...{ state: "inbox", folder: "INBOX", seconds: expect.any(Number), receiver: "mx.example.org" },
        ...{ spf: "pass", dkim: "none", dmarc: "pass", sentFrom: receiver.address, verifiedHere: false, why: "" },
      },
    });
    expect(receiver.mailbox().map(({ folder, seen }) => [folder, seen])).toEqual([["INBOX", false]]);
  });

  test("without a change nobody looks into the mailbox, and there is nothing to do", async () => {
    const preview = await counted(() => stack.preview("--expect-no-changes"));
    expect(preview).toMatchObject({ result: { code: 0 }, logins: 0, messages: 0 });
    const up = await counted(() => stack.up());
    expect(up).toMatchObject({ result: { code: 0 }, logins: 0, messages: 0 });
    expect(up.result.text).not.toMatch(/warning|updated/);
  });

  test("a preview of a change looks into no mailbox and shows that there is something to look for", async () => {
    await change();
    const { result, logins } = await counted(() => stack.preview());
    expect(result.text).toMatch(/web-inbox/);
    expect([result.code, logins]).toEqual([0, 0]);
    expect(await counted(() => stack.up())).toMatchObject({ result: { code: 0 }, messages: 1 });
  });

  test("a saved plan", async () => {
    const plan = join(stack.folder, "plan.json");
    await change();
    expect(await stack.preview("--save-plan", plan)).toMatchObject({ code: 0 });
    expect(readFileSync(plan, "utf8")).not.toContain(receiver.mailboxes.inbox.password);
    const up = await stack.up("--plan", plan);
    rmSync(plan);
    expect(up.code, up.text).toBe(0);
  });

  test("with the look at the host switched off, what was found is still known", async () => {
    await stack.set("postfix-relay:drift", "off");
    expect(await counted(() => stack.up())).toMatchObject({ result: { code: 0 }, logins: 0, messages: 0 });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.set("postfix-relay:drift", "repair");
  });

  test("that was put off by the receiver", async () => {
    await meets({ receive: "greylist" });
    await change();
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await found()).web).toMatchObject({ state: "inbox", seconds: expect.any(Number) });
    expect((await found()).web?.seconds).toBeGreaterThan(1);
  });
});

describe("not required", () => {
  test("in Junk: a warning in each update, and no difference", async () => {
    await meets({ receive: "junk" });
    await change();
    for (const again of [false, true]) {
      const { result, logins, messages } = await counted(() => stack.up());
      expect(result.code, result.text).toBe(0);
      expect(result.text).toMatch(/warning: web: the test message is in the folder Junk of the mailbox/);
      if (again) expect([logins, messages]).toEqual([0, 0]);
    }
    const { result, logins } = await counted(() => stack.preview("--expect-no-changes"));
    expect([result.code, logins]).toEqual([0, 0]);
  });

  test("in a folder of its owner's choice: nothing is said", async () => {
    await meets({ receive: "elsewhere" });
    await change();
    const { code, text } = await stack.up();
    expect(code, text).toBe(0);
    expect(text).not.toMatch(/warning: web: the test message/);
    expect((await found()).web).toMatchObject({ state: "elsewhere", folder: "Reports" });
  });

  test("swallowed: green with a warning, and for a day one look in each update, without a message", async () => {
    await meets({ receive: "drop" });
    await stack.set("postfix-relay:testDelivery.inbox.timeoutSeconds", 8);
    await change();
    const first = await stack.up();
    expect(first.code, first.text).toBe(0);
    expect(first.text).toMatch(/warning: web: the test message was not seen in the mailbox .*: not within 8 s/);
    expect((await stack.preview()).text).toMatch(/web-inbox/);
    const { result, logins, messages } = await counted(() => stack.up());
    expect(result.code, result.text).toBe(0);
    expect(result.text).toMatch(/warning: web: the test message was not seen/);
    expect([logins > 0, messages]).toEqual([true, 0]);
  });

  test("a wrong password of the mailbox: a warning, and with the right one it is looked for, without a message", async () => {
    const { password } = receiver.mailboxes.inbox;
    receiver.setPassword("poison-Kx7Qm2 was changed");
    await change();
    const wrong = await stack.up();
    expect(wrong.code, wrong.text).toBe(0);
    expect(wrong.text).toMatch(/warning: web: the mailbox .* cannot be read: \S+ refuses the user name or password/);
    receiver.setPassword(password);
    const { result, messages } = await counted(() => stack.up());
    expect(result.code, result.text).toBe(0);
    expect(messages).toBe(0);
    expect((await found()).web).toMatchObject({ state: "inbox" });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });
});

describe("required", () => {
  beforeAll(() => stack.set("postfix-relay:testDelivery.inbox.required", "true"));

  const red = (text: string) => new RegExp(`postrelay: ${text}.*\\n *What to do: .*\\n *The new configuration is live`);

  test("in Junk: red after the switch; again, without a new message; and mended, green", async () => {
    await meets({ receive: "junk" });
    await change();
    const first = await stack.up();
    expect(first.code).not.toBe(0);
    expect(first.text).toMatch(
      red(
        "the test message is in the folder Junk of the mailbox\\. mx\\.example\\.org: spf=pass, dkim=none, dmarc=pass\\.",
      ),
    );
    // The host has the new configuration, and sends.
    expect((await host.run("postrelay check")).code).toBe(0);
    expect((await stack.preview()).text).toMatch(/web-inbox/);
    const { result, messages } = await counted(() => stack.up());
    expect([result.code === 0, messages]).toEqual([false, 0]);
    expect(result.text).toMatch(red("the test message is in the folder Junk"));
    await meets({});
    await change();
    const mended = await stack.up();
    expect(mended.code, mended.text).toBe(0);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test.each<[what: string, ways: Ways, zones: Record<string, string[]>, why: string]>([
    [
      "taken, and refused later",
      { receive: "later" },
      {},
      "came back: 5\\.7\\.26 .*does not pass authentication checks",
    ],
    [
      "refused at RCPT, by SPF",
      { judge: "refuse" },
      { "example.com": ["MX mx.example.org", "TXT v=spf1 -all"] },
      "came back: 5\\.7\\.23 ",
    ],
    ["refused at DATA", { receive: "refuse-data" }, {}, "came back: 5\\.7\\.26 .*is not authenticated \\(lab\\)"],
  ])("%s: the reason is that of the report", async (_, ways, zones, why) => {
    await meets(ways, zones);
    await change();
    const { code, text } = await stack.up();
    expect(code).not.toBe(0);
    expect(text).toMatch(red(`the test message ${why}`));
  });

  test("a relay that is told to make no report makes none: that is why the second Postfix does not pass it on", async () => {
    await meets({ receive: "later" });
    const reports = () => receiver.mailbox("ops@example.com").filter(({ raw }) => raw.includes("needle-")).length;
    const send = (name: string, more: string) =>
      host.must(`printf 'Subject: needle-${name}\\n\\nx\\n' | sendmail ${more} -f ops@example.com ops@example.org`);
    await send("never", "-N never");
    await send("failure", "-N failure");
    await receiver.waitFor(({ raw }) => raw.includes("needle-failure"), "ops@example.com");
    for (const one of [host, receiver]) await queueEmpty(one);
    expect(reports()).toBe(1);
  });
});

describe("at the end", () => {
  test("no password of a mailbox is on the host, in the state or in its backups", async () => {
    const { password } = receiver.mailboxes.inbox;
    expect(filesWith(host.root, [password])).toEqual([]);
    expect(filesWith(join(stack.folder, "state"), [password])).toEqual([]);
    // The control: what was found is public.
    expect(filesWith(join(stack.folder, "state"), ["mx.example.org"])).not.toEqual([]);
    expect(await host.must("cat /var/lib/postfix-relay/seen")).toMatch(/^postfixrelay[0-9a-f]{32} \{"state":/);
  });

  test("without the argument the step goes, and the host forgets", async () => {
    await meets({});
    const path = "postfix-relay:testDelivery";
    for (const one of ["bounces", "inbox"])
      await stack.must(["config", "rm", "--stack", stack.name, "--path", `${path}.${one}`]);
    const { code, text } = await stack.up();
    expect(code, text).toBe(0);
    expect(text).toMatch(/web-inbox deleted/);
    expect((await host.run("test -e /var/lib/postfix-relay/seen")).code).not.toBe(0);
    expect(await stack.outputs()).toHaveProperty("inboxes", {});
  });
});
