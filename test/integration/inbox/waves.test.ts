// Two hosts in waves: the second one waits until the message of the first is in the inbox.

import { expect, test } from "vitest";
import type { Arrival } from "../../../src/deliverability/inbox/arrival.ts";
import { inboxStack, openInbox } from "./scene.ts";

const scene = await openInbox(["first", "second"]);
const { receiver, first, second } = scene;
const stack = await inboxStack(scene, "waves", [first, second], { waves: [1, "100%"], inbox: { required: true } });

test("a message in Junk ends the first wave, and the second host is untouched", async () => {
  await receiver.set({ receive: "junk" });
  const { code, text } = await stack.up();
  expect(code).not.toBe(0);
  expect(text).toMatch(/postrelay: the test message is in the folder Junk of the mailbox/);
  expect(text).toMatch(/Wave 1 of 2 has failed\.\n.*failed: first: the test message is in the folder Junk/s);
  expect((await second.run("test -e /var/lib/postfix-relay || dpkg -l postfix")).code).not.toBe(0);
});

test("mended, the first host is proven again and the second one follows", async () => {
  await receiver.set();
  await stack.set("postfix-relay:testDelivery.timeoutSeconds", 35);
  const { code, text } = await stack.up();
  expect(code, text).toBe(0);
  expect(text.indexOf("second-packages created")).toBeGreaterThan(text.indexOf("first-inbox created"));
  const { inboxes } = (await stack.outputs()) as { inboxes: Record<string, Arrival> };
  expect(Object.entries(inboxes).map(([name, { state }]) => [name, state])).toEqual([
    ["first", "inbox"],
    ["second", "inbox"],
  ]);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("destroyed, nothing of either host is kept", async () => {
  const { code, text } = await stack.destroy();
  expect(code, text).toBe(0);
  expect(text).toMatch(/first-inbox deleted/);
  for (const host of [first, second])
    expect((await host.run("ls /usr/local/sbin/postrelay /var/lib/postfix-relay/seen")).stdout).toBe("");
});
