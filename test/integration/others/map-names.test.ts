import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import type { Args, Run } from "../steps.ts";
import { arrives, asFound, keptLines, openScene, right, untouched, wrong } from "./scene.ts";

// Somebody has a file in /etc/postfix under the name of one of our maps.
const scene = await openScene();

const rows: [file: string, text: string, changes: Args][] = [
  ["sender_canonical", "hand@example.com made@example.com\n", { senders: { cron: "reports@example.com" } }],
  ["relay_aliases", "hand: made@example.net\n", { aliases: { ops: ["night@example.net"] } }],
  ["relay_header_checks", "/^X-Hand:/ IGNORE\n", { stripHeaders: ["X-Originating-IP"] }],
];

const put = (host: LabHost, file: string, input: string) =>
  host.must(`cat > /etc/postfix/${file} && chmod 640 /etc/postfix/${file} && chown root:mail /etc/postfix/${file}`, {
    input,
  });

/** The copy of a file that a run says it has kept. */
function copy({ text }: Run, file: string): string {
  expect(text).toMatch(new RegExp(`/etc/postfix/${file}\\b`));
  const [path = ""] = text.match(new RegExp(`/var/lib/postfix-relay/[^\\s",;)]*${file}[^\\s",;)]*`)) ?? [];
  expect(path, text).not.toBe("");
  return path.replace(/[.:]$/, "");
}

describe.each(rows)("a hand-made %s", (file, text, changes) => {
  const name = file.replaceAll("_", "-");
  const path = `/etc/postfix/${file}`;
  const without = Object.fromEntries(Object.keys(changes).map((key) => [key, undefined]));

  test("that came after the first `up`: red leaves it, green keeps a copy and names it, dropping the argument gives it back", async () => {
    const host = await scene.host(`after-${name}`);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await put(host, file, text);
    const before = await untouched(host, path);
    const found = await asFound(host, path);
    const red = await steps.up({ ...changes, credentials: wrong });
    expect(red.code, red.text).not.toBe(0);
    expect(await untouched(host, path), red.text).toBe(before);

    const green = await steps.up({ credentials: right });
    expect(green.code, green.text).toBe(0);
    expect(await host.must(`cat ${path}`)).not.toBe(text);
    const kept = copy(green, file);
    expect(await host.must(`cat ${kept}`)).toBe(text);
    expect(keptLines(green).length).toBe(1);
    expect((await host.run(`head -c 1 ${kept}`, { user: "plain" })).code).not.toBe(0);

    const dropped = await steps.up(without);
    expect(dropped.code, dropped.text).toBe(0);
    expect(await asFound(host, path)).toBe(found);
    await arrives(host, scene.relay, `dropped-${name}@example.org`);
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await asFound(host, path)).toBe(found);
  });

  test("that came after the first `up`: destroy gives it back", async () => {
    const host = await scene.host(`destroy-${name}`);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await put(host, file, text);
    const found = await asFound(host, path);
    expect(await steps.up(changes)).toMatchObject({ code: 0 });
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await asFound(host, path)).toBe(found);
  });

  test("that was there before us: dropping the argument, and destroy, give it back", async () => {
    const host = await scene.host(`before-${name}`);
    await put(host, file, text);
    const found = await asFound(host, path);
    const steps = scene.steps(host, changes);
    const green = await steps.up();
    expect(green.code, green.text).toBe(0);
    expect(await host.must(`cat ${path}`)).not.toBe(text);
    const dropped = await steps.up(without);
    expect(dropped.code, dropped.text).toBe(0);
    expect(await asFound(host, path), dropped.text).toBe(found);
    expect(await steps.up(changes)).toMatchObject({ code: 0 });
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await asFound(host, path)).toBe(found);
  });
});

test("a hand-made sasl_passwd: red leaves it, green keeps it to root alone, destroy gives it back with its index", async () => {
  const host = await scene.host("sasl");
  const found = () => asFound(host, "/etc/postfix/sasl_passwd*");
  await host.must(
    "umask 077; echo '[mx.example.net]:587 hand:made-by-hand' > /etc/postfix/sasl_passwd && postmap hash:/etc/postfix/sasl_passwd",
  );
  const hand = await found();
  const times = await untouched(host, "/etc/postfix/sasl_passwd*");
  const steps = scene.steps(host, { credentials: wrong });
  const red = await steps.up();
  expect(red.code, red.text).not.toBe(0);
  expect(await untouched(host, "/etc/postfix/sasl_passwd*"), red.text).toBe(times);
  const green = await steps.up({ credentials: right });
  expect(green.code, green.text).toBe(0);
  expect(await host.must("cat /etc/postfix/sasl_passwd")).not.toContain("hand");
  expect((await host.run("grep -rl made-by-hand /var/lib/postfix-relay", { user: "plain" })).stdout).toBe("");
  expect(green.text).not.toContain("made-by-hand");
  const destroy = await steps.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await found()).toBe(hand);
});
