import { describe, expect, test } from "vitest";
import { openTwoHosts, report } from "./two-hosts.ts";

// What an operator may do while a host has drifted: change a setting, save a plan, refresh, choose targets, and say how
// much is repaired.
const { relay, web, stack, preview, empty } = await openTwoHosts();

test("a setting that changes while the host has drifted: both are done", async () => {
  await web.must("postconf -e 'relayhost = [elsewhere.example.net]:25'");
  await stack.set("postfix-relay:hosts[0].rootAlias", "admin@example.org");
  const up = await stack.up();
  expect(up, up.text).toMatchObject({ code: 0 });
  await empty();
  await web.must("echo x | sendmail root");
  await relay.waitFor(({ recipients }) => recipients.includes("admin@example.org"));
});

test("a plan that was saved is carried out, and then there is nothing to do", async () => {
  await web.must("systemctl stop postfix");
  const env = ["--save-plan", `${stack.folder}/plan.json`];
  await stack.must(["preview", "--stack", stack.name, ...env]);
  const up = await stack.up("--plan", `${stack.folder}/plan.json`);
  expect(up, up.text).toMatchObject({ code: 0 });
  await empty();
});

test("refresh, `up --refresh` and `up --target` do no harm", async () => {
  await web.must("systemctl stop postfix");
  expect(await stack.pulumi(["refresh", "--yes", "--stack", stack.name])).toMatchObject({ code: 0 });
  const targeted = await stack.up("--target", "**other-delivery");
  expect(targeted, targeted.text).toMatchObject({ code: 0 });
  expect(await web.run("systemctl is-active postfix")).not.toMatchObject({ code: 0 });
  const up = await stack.up("--refresh");
  expect(up, up.text).toMatchObject({ code: 0 });
  await empty();
});

describe("drift: warn and off", () => {
  test("warn tells it and repairs nothing", async () => {
    await stack.set("postfix-relay:drift", "warn");
    expect(await stack.up()).toMatchObject({ code: 0 });
    await web.must("systemctl stop postfix");
    const result = await preview("--expect-no-changes");
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).toMatch(/warning: web: Postfix is not running\. It is not repaired \(drift: warn\)/);
  });

  test("off says nothing", async () => {
    await stack.set("postfix-relay:drift", "off");
    expect(await stack.up()).toMatchObject({ code: 0 });
    const result = await preview("--expect-no-changes");
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).not.toContain("not running");
  });

  test("repair again", async () => {
    await stack.set("postfix-relay:drift", "repair");
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await report(web)).code).toBe(0);
  });
});
