import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorld } from "../world.ts";

// A machine that still boots: nothing listens at its SSH port yet.
const { world, relay, web: host } = await openWorld({ web: { packages: ["postfix", "libsasl2-modules"] } });
const stack = await world.stack("booting", relay, [host]);

/** SSH goes away, and comes back by itself after some seconds. */
async function away(seconds: number): Promise<void> {
  await host.must(
    `systemd-run --quiet --collect --on-active=${seconds} --timer-property=AccuracySec=100ms systemctl start ssh && systemctl stop ssh ssh.socket 2> /dev/null; true`,
  );
}

test("`up` is red at once, and docs/first-errors.md explains the words that it prints", async () => {
  await away(15);
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  const [words = ""] = /after \d+ failed attempts: dial tcp/.exec(result.text) ?? [];
  const page = readFileSync(join(import.meta.dirname, "../../../docs/first-errors.md"), "utf8");
  expect(page).toMatch(new RegExp(`${words} …: connection refused.*connection\\.dialErrorLimit`));
  expect(result.text).toContain("connection refused");
  await host.reachable();
});

test("with `connection.dialErrorLimit`, as it says there, it waits", async () => {
  await away(6);
  await stack.set("postfix-relay:connection.dialErrorLimit", 10);
  const result = await stack.up();
  expect(result.code, result.text).toBe(0);
});
