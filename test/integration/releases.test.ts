import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LabHost, Release } from "../../lab/index.ts";
import { taken } from "./rows.ts";
import type { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

const { world, relay } = await openWorld();

const children = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];
const logins = async (host: LabHost) => (await host.journal()).match(/Accepted publickey/g)?.length ?? 0;

interface Row {
  release: Release;
  user: "root" | "deploy";
  /** How the version of its Postfix begins. */
  postfix: string;
  /** The lowest and the newest release. */
  always?: true;
}

const rows: Row[] = [
  { release: "bullseye", user: "deploy", postfix: "3.5.", always: true },
  { release: "bookworm", user: "root", postfix: "3.7." },
  { release: "trixie", user: "deploy", postfix: "3.10." },
  { release: "sid", user: "root", postfix: "3.1", always: true },
];

describe.each(taken(rows))("$release as $user", ({ release, user, postfix }) => {
  let host: LabHost;
  let stack: Stack;
  const name = `${release}-web`;

  beforeAll(async () => {
    if (world.lab.missing(release)) return;
    host = await world.lab.host({ release, name });
    stack = await world.stack(release, relay, [host], { user });
  });

  beforeEach(({ skip }) => {
    const missing = world.lab.missing(release);
    skip(missing !== undefined, missing);
  });

  test("a first `up` creates five children and proves a delivery through the relay host", async () => {
    const result = await stack.up();
    expect(result).toMatchObject({ code: 0 });
    for (const child of children) expect(result.text).toMatch(new RegExp(`Command ${name}-${child} created`));
    const { deliveries } = (await stack.outputs()) as { deliveries: Record<string, Record<string, string>> };
    expect(deliveries[name]).toMatchObject({ status: "sent", dsn: expect.stringMatching(/^2\./) });
    expect(deliveries[name]?.relay).toBe(`${relay.host}[${relay.address}]:587`);
    expect(await stack.state()).toContain(`\\"postfixVersion\\":\\"${postfix}`);
    const message = await relay.waitFor((message) => message.sender === `root@${name}.example.com`);
    expect(message).toMatchObject({ saslUser: "relayuser", recipients: ["ops@example.org"] });
  });

  test("`up` without change connects once, to look at the host", async () => {
    const before = await logins(host);
    const result = await stack.up();
    expect(result).toMatchObject({ code: 0, text: expect.stringMatching(/\d+ unchanged/) });
    expect(result.text).not.toMatch(/created|updated/);
    expect(await logins(host)).toBe(before + 2); // and once for the journal
  });

  test("one changed setting updates the steps concerned, and the preview shows the line of main.cf", async () => {
    await stack.set("postfix-relay:ownDomainMail", "local");
    const { text } = await stack.preview();
    expect(text).toMatch(/^\s*- mydestination = \$myhostname, localhost\.\$mydomain, localhost, \$relay_host_names$/m);
    expect(text).toMatch(
      /^\s*\+ mydestination = \$myhostname, localhost\.\$mydomain, localhost, \$mydomain, \$relay_host_names$/m,
    );
    const result = await stack.up();
    expect(result).toMatchObject({ code: 0 });
    for (const child of ["main-cf", "service", "delivery"]) expect(result.text).toContain(`${name}-${child} updated`);
    for (const child of ["packages", "sasl-passwd"]) expect(result.text).not.toContain(`${name}-${child} updated`);
  });

  test("Postfix says no word of warning, and nothing listens off loopback", async () => {
    expect(
      (await host.run("postconf -n 2>&1 >/dev/null; sudo postfix check 2>&1 | grep -v 'resolv.conf differ'")).stdout,
    ).toBe("");
    const open = (await host.run("ss -Hltn 'sport = :25 or sport = :587 or sport = :465'")).stdout;
    for (const line of open.trim().split("\n")) expect(line).toMatch(/127\.0\.0\.1:25|\[::1\]:25/);
  });

  test("the credentials belong to root alone", async () => {
    const { stdout } = await host.run(
      "sudo find /etc/postfix /var/lib/postfix-relay -name 'sasl_passwd*' -printf '%m %U %G\\n'",
    );
    expect(new Set(stdout.trim().split("\n"))).toEqual(new Set(["600 0 0"]));
  });
});
