import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { hostReport } from "../../../src/drift/host-report.ts";
import { arrives } from "../others/scene.ts";
import { taken } from "../rows.ts";
import { openWorld } from "../world.ts";
import { toRepair } from "./changes/index.ts";
import { silence } from "./silent.ts";

// What Pulumi says and does when somebody has changed a host behind its back: `postrelay check` and the preview name
// it, the update repairs and proves it, what was edited is kept, and the next preview is empty.
const { world, relay, web, other } = await openWorld({ web: {}, other: {} });
const stack = await world.stack("drift", relay, [web, other]);
await stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);

const EMPTY = ["preview", "--expect-no-changes", "--stack", stack.name];

const preview = () => stack.pulumi(["preview", "--stack", stack.name]);

/** Looks that there is nothing to do, and nothing to say. */
async function empty(): Promise<void> {
  const result = await stack.pulumi(EMPTY);
  expect(result, result.text).toMatchObject({ code: 0 });
  expect(result.text).not.toMatch(/warning|web: /i);
}

/** The steps of a host that a preview shows as changed, in their order. */
const changed = (text: string, host: string) =>
  [...text.matchAll(new RegExp(`^ ~ +command:remote:Command ${host}-(\\S+) update`, "gm"))].map(([, step]) => step);

test("nothing: the preview is empty and silent", async () => {
  await empty();
});

/**
 * Previews and updates the host that has drifted, and looks that mail leaves it again. Returns what the update said.
 */
async function repaired(what: string, says: RegExp, steps: string[]): Promise<string> {
  const planned = await preview();
  expect(planned, planned.text).toMatchObject({ code: 0 });
  expect(planned.text).toMatch(new RegExp(`web: .*${says.source}`));
  expect(changed(planned.text, "web").sort(), planned.text).toEqual([...steps].sort());
  expect(changed(planned.text, "other")).toEqual([]);
  const up = await stack.up();
  expect(up, up.text).toMatchObject({ code: 0 });
  await empty();
  expect((await report(web)).code).toBe(0);
  await arrives(web, relay, `${what.replace(/\W+/g, "-")}@example.org`);
  return up.text;
}

describe("somebody changes a host:", () => {
  test.each(taken(toRepair))("$what", async ({ what, does, says, steps = [], kept }) => {
    const edited = await web.must(`${does}; ${kept ? `cat /etc/postfix/${kept}` : ":"}`);
    const { code, sync, differences, steps: named } = await report(web);
    expect({ code, sync, steps: named.sort() }).toEqual({ code: 1, sync: "no", steps: [...steps].sort() });
    expect(differences.join("; ")).toMatch(says);
    const said = await repaired(what, says, steps);
    if (!kept) return;
    expect(said).toMatch(new RegExp(`${kept} was changed by hand: .*/var/lib/postfix-relay/kept/`));
    expect(edited).toContain(await web.must(`cat "$(ls -d /var/lib/postfix-relay/kept/* | tail -n 1)/${kept}"`));
  });

  const all = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];
  test.each([
    ["the tool and its state are deleted", "rm -r /var/lib/postfix-relay /usr/local/sbin/postrelay"],
    [
      "all is as on the day it was bought, but for its name and key",
      `systemctl disable --now postfix-relay-boot.service; apt-get -qq purge -y postfix libsasl2-modules
      rm -rf /var/lib/postfix-relay /usr/local/sbin/postrelay /etc/systemd/system/postfix-relay-boot.service
      rm -rf /etc/postfix /var/spool/postfix /var/lib/postfix /etc/aliases*; systemctl daemon-reload`,
    ],
  ])("%s", async (what, does) => {
    await web.must(does);
    await repaired(what, /nothing of postfix-relay is on the host/, all);
  });
});

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
    const result = await stack.pulumi(EMPTY);
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).toMatch(/warning: web: Postfix is not running\. It is not repaired \(drift: warn\)/);
  });

  test("off says nothing", async () => {
    await stack.set("postfix-relay:drift", "off");
    expect(await stack.up()).toMatchObject({ code: 0 });
    const result = await stack.pulumi(EMPTY);
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).not.toContain("not running");
  });

  test("repair again", async () => {
    await stack.set("postfix-relay:drift", "repair");
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(await inSync(web)).toBe(true);
  });
});

describe("a host that does not answer", () => {
  const unknown = /warning: web: the host was not compared with what was proven: /;

  test("sshd takes the connection and is silent: five seconds, one warning, no change", async () => {
    const resume = silence(web);
    const started = Date.now();
    const result = await stack.pulumi(EMPTY);
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).toMatch(new RegExp(`${unknown.source}.*no answer within 5 s`));
    expect(Date.now() - started).toBeLessThan(30_000);
    resume();
  });

  test("it is down: one warning, no change, the others as usual", async () => {
    await web.kill();
    await other.must("systemctl stop postfix");
    const planned = await preview();
    expect(planned, planned.text).toMatchObject({ code: 0 });
    expect(planned.text).toMatch(unknown);
    expect(changed(planned.text, "web")).toEqual([]);
    expect(changed(planned.text, "other")).toEqual(["delivery"]);
    const up = await stack.up();
    expect(up, up.text).toMatchObject({ code: 0 });
    expect(await inSync(other)).toBe(true);
    await web.start();
  });
});

/** What a host says of itself. */
async function report(host: LabHost) {
  const { code, stdout } = await host.run("postrelay check");
  return { code, ...hostReport.parse(JSON.parse(stdout)) };
}

const inSync = async (host: LabHost) => (await report(host)).code === 0;
