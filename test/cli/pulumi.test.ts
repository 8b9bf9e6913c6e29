import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  allStacks,
  configOf,
  configSetterIn,
  type Pulumi,
  parseConfig,
  pulumiIn,
  refusalOf,
  selectedStack,
  stacksOf,
  stateOf,
} from "../../src/cli/pulumi.ts";
import { Refusal } from "../../src/cli/refusal.ts";

test.each<[says: string, reason: RegExp, code: number]>([
  [
    "error: no Pulumi.yaml project file found (searching upwards from /x). If you",
    /no Pulumi\.yaml in \/mail or above it/,
    2,
  ],
  ["error: could not detect current project: no Pulumi.yaml project file found", /no Pulumi\.yaml in \/mail/, 2],
  ["error: no stack selected; please use `pulumi stack select`", /no stack is selected; name one with --stack/, 2],
  ["error: no stack named 'nope' found", /there is no stack of that name/, 64],
  ["error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or", /the passphrase of the stack is missing; set/, 2],
  ["error: incorrect passphrase", /is not that of the stack/, 2],
  [
    "warning: x\nerror: access token \u001b[31mmust be set\nmore",
    /^pulumi has failed: access token {1,2}\[31mmust be set$/,
    2,
  ],
  ["", /^pulumi has failed$/, 2],
])("pulumi says: %s", (says, reason, code) => {
  const refusal = refusalOf(says, "/mail");
  expect(refusal.message).toMatch(reason);
  expect(refusal.code).toBe(code);
});

describe("stacks", () => {
  /** A Pulumi that answers these commands. */
  const says =
    (answers: Record<string, string>): Pulumi =>
    async (...args) => {
      const answer = answers[args.join(" ")];
      if (answer === undefined) throw new Error(`nobody expects ${args.join(" ")}`);
      return answer;
    };

  test("the selected one", async () => {
    expect(await selectedStack(says({ "stack --show-name": "prod\n" }))).toBe("prod");
  });

  test("all", async () => {
    const pulumi = says({ "stack ls --json": '[{"name":"prod","current":true},{"name":"test"}]' });
    expect(await allStacks(pulumi)).toEqual(["prod", "test"]);
    expect(await allStacks(says({ "stack ls --json": "[]" }))).toEqual([]);
  });

  test("those that are named, each once, without a question", async () => {
    expect(await stacksOf(says({}), { stacks: ["b", "a", "b"], all: false })).toEqual(["b", "a"]);
  });

  test("the configuration of one, with its secrets", async () => {
    const text = JSON.stringify({
      "mail:region": { value: "eu", secret: false },
      "postfix-relay:credentials": { value: '{"password":"s3"}', objectValue: { password: "s3" }, secret: true },
      "postfix-relay:sealed": { secret: true },
    });
    const pulumi = says({ "config --json --show-secrets --stack prod": text });
    expect(await configOf(pulumi, "prod")).toEqual({
      config: { "mail:region": "eu", "postfix-relay:credentials": '{"password":"s3"}' },
      secretKeys: ["postfix-relay:credentials", "postfix-relay:sealed"],
    });
  });

  test("what is no JSON is not shown", () => {
    expect(() => parseConfig('{"a": "poison')).toThrow(/^(?!.*poison)/s);
  });

  test("the state of one, with its secrets", async () => {
    const export_ = "stack export --show-secrets";
    expect(await stateOf(says({ [`${export_} --stack prod`]: "x" }), "prod")).toBe("x");
    expect(await stateOf(says({ [export_]: "y" }))).toBe("y");
  });
});

describe("a program in PATH", () => {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-pulumi-"));
  beforeEach(() => void vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`));
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(join(folder, "pulumi"), { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = (script: string) => {
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
  };

  test("runs in the folder, asks nothing, and its stdout is the answer", async () => {
    program('pwd; echo "$@"; cat');
    expect(await pulumiIn(folder)("stack", "ls")).toBe(`${folder}\n--non-interactive --color never stack ls\n`);
  });

  test("nothing that it has printed on stdout is in an error", async () => {
    program('echo "error: poison"; echo "error: the reason" >&2; exit 3');
    const error = await pulumiIn(folder)("config").catch((error) => error);
    expect(error).toBeInstanceOf(Refusal);
    expect(error.message).toBe("pulumi has failed: the reason");
    expect(JSON.stringify({ ...error, stack: error.stack, cause: error.cause })).not.toContain("poison");
  });

  test("it is not there", async () => {
    vi.stubEnv("PATH", folder);
    await expect(pulumiIn(folder)("stack")).rejects.toThrow(/pulumi was not found; install/);
  });

  test("as many at the same time as there are cores", async () => {
    program(": > running.$$; ls running.* | wc -l; until [ -e go ]; do sleep 0.05; done; rm running.$$");
    const cores = Math.min(8, availableParallelism());
    const ask = pulumiIn(folder);
    const answers = Promise.all(Array.from({ length: 8 }, () => ask("stack")));
    const running = () => readdirSync(folder).filter((name) => name.startsWith("running.")).length;
    await expect.poll(running, { timeout: 10_000 }).toBe(cores);
    writeFileSync(join(folder, "go"), "");
    expect(Math.max(...(await answers).map(Number))).toBe(cores);
  });

  test("a value is set from stdin alone: a secret, a text, and a text that looks like a number", async () => {
    program('printf "%s\\n" "$*" >>sets; cat >>sets; echo >>sets');
    const set = configSetterIn(folder);
    await set("prod", "postfix-relay:credentials.password", "poison & co", "secret");
    await set("prod", "postfix-relay:credentials.username", "user", "text");
    await set("prod", "postfix-relay:credentials.username", "007", "text");
    const common = "--non-interactive --color never config set";
    expect(readFileSync(join(folder, "sets"), "utf8").trimEnd().split("\n")).toEqual([
      `${common} --secret --stack prod --path postfix-relay:credentials.password`,
      "poison & co",
      `${common} --plaintext --stack prod --path postfix-relay:credentials.username`,
      "user",
      `${common} --type string --stack prod --path postfix-relay:credentials.username`,
      "007",
    ]);
  });

  test("a pulumi that repeats the value does not make it known; one that reads nothing is no fault", async () => {
    const set = configSetterIn(folder);
    program('echo "error: not $(cat)" >&2; exit 1');
    await expect(set("prod", "x", "poison", "secret")).rejects.toThrow(/^pulumi has failed$/);
    program('echo "error: the disk is full" >&2; exit 1');
    await expect(set("prod", "x", "x".repeat(200_000), "secret")).rejects.toThrow(
      /^pulumi has failed: the disk is full$/,
    );
  });

  test("three stacks are written at the same time", async () => {
    program(`
      count() { ls writing.* 2>/dev/null | wc -l; }
      : >writing.$$
      tries=0
      while [ "$(count)" -lt 3 ] && [ $((tries += 1)) -lt 20 ]; do sleep 0.1; done
      count >>widths
      sleep 0.2
      count >>widths
      rm writing.$$
      cat >/dev/null`);
    const set = configSetterIn(folder);
    await Promise.all(Array.from({ length: 9 }, (_, index) => set(`s${index}`, "x", "y", "secret")));
    expect(Math.max(...readFileSync(join(folder, "widths"), "utf8").trim().split("\n").map(Number))).toBe(3);
  });
});
