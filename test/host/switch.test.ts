// Walks the table at the top of switch.sh: each state, and each thing that can happen to it.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { moduleText } from "../../src/host/pack.ts";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const folder = mkdtempSync(join(tmpdir(), "postrelay-switch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const joined = join(folder, "modules.sh");
writeFileSync(joined, definitions());

let roots = 0;
const newRoot = () => join(folder, `root-${roots++}`);

function run(root: string, ...args: (string | number)[]) {
  return runIn(["sh"], root, ...args);
}

function runIn([program, ...options]: readonly [string, ...string[]], root: string, ...args: (string | number)[]) {
  const script = join(import.meta.dirname, "switch.sh");
  const env = { PATH: process.env.PATH ?? "", POSTRELAY_ROOT: root };
  const { stdout, signal } = spawnSync(program, [...options, script, joined, ...args.map(String)], {
    env,
    encoding: "utf8",
  });
  return { result: stdout.trim(), killed: signal === "SIGKILL" };
}

/** The cells of the table: state, event, state afterwards. */
const [head = [], , ...rows] = moduleText("switch/switch")
  .split("\n")
  .filter((line) => line.startsWith("# |"))
  .map((line) =>
    line
      .slice(3)
      .split("|")
      .map((cell) => cell.trim())
      .slice(0, -1),
  );
const cells = rows.flatMap(([state = "", ...after]) =>
  after.map((next, index) => ({ state, event: head[index + 1] ?? "", next })),
);
const events = cells.filter(({ event, next }) => !["killed", "not proven"].includes(event) && next !== "-");

/** What of a state is in /etc/postfix: the mark, relayhost, the key in sasl_passwd, and the names of the files. */
const files = (state: string) =>
  ({
    original: "original original  main.cf master.cf",
    proven: "proven one one main.cf master.cf sasl_passwd",
    paused: "paused one one main.cf master.cf sasl_passwd",
    "rolled-back": "rolled-back one one main.cf master.cf sasl_passwd",
  })[state] ?? "";
const proven = (state: string) =>
  state === "rolled-back"
    ? "proven three three main.cf master.cf sasl_passwd"
    : "proven two two main.cf master.cf sasl_passwd sender_relay";

test("the table has what can happen to each state", () => {
  expect(head.slice(1)).toEqual(["proven", "not proven", "takeover fails", "pause", "rollback", "restore", "killed"]);
  expect(rows.map(([state]) => state)).toEqual(["original", "proven", "paused", "rolled-back"]);
  // What is not proven and what is killed leaves each state as it was.
  for (const { state, event, next } of cells) if (/killed|not proven/.test(event)) expect(next).toBe(state);
});

for (const shell of shells)
  needs(shell[0]).each(events)(`${shell[0]}: $state: $event leads to $next`, ({ state, event, next }) => {
    const after = (from: string, what: string) => runIn(shell, newRoot(), from, what).result;
    // A host that was never proven twice has nothing else to roll back to; one that is paused rolls back to what is
    // live.
    if (event === "rollback" && state === "proven") {
      expect(after("rolled-back", "none")).toBe(files("rolled-back"));
      return;
    }
    expect(after(state, event)).toBe(
      event === "proven"
        ? proven(state)
        : event === "rollback" && state === "rolled-back"
          ? after("rolled-back", "rollback")
          : files(next),
    );
  });

const kills = ["original", "proven", "paused", "rolled-back"].flatMap((state) =>
  (state === "original" ? ["proven"] : ["proven", "restore"]).map((event) => ({ state, event })),
);

test.each(kills)(
  "$state, $event: killed at any rename, it is what it was, or has got there",
  ({ state, event }) => {
    const before = newRoot();
    run(before, state, "none");
    for (let rename = 1; ; rename++) {
      const root = newRoot();
      cpSync(before, root, { recursive: true, preserveTimestamps: true });
      const { killed, result } = run(root, "as-it-is", event, rename);
      const after = event === "proven" ? proven(state) : files("original");
      if (!killed) {
        expect(result).toBe(after);
        expect(rename, "renames that it was killed at").toBeGreaterThan(4);
        return;
      }
      const recovered = run(root, "as-it-is", "recover").result;
      expect([files(state), after], `killed at rename ${rename}`).toContain(recovered);
    }
  },
  60_000,
);
