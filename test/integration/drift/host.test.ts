import { expect, test } from "vitest";
import { hostReport } from "../../../src/drift/host-report.ts";
import { openWeb } from "../others/scene.ts";

// What `postrelay check` says of a host, and how. What somebody changes there is in preview.test.ts, with the engine.
const { scene, host, steps } = await openWeb();

/** What the host says of itself. */
async function check() {
  const { code, stdout, stderr } = await host.run("postrelay check");
  return { code, report: hostReport.parse(JSON.parse(stdout)), stderr };
}

test("nothing: in sync, in no time", async () => {
  const { code, report, stderr } = await check();
  expect({ code, ...report }).toMatchObject({ code: 0, sync: "yes", differences: [], steps: [], active: 0 });
  expect(report.relayedAnswer).toMatch(/^250 /);
  expect(Math.abs(report.relayed - Date.now() / 1000)).toBeLessThan(300);
  expect(stderr).toBe("");
  // Its own time, without the connection; of CPU, since other tests run beside this one.
  const time = await host.must("bash -c \"TIMEFORMAT='%U %S'; time postrelay check > /dev/null\" 2>&1");
  const seconds = time
    .trim()
    .split(" ")
    .reduce((sum, part) => sum + Number(part), 0);
  console.log(`postrelay check takes ${seconds.toFixed(2)} s of CPU`);
  expect(seconds).toBeLessThan(0.9);
});

test("rolled back by hand", async () => {
  expect(await steps.up({ domain: "other.example.com" })).toMatchObject({ code: 0 });
  await host.must("postrelay rollback");
  const { code, report } = await check();
  expect({ code, steps: report.steps }).toEqual({ code: 1, steps: ["delivery"] });
  expect(report.differences.join()).toMatch(/rolled back by hand/);
  expect(await steps.alone("delivery")).toMatchObject({ code: 0 });
  expect((await check()).code).toBe(0);
});

test("what waits is counted, with its reason and no address", async () => {
  await scene.relay.set("refuse-421");
  await host.must("for i in 1 2 3; do echo x | sendmail -f root@web.example.com someone@example.org; done");
  await expect.poll(async () => (await check()).report.deferred, { timeout: 20_000 }).toBe(3);
  const { report } = await check();
  expect(report.waitsFor).toMatch(/421/);
  expect(report.waitsFor).not.toContain("@");
  await scene.relay.set("normal");
  await host.must("postqueue -f");
});

test("a step is under way: that is said, and nothing waits for the look", async () => {
  await host.must("systemd-run --quiet --unit=holder flock /run/postrelay.lock sleep 600");
  await expect.poll(async () => (await check()).code, { timeout: 10_000 }).toBe(2);
  const { report } = await check();
  expect(report).toMatchObject({ sync: "unknown", why: expect.stringContaining("another run works on this host") });
  await host.must("systemctl stop holder");
  expect((await check()).code).toBe(0);
});

test("metrics", async () => {
  const text = await host.must("postrelay check --format prometheus");
  expect(text).toMatch(/^postrelay_in_sync 1$/m);
  expect(text).toMatch(/^postrelay_queue_messages\{queue="deferred"\} \d+$/m);
  expect(text).toMatch(/^postrelay_configuration_state\{state="proven"\} 1$/m);
  const refused = await host.run("postrelay check --format xml");
  expect(refused).toMatchObject({ code: 64, stdout: "" });
});

test("on a terminal it speaks to a person, in a pipe and with --json to a program", async () => {
  const terminal = (call: string) => host.run(`script -qec '${call}' /dev/null`);
  const text = await terminal("postrelay check");
  expect(text).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^In sync: this host matches what was proven\.\r\n/),
  });
  expect(text.stdout).toMatch(/^Live {10}[0-9a-f]{12}, proven\r$/m);
  expect(text.stdout).toMatch(/^Last relayed {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000: 250 /m);
  expect((await terminal("postrelay status")).stdout).toMatch(
    /^Managed by {2}\S+\r\nLive .*\r\nPostfix .*, running\r\n/,
  );
  for (const verb of ["status", "check"]) {
    const object = { postrelay: verb };
    expect(JSON.parse((await terminal(`postrelay ${verb} --json`)).stdout)).toMatchObject(object);
    expect(JSON.parse(await host.must(`postrelay ${verb}`))).toMatchObject(object);
    expect(await host.run(`postrelay ${verb} --jsn`)).toMatchObject({ code: 64, stdout: "" });
  }
});
