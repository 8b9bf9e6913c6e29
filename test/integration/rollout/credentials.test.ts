// A new password for three stacks with a real host each: written, rolled out in waves, and who has it at each moment.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { engine } from "../../../lab/engine/index.ts";
import type { LabHost } from "../../../lab/index.ts";
import { type Ran, run } from "../../../lab/shell.ts";
import { Stack } from "../stack.ts";
import { watch } from "../watch.ts";
import { openWorld } from "../world.ts";

const program = join(import.meta.dirname, "../../../src/cli/main.ts");
const { world, relay, ...fleet } = await openWorld({ one: {}, two: {}, three: {} });
const hosts = Object.values(fleet) as LabHost[];
const [first, second, third] = ["poison-Kv4x-first", "poison-Kv4x-second", "poison-Kv4x-third"] as const;
const account = (username: string, password: string) => ({ username, password });
const stacks: Stack[] = [];
const said: Ran[] = [];

beforeAll(async () => {
  await relay.setUsers([account("relayuser", first)]);
  for (const host of hosts) {
    const [before] = stacks;
    const env = { SSH_AUTH_SOCK: "", NO_COLOR: "1" };
    const stack = before
      ? new Stack(await engine(), { folder: before.folder, name: host.name, env })
      : await world.stack(host.name, relay, [host]);
    if (before) {
      await stack.must(["stack", "init", host.name]);
      stack.write(world.config(relay, [host], "root"));
      await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
    }
    await stack.secret("postfix-relay:credentials.password", first);
    stacks.push(stack);
  }
});

/** Runs the command line in the folder of the project, with that on its stdin. */
async function command(line: string, input = ""): Promise<Ran> {
  const [stack] = stacks;
  const options = { cwd: stack?.folder, env: stack?.env, input, timeout: 280 };
  const ran = await run(process.execPath, [program, ...line.split(" ")], options);
  said.push(ran);
  return ran;
}

/** Who has which, and the exit code. */
async function holders() {
  const { code, stdout, stderr } = await command("credentials status --all --json");
  const { hosts, revocable } = JSON.parse(stdout || "{}") as {
    hosts: { host: string; state: string; group: string | null; details: string[] }[];
    revocable: boolean;
  };
  expect(hosts, stderr).toBeDefined();
  return { code, revocable, groups: hosts.map(({ host, state, group }) => `${host} ${group ?? state}`).toSorted() };
}

test("before the first rollout nothing is known; after it all have it", async () => {
  expect(await holders()).toEqual({
    code: 2,
    revocable: false,
    groups: ["one unknown", "three unknown", "two unknown"],
  });
  const { code, stdout, stderr } = await command("rollout start --all --yes --wave 100%");
  expect(code, stdout + stderr).toBe(0);
  expect(await holders()).toEqual({
    code: 0,
    revocable: true,
    groups: ["one current", "three current", "two current"],
  });
  expect((await command("credentials status --all")).stdout).toMatch(
    /^one +one +current$[\s\S]*The old one can be revoked\.\n$/m,
  );
});

test("a password that breaks a rule, and one in waves where the old one dies at once: no file is touched", async () => {
  await stacks[2]?.set("postfix-relay:rotation", "cutover");
  const before = stacks.map((stack) => readFileSync(stack.configFile, "utf8"));
  const short = await command("credentials rotate --all --yes", "abc");
  expect(short).toMatchObject({ code: 64, stderr: expect.stringMatching(/stacks one, three, two: .*shorter than 4/) });
  const cut = await command("credentials rotate --all --yes", second);
  expect(cut).toMatchObject({ code: 64, stderr: expect.stringMatching(/stack three: .*add `--wave 100%`/) });
  expect(stacks.map((stack) => readFileSync(stack.configFile, "utf8"))).toEqual(before);
  await stacks[2]?.set("postfix-relay:rotation", "overlap");
});

test("a second account, canary first: one host has it, the others are a group, and nothing may be revoked", async () => {
  await relay.setUsers([account("relayuser", first), account("second", second)]);
  const [host] = hosts;
  const watching = host && watch(host.root, [second]);
  const { code, stdout, stderr } = await command(
    "credentials rotate --all --username second --wave 1 --wave 100% --approval after-canary --yes",
    second,
  );
  expect(code, stdout + stderr).toBe(3);
  const { groups, ...found } = await holders();
  expect(found).toEqual({ code: 1, revocable: false });
  expect(groups).toEqual(["one current", "three A", "two A"]);
  expect((await command("credentials status --all")).stdout).toMatch(
    /Do not revoke the old one yet: another one is on 2 of 3/,
  );

  const id = /rollout (\S+) begins/.exec(stderr)?.[1] ?? "";
  await command(`rollout approve ${id}`);
  const rest = await command(`rollout resume ${id}`);
  expect(rest.code, rest.stdout + rest.stderr).toBe(0);
  expect((await watching?.stop())?.processes).toEqual([]);
  expect(await holders()).toMatchObject({ code: 0, revocable: true });
  expect((await relay.messages()).slice(-3).map(({ saslUser }) => saslUser)).toEqual(["second", "second", "second"]);
});

test("a new one that the relay refuses: the host keeps what it had, and is not current", async () => {
  const { code, stdout, stderr } = await command("credentials rotate --stack one --yes", third);
  expect(code, stdout + stderr).toBe(1);
  expect(await holders()).toEqual({ code: 1, revocable: false, groups: ["one A", "three current", "two current"] });
  const id = /rollout (\S+) begins/.exec(stderr)?.[1] ?? "";
  await command(`rollout abort ${id}`);
  const back = await command("credentials rotate --stack one --yes", second);
  expect(back.code, back.stdout + back.stderr).toBe(0);
  expect(await holders()).toMatchObject({ code: 0, revocable: true });
});

test("what Postfix uses is told: a file that was edited, a host that was rolled back, one that is down", async () => {
  const [one, two, three] = hosts;
  await one?.must("echo '# edited' >> /etc/postfix/sasl_passwd");
  await two?.must("postrelay rollback");
  await three?.kill();
  const { code, stdout } = await command("credentials status --all");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^one +one +unknown +\/etc\/postfix\/sasl_passwd is not the one that was proven/m);
  expect(stdout).toMatch(/^two +two +group A +the configuration was rolled back by hand$/m);
  expect(stdout).toMatch(/^three +three +unknown +\S/m);
  await three?.start();
});

test("host keys: compared, and another one is replaced only when somebody says so", async () => {
  expect(await command("hostkey check one")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^one +same +SHA256:/m),
  });
  const [one, two] = hosts;
  const [stack] = stacks;
  await stack?.set("postfix-relay:hosts[0].connection.hostKey", two?.hostKey ?? "");
  expect(await command("hostkey check one")).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^one +another /m),
  });
  expect(await command("hostkey add one one --yes")).toMatchObject({ code: 64 });
  const added = await command("hostkey add one one --yes --replace");
  expect(added.code, added.stderr).toBe(0);
  expect(readFileSync(stack?.configFile ?? "", "utf8")).toContain(one?.hostKey.split(" ")[1] ?? "?");
  expect(await command("hostkey check one one")).toMatchObject({ code: 0 });
});

test("no password was printed, and none lies in what rollouts leave", () => {
  const text = said.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(text.length).toBeGreaterThan(2000);
  expect(text).not.toContain("poison-Kv4x");
  const found = execFileSync("sh", [
    "-c",
    'grep -rlE "poison-Kv4x|BEGIN OPENSSH|only for this test" "$1" || true',
    "-",
    join(stacks[0]?.folder ?? "", ".postfix-relay"),
  ]);
  expect(`${found}`).toBe("");
});
