import { expect, test, vi } from "vitest";
import { act } from "../../src/cli/act.ts";
import type { Action } from "../../src/cli/request.ts";
import { HOST_KEY } from "../support/args.ts";
import { sealed, stateWith } from "../support/state.ts";
import { consoleOf } from "./console.ts";

const action: Action = {
  command: "queue",
  cwd: ".",
  stacks: [],
  all: false,
  hosts: ["web-1"],
  json: false,
  yes: false,
};
const relay = (name: string, begun = true) => ({
  name,
  begun,
  args: { connection: { host: `${name}.example.com`, hostKey: HOST_KEY, privateKey: sealed("poison-key") } },
});
const state = stateWith("prod", "mail", [relay("web-1"), relay("web-2"), relay("new", false)]);

/** What a host prints, or an error of the connection. */
type Said = string | Error | { code: number; stdout: string };

async function command(
  asked: Partial<Action>,
  says: Record<string, Said>,
  answer?: boolean,
): Promise<{ code: number; out: string; err: string; called: string[]; questions: string[] }> {
  const said = { out: "", err: "", called: [] as string[], questions: [] as string[] };
  const code = await act(
    { ...action, ...asked },
    {
      pulumi: async (...args) => (args.includes("--show-name") ? "prod\n" : state),
      project: { name: "mail", stacks: [], file: () => undefined },
      look: vi.fn(),
      call: async ({ host }, words, seconds) => {
        said.called.push(`${host}: ${words} (${seconds} s)`);
        const found = says[host.replace(".example.com", "")] ?? "";
        if (found instanceof Error) throw found;
        return typeof found === "string" ? { code: 0, stdout: found } : found;
      },
      ...consoleOf(said, answer),
      progress: () => {},
      now: () => 0,
    },
  );
  expect(said.out + said.err + said.called.join()).not.toContain("poison");
  return { code, ...said };
}

const report = (verb: string, more: object) => `Welcome\n${JSON.stringify({ postrelay: verb, version: 1, ...more })}\n`;
const waiting = report("queue", {
  active: 0,
  deferred: 101,
  hold: 0,
  oldestSeconds: 9000,
  messages: ["OLD deferred 9000 333 root@web-1 ops@example.org connect to relay: timed \u001b[2Jout"],
});

test("queue: the messages, and why they wait", async () => {
  const { code, out, called } = await command({}, { "web-1": waiting });
  expect([code, called]).toEqual([0, ["web-1.example.com: queue --json (40 s)"]]);
  expect(out).toBe(`\
HOST   STATE        DETAILS
web-1  101 waiting  0 active, 101 deferred, 0 on hold
                    OLD deferred for 2 h: root@web-1 -> ops@example.org (333 bytes)
                      connect to relay: timed  [2Jout
                    … and 100 more
`);
  const empty = report("queue", { active: 0, deferred: 0, hold: 0, oldestSeconds: 0, messages: [] });
  expect((await command({}, { "web-1": empty })).out).toMatch(/^web-1 +empty$/m);
});

test("several hosts, and one that is not set up yet", async () => {
  const { code, out } = await command({ hosts: ["web-1", "new"] }, { "web-1": waiting });
  expect(code).toBe(2);
  expect(out).toMatch(/^new +not created yet +`pulumi up` sets it up$/m);
});

test.each<[answered: string, code: number, says: RegExp]>([
  ["yes", 0, /^web-1 +answered +r\[192\.0\.2\.1\]:587: 250 2\.1\.5 Ok\n +but bounces are refused$/m],
  ["no", 1, /^web-1 +not answered +bounces are refused$/m],
  ["unknown", 2, /^web-1 +unknown +bounces are refused$/m],
])("probe: %s", async (answered, code, says) => {
  const said = report("probe", {
    answered,
    relay: "r[192.0.2.1]:587",
    answer: "250 2.1.5 Ok",
    why: "bounces are refused",
  });
  const found = await command({ command: "probe", to: "it's@example.org" }, { "web-1": said });
  expect(found.code).toBe(code);
  expect(found.out).toMatch(says);
  expect(found.called).toEqual(["web-1.example.com: probe --json --to 'it'\\''s@example.org' (90 s)"]);
});

test("test: the relay's answer", async () => {
  const said = report("test", { outcome: "sent", relay: "r[192.0.2.1]:587", answer: "250 2.0.0 Ok", why: "" });
  expect(await command({ command: "test" }, { "web-1": said })).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^web-1 +sent +r\[192\.0\.2\.1\]:587: 250 2\.0\.0 Ok$/m),
  });
});

test("rollback: only when the user agrees, and with what follows from it", async () => {
  const said = { "web-1": report("rollback", { live: "1a2b rolled-back" }) };
  const refused = await command({ command: "rollback" }, said, false);
  expect(refused).toMatchObject({ code: 0, out: "", err: "nothing was done\n", called: [] });
  expect(refused.questions).toEqual([
    expect.stringMatching(/proven before the live one on web-1 \(web-1\.example\.com\)/),
  ]);
  const agreed = await command({ command: "rollback" }, said, true);
  expect(agreed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^web-1 +rolled back +live is 1a2b rolled-back$/m),
  });
  expect(agreed.out).toContain("the next `pulumi up` puts the newer configuration back");
  expect(await command({ command: "rollback", yes: true }, said)).toMatchObject({ code: 0, questions: [] });
  await expect(command({ command: "rollback" }, said)).rejects.toMatchObject({ code: 64 });
});

test.each<[what: string, says: Said, code: number, row: RegExp]>([
  [
    "its reason",
    { code: 69, stdout: "Hi\npostrelay: no configuration was proven before.\nNothing \u001b[2Jwas changed.\n" },
    1,
    /failed +no configuration was proven before\.\n +Nothing {2}\[2Jwas changed\.$/m,
  ],
  ["no tool", "postrelay: absent\n", 2, /absent +postfix-relay is not installed on it/],
  ["an older tool", { code: 64, stdout: "postrelay: puts a…" }, 2, /unknown +its postrelay does not know `queue` yet/],
  [
    "sudo",
    { code: 1, stdout: "sudo: a password is required\n" },
    2,
    /tool failed +this login cannot run postrelay: sudo: a pass/,
  ],
  [
    "not as root",
    { code: 77, stdout: "postrelay: run it as root: sudo postrelay queue\n" },
    2,
    /tool failed +this login cannot run postrelay: .*run it as root/,
  ],
  [
    "no awk",
    { code: 127, stdout: "/usr/local/sbin/postrelay: 3: awk: not found\n" },
    2,
    /tool failed +.*awk: not found/,
  ],
  [
    "no connection",
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    2,
    /no answer +nothing listens on its SSH/,
  ],
  ["a report of another form", report("queue", { active: "many" }), 2, /unknown +its postrelay is of another version/],
])("no report, and why: %s", async (_, says, code, row) => {
  const found = await command({}, { "web-1": says });
  expect(found.code).toBe(code);
  expect(found.out).toMatch(new RegExp(`^web-1 +${row.source}`, "m"));
});

test("JSON", async () => {
  const { out } = await command(
    { json: true, hosts: ["web-1", "web-2"] },
    { "web-1": waiting, "web-2": new Error("x") },
  );
  expect(JSON.parse(out)).toMatchObject({
    version: 2,
    command: "queue",
    hosts: [
      { stack: "prod", host: "web-1", state: "101-waiting", report: { postrelay: "queue", deferred: 101 } },
      { stack: "prod", host: "web-2", state: "no-answer", details: ["x"], report: null },
    ],
    unread: [],
  });
});
