import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Steps } from "../steps.ts";
import { arrives, openScene } from "./scene.ts";
import { holders } from "./search.ts";

// A sudo that logs its input would keep the password in its log.
const password = "logged-Vq3Rt9-password";
const scene = await openScene();
await scene.relay.setUsers([{ username: "relayuser", password }]);

/** A host whose sudo keeps logs, uncompressed so that they can be searched. */
async function logging(name: string, sudoers: string): Promise<LabHost> {
  const host = await scene.host(name);
  const input = `Defaults use_pty, !compress_io\n${sudoers}\n`;
  await host.must("umask 227; cat > /etc/sudoers.d/zz-logs && visudo -cq", { input });
  return host;
}

const steps = (host: LabHost) =>
  new Steps(host, scene.args({ credentials: { username: "relayuser", password } }), { user: "deploy" });
const logs = async (host: LabHost) => (await holders(host, password)).filter((path) => path.startsWith("/var/log/"));

const rows: [what: string, name: string, sudoers: string][] = [
  ["for everybody", "all", "Defaults log_input, log_output"],
  ["for this login", "login", "Defaults:deploy log_input"],
  ["for commands as root", "root", "Defaults>root log_input"],
  ["what comes in a pipe", "stdin", "Defaults log_stdin"],
  ["by a tag of the rule", "tag", "deploy ALL=(ALL) NOPASSWD: LOG_INPUT: ALL"],
];

describe.each(rows)("sudo logs its input, %s", (_, name, sudoers) => {
  test("the password is not in the log; if `up` is red, it says which option, and what to do", async () => {
    const host = await logging(name, sudoers);
    // The control: this sudo does log.
    await host.must("sudo -n cat > /dev/null", { user: "deploy", input: `planted ${password}\n` });
    expect(await logs(host)).not.toEqual([]);
    await host.must("rm -rf /var/log/sudo-io/*");

    const run = await steps(host).up();
    expect(await logs(host), run.text).toEqual([]);
    if (run.code === 0) return await arrives(host, scene.relay, `${name}@example.org`);
    expect(run.text).toMatch(/log_input|LOG_INPUT|log_stdin/);
    expect(run.text).toMatch(/!log_(input|stdin)|NOLOG_INPUT/);
    expect(run.results.map(({ suffix }) => suffix)).toEqual(["packages"]);
  });
});

test("its output alone is logged, and its input no longer as the advice tells: green, and nothing is in the log", async () => {
  const host = await logging("output", "Defaults log_output\nDefaults log_input\nDefaults:deploy !log_input\n");
  const run = await steps(host).up();
  expect(run.code, run.text).toBe(0);
  expect(await logs(host)).toEqual([]);
  const destroy = await steps(host).copy().destroy();
  expect(destroy.code, destroy.text).toBe(0);
});
