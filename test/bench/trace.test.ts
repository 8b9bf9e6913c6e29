import { expect, test } from "vitest";
import { accountOf, type Seen } from "../../bench/trace/account.ts";
import { type EngineEvent, engineEvent } from "../../bench/trace/events.ts";
import { tracePage } from "../../bench/trace/page.ts";
import { type Session, stepOf } from "../../bench/trace/programs.ts";
import { SHELL, spent } from "../../bench/trace/spent.ts";
import type { Followed } from "../../lab/programs.ts";

/** A process with its programs, each with a time, and its children. */
function process(
  begin: number,
  end: number,
  programs: [at: number, path: string][],
  ...children: Followed[]
): Followed {
  return { pid: begin, begin, end, programs: programs.map(([at, path]) => ({ at, path })), children };
}

// A shell for 10 s. In the second second it runs awk; from 3 to 5 two programs beside each other, one for half of it;
// from 6 to 9 a reload of Postfix, with a part of its own.
const tool = process(
  0,
  10,
  [[0, "/usr/local/sbin/postrelay"]],
  process(1, 2, [[1, "/usr/bin/awk"]]),
  process(3, 5, [[3, "/usr/bin/journalctl"]]),
  process(3, 4, [[3, "/bin/sed"]]),
  process(6, 9, [[6, "/usr/sbin/postfix"]], process(7, 8, [[7, "/usr/sbin/postconf"]])),
);

test("the time of a command is that of what waits for nothing, half each for two at once; a reload is one thing", () => {
  expect(Object.fromEntries(spent(tool, 0, 10))).toEqual({
    [SHELL]: 4,
    awk: 1,
    journalctl: 1.5,
    sed: 0.5,
    postfix: 3,
  });
});

test("a part of a shell is the shell, and becomes what it runs; what goes on after the end does not count", () => {
  const all = process(0, 4, [[0, "/bin/sh"]], process(1, 9, [[2, "/usr/bin/find"]]));
  expect(Object.fromEntries(spent(all, 0, 4))).toEqual({ [SHELL]: 2, find: 2 });
});

test.each([
  ["/usr/local/sbin/postrelay stage main-cf --repair 620c6e663a0c59bf", "stage main-cf"],
  ["sudo -n /usr/local/sbin/postrelay deliver", "deliver"],
  [
    "if [ -e /usr/local/sbin/postrelay ] || [ ! -x /usr/local/sbin ]; then /usr/local/sbin/postrelay check 2>&1; fi",
    "check",
  ],
  ["sh -s install", "install"],
  ["journalctl", "journalctl"],
])("%s is %s", (command, step) => {
  expect(stepOf(command)).toBe(step);
});

const urn = "urn:pulumi:s::p::postfix-relay:index:Relay$command:remote:Command::web-main-cf";
test.each([
  [{ resourcePreEvent: { metadata: { op: "update", urn } } }, { kind: "begin", op: "update", name: "web-main-cf" }],
  [
    { resOutputsEvent: { metadata: { op: "same", urn } } },
    { kind: "done", op: "same", type: "command:remote:Command" },
  ],
  [{ diagnosticEvent: { message: "Running program" } }, { kind: "line", text: "Running program" }],
  [{ summaryEvent: {} }, { kind: "summary" }],
])("the event %j", (event, said) => {
  expect(engineEvent(JSON.stringify({ sequence: 1, timestamp: 2, ...event }), 7)).toMatchObject({ at: 7, ...said });
});

test("other events are none", () => {
  expect(engineEvent('{"sequence":1,"timestamp":2,"cancelEvent":{}}', 7)).toBeUndefined();
});

const event = (at: number, kind: EngineEvent["kind"], type: string, name: string, op = "update"): EngineEvent => ({
  ...{ at, kind, type, name, op },
});
const command = "command:remote:Command";
const session = (text: string, connected: number, begin: number, end: number): Session => ({
  ...{ command: text, connected, begin, end },
  process: process(begin, end, [[begin, "/usr/local/sbin/postrelay"]]),
});
const pulumi = process(0, 30, [[0, "/bin/pulumi"]]);
const host: Followed = { ...process(1, 29, [[1, "/bin/pulumi-language-nodejs"]]), parent: pulumi };
const node = (begin: number, end: number): Followed => ({
  ...process(begin, end, [[begin, "/bin/node"]]),
  parent: host,
});
const seen: Seen = {
  begin: 0,
  end: 30,
  engine: [pulumi, host, node(2, 3), node(4, 28)],
  events: [
    event(6, "begin", "pulumi:pulumi:Stack", "p-s", "same"),
    event(8, "begin", "postfix-relay:index:RelayFleet", "hosts", "same"),
    event(12, "begin", command, "web-packages", "same"),
    event(14, "begin", command, "web-main-cf"),
    event(19, "done", command, "web-main-cf"),
    event(20, "begin", command, "web-service"),
    event(26, "done", command, "web-service"),
  ],
  hosts: new Map([
    [
      "web",
      [
        session("postrelay check", 9, 10, 11),
        session("postrelay stage main-cf", 15, 16, 18),
        session("postrelay start", 21, 22, 25),
      ],
    ],
  ]),
};

test("a run has its parts one after the other, and all of it is in them", () => {
  const { phases, seconds } = accountOf(seen);
  expect(phases.map(({ seconds: one }) => one)).toEqual([4, 2, 2, 1, 2, 3, 12, 4]);
  expect(phases.reduce((sum, one) => sum + one.seconds, 0)).toBe(seconds);
});

test("where a host goes on before all are checked, that part ends the one before", () => {
  const late = new Map([...seen.hosts, ["mail", [session("postrelay check", 13, 14, 17)]]]);
  const { phases } = accountOf({ ...seen, hosts: late });
  expect(phases.map(({ seconds: one }) => one)).toEqual([4, 2, 2, 1, 5, 0, 12, 4]);
});

test("a step is divided by what the engine and the host have of it", () => {
  const { steps, between } = accountOf(seen);
  expect(steps).toMatchObject([
    { step: "check", login: 1, command: 1, started: 1 },
    { step: "stage main-cf", seconds: 5, connecting: 1, login: 1, command: 2, back: 1, shell: 2 },
    { step: "start", seconds: 6, connecting: 1, login: 1, command: 3, back: 1 },
  ]);
  expect(steps[0]).not.toHaveProperty("back", expect.anything());
  expect(between).toBe(1);
});

test("the page has a table of each kind, and a run without hosts has no steps", () => {
  const machine = {
    date: "2026-11-25T10:00:00.000Z",
    cpu: "CPU",
    cores: 2,
    memory: "1 GiB",
    kernel: "6",
    load: [0, 1],
    versions: {},
  };
  const taken = [{ name: "engine", cpu: 1.5, memory: 120.4 }];
  const light = accountOf({ ...seen, hosts: new Map() });
  const text = tracePage({
    machine,
    notes: ["busy"],
    runs: [
      { name: "one host", hosts: 1, account: accountOf(seen), taken, host: 0.25 },
      { name: "50 light hosts", hosts: 50, account: light, taken },
    ],
  });
  expect(text).toContain("2026-11-25, CPU");
  expect(text).toMatch(/^\| all of it +\| +30\.0 \| +30\.0 \|$/m);
  expect(text).toMatch(/^\| `stage main-cf` \| +5\.00 \| +1\.00 \| +1\.00 \| +2\.00 \| +1\.00 \| +1 \|/m);
  expect(text.match(/The steps with/g)).toHaveLength(1);
  expect(text).toMatch(/^\| engine +\| +1\.50 s, 120 MiB \|/m);
  expect(text).toMatch(/^\| each host +\| +0\.25 s \| +\|$/m);
  expect(text.endsWith("- busy.")).toBe(true);
});
