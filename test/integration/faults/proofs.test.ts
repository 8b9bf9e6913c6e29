import { expect, test } from "vitest";
import { must } from "../../../lab/shell.ts";
import { countedBench } from "./counted.ts";

const { bench, add } = await countedBench("Who proves it", "proofs");

const live = async () => (await bench.status()).live;
const owner = "#% owner postfix-relay/proofs/web\n";

test("the laptop dies before the proof: what runs is not touched; then cancel, refresh, up", async () => {
  bench.config({ domain: "timer.example.com" });
  const before = await live();
  await bench.upTo({ command: "sendmail", arguments: "*-N never*" }, async (stopped) => {
    bench.killEngine();
    stopped.kill();
    await stopped.end();
  });
  expect(await live()).toBe(before);
  // The second Postfix ends by itself.
  const unit = await bench.host.must("systemctl show --property=RuntimeMaxUSec,ActiveState postfix-relay-candidate");
  expect(unit).toMatch(/^RuntimeMaxUSec=15min$/m);
  expect(unit).toMatch(/^ActiveState=active$/m);
  await bench.stack.must(["cancel", "--yes", "proofs"]);
  await bench.stack.must(["refresh", "--yes", "--skip-preview", "--stack", "proofs"]);
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
  expect(await bench.host.must("postconf -h mydomain")).toBe("timer.example.com\n");
  expect((await bench.host.run("systemctl is-active postfix-relay-candidate")).code).not.toBe(0);
  add("laptop dies before the proof", "red", "old");
});

test("two at once: the second waits, and says in the end who holds the host", async () => {
  bench.config({ domain: "two.example.com" });
  const result = await bench.upTo({ command: "sendmail", arguments: "*" }, async (stopped) => {
    const up = await bench.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.text).toMatch(/locked/);
    const waitLess = "#!/bin/sh\nexec /usr/bin/flock -w 1 9\n";
    await bench.host.must("cat > /usr/local/bin/flock && chmod +x /usr/local/bin/flock", { input: waitLess });
    const ran = await bench.host.run("postrelay start", { input: owner });
    expect(ran).toMatchObject({ code: 75, stdout: "" });
    expect(ran.stderr).toMatch(/another run still works on this host: 'postrelay deliver', process \d+, since/);
    await bench.host.must("rm /usr/local/bin/flock");
    stopped.resume();
  });
  expect(result).toMatchObject({ code: 0 });
  add("two `up`s at once", "green and red", "new");
});

test("the last proven configuration is damaged on the disk: the next one takes its place", async () => {
  bench.config({ domain: "damaged.example.com" });
  await bench.host.must("echo x >> /var/lib/postfix-relay/good/etc/main.cf");
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
  expect(await bench.host.run("postrelay check")).toMatchObject({ code: 0 });
  add("last proven configuration damaged", "green", "new");
});

test("/etc/postfix/main.cf is immutable: nothing is changed", async () => {
  const file = `${bench.host.root}/etc/postfix/main.cf`;
  bench.config({ domain: "immutable.example.com" });
  const before = await live();
  await must("chattr", ["+i", file]);
  const result = await bench.stack.up();
  await must("chattr", ["-i", file]);
  expect(result.code).not.toBe(0);
  expect(result.text).toMatch(/\/etc\/postfix\/main\.cf cannot be replaced: is it immutable/);
  expect(await live()).toBe(before);
  add("main.cf immutable", "red", "old");
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
  expect(await bench.host.must("postconf -h mydomain")).toBe("immutable.example.com\n");
});
