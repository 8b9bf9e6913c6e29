import { generateKeyPairSync } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { describe, expect, test, vi } from "vitest";
import { openAgent } from "../../../lab/agent.ts";
import { look } from "../../../src/drift/look.ts";
import { readableKey } from "../../../src/ssh/private-key.ts";
import { openWorld } from "../world.ts";
import { silence } from "./silent.ts";

// One look at a host, by each way that a step may log in, and what it says when it cannot. No Pulumi here: how often
// the host is asked, and how, is the look's own.
const { world, relay, web, jump } = await openWorld({ web: {}, jump: {} });
const stack = await world.stack("look", relay, [web]);
await stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);
const agent = await openAgent(world.lab);

const privateKey = world.lab.key.private;
const login = (host: typeof web, user = "root") => ({
  host: host.address,
  port: 22,
  user,
  hostKey: host.hostKey,
});
const logins = async (user: string) =>
  ((await jump.journal()).match(new RegExp(`Accepted publickey for ${user}`, "g")) ?? []).length;

/** A key that `openssl genpkey` would make, and root on the host accepts. */
function pkcs8(): string {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const key = ssh2.utils.parseKey(readableKey(pem));
  if (key instanceof Error) throw key;
  const line = `${key.type} ${key.getPublicSSH().toString("base64")}\n`;
  appendFileSync(join(web.root, "root/.ssh/authorized_keys"), line);
  return pem;
}

describe("a report comes", () => {
  const proxy = { ...login(jump, "deploy"), privateKey };
  test.each([
    ["as root, by a key", () => ({ ...login(web), privateKey })],
    ["as a user with sudo", () => ({ ...login(web, "deploy"), privateKey })],
    ["by a key of openssl genpkey", () => ({ ...login(web), privateKey: pkcs8() })],
    ["by the agent that is named", () => ({ ...login(web), agentSocketPath: agent })],
    ["through a bastion", () => ({ ...login(web), privateKey, proxy })],
  ])("%s", async (_, access) => {
    expect(await look(access())).toMatchObject({ kind: "report", report: { sync: "yes" } });
  });

  test("by the agent of the environment", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", agent);
    expect(await look(login(web))).toMatchObject({ kind: "report" });
    vi.unstubAllEnvs();
  });

  test("for many at once through one bastion, which is logged in to once", async () => {
    const before = await logins("deploy");
    const all = await Promise.all(Array.from({ length: 8 }, () => look({ ...login(web), privateKey, proxy }, 20_000)));
    expect(all.map(({ kind }) => kind)).toEqual(Array(8).fill("report"));
    expect(await logins("deploy")).toBe(before + 1);
  });
});

test("nothing of ours on a host: the same while nothing happens, another after it was set up anew", async () => {
  const seen = () => look({ ...login(jump), privateKey });
  const first = await seen();
  expect(first).toEqual({ kind: "absent", id: expect.stringMatching(/^\d+-\d+$/) });
  expect(await seen()).toEqual(first);
  await jump.must("touch -d '+2 seconds' /usr/local/sbin && sleep 1.1 && touch /usr/local/sbin");
  expect(await seen()).not.toEqual(first);
});

test("a tool that sudo does not run any more is there", async () => {
  await web.must("mv /etc/sudoers.d/deploy /root");
  const seen = await look({ ...login(web, "deploy"), privateKey });
  await web.must("mv /root/deploy /etc/sudoers.d");
  expect(seen).toEqual({
    kind: "tool failed",
    reason: expect.stringMatching(/^this login cannot run postrelay: sudo: a password is/),
  });
});

test.each([
  [
    "without awk",
    "mv /usr/bin/mawk /root/ && mv /usr/bin/awk /root/",
    "mv /root/mawk /root/awk /usr/bin/",
    /^postrelay is installed but does not answer: .*awk: not found$/,
  ],
  [
    "whose sudo wants a terminal",
    "echo 'Defaults requiretty' > /etc/sudoers.d/zz-tty",
    "rm /etc/sudoers.d/zz-tty",
    /^this login cannot run postrelay: sudo: sorry, you must have a tty/,
  ],
])("a host %s is no bare one: the tool is there, and its words are told", async (_, breaks, mends, reason) => {
  await web.must(breaks);
  const seen = await look({ ...login(web, "deploy"), privateKey });
  await web.must(mends);
  expect(seen).toEqual({ kind: "tool failed", reason: expect.stringMatching(reason) });
});

describe("why there is none", () => {
  const stranger = ssh2.utils.generateKeyPairSync("ed25519");
  test.each([
    ["a key that is refused", { ...login(web), privateKey: stranger.private }, /refuses the login$/],
    ["nobody listens", { ...login(web), port: 2222, privateKey }, /connection refused/],
    [
      "a bastion that nobody reaches",
      { ...login(web), privateKey, proxy: { ...login(jump), port: 2222, privateKey } },
      /connection refused/,
    ],
    [
      "a host that the bastion does not reach",
      { ...login(web), port: 2222, privateKey, proxy: { ...login(jump), privateKey } },
      /refused|failed/i,
    ],
    ["no key", login(web), /there is no SSH key to log in with/],
    [
      "a damaged key",
      { ...login(web), privateKey: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
      /./,
    ],
  ])("%s", async (_, access, reason) => {
    vi.stubEnv("SSH_AUTH_SOCK", "");
    const seen = await look(access);
    expect(seen).toEqual({ kind: "unreachable", reason: expect.stringMatching(reason) });
    expect(JSON.stringify(seen)).not.toContain("BEGIN");
    vi.unstubAllEnvs();
  });

  test("sshd takes the connection and is silent, then the host answers nothing at all", async () => {
    const resume = silence(web);
    const started = performance.now();
    expect(await look({ ...login(web), privateKey }, 1000)).toEqual({
      kind: "unreachable",
      reason: "no answer within 1 s",
    });
    resume();
    await web.firewall("tcp sport 22 drop");
    expect(await look({ ...login(web), privateKey }, 1000)).toEqual({
      kind: "unreachable",
      reason: "no answer within 1 s",
    });
    await web.firewall();
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
