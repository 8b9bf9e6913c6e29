// The Pulumi CLI: the stacks of a project, the state of one, and its configuration. Secrets are in them, and stay in
// memory.

import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { atOnce } from "../host/at-once.ts";
import { clean } from "../host/clean.ts";
import { USAGE } from "./exit-codes.ts";
import { fromJson } from "./json.ts";
import { Refusal } from "./refusal.ts";

/** Runs `pulumi` in the folder of a project; what it has printed on stdout. */
export type Pulumi = (...args: string[]) => Promise<string>;

const SECONDS = 120;

/**
 * The `pulumi` of this machine, as often at the same time as it has cores: each call has one busy. Its stdout may hold
 * secrets and is in no error. Whatever it may ask for is not on its stdin.
 */
export function pulumiIn(cwd: string): Pulumi {
  const inTurn = atOnce(availableParallelism());
  return (...args) => inTurn(() => ask(cwd, args, ""));
}

function ask(cwd: string, args: readonly string[], stdin: string): Promise<string> {
  const options = {
    cwd,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
    maxBuffer: 512 * 2 ** 20,
    timeout: SECONDS * 1000,
  };
  return new Promise<string>((done, reject) => {
    const child = execFile(
      "pulumi",
      ["--non-interactive", "--color", "never", ...args],
      options,
      (error, stdout, stderr) => {
        if (!error) return done(stdout);
        if (error.code === "ENOENT") return reject(new Refusal(NOT_FOUND));
        reject(error.killed ? new Refusal(SILENT) : refusalOf(stderr, cwd));
      },
    );
    // It may end before it reads.
    child.stdin?.on("error", () => {});
    child.stdin?.end(stdin);
  });
}

/** Sets a value in the configuration of a stack, by its path. */
export type SetConfig = (stack: string, path: string, value: string, kind: "secret" | "text") => Promise<void>;

/**
 * The same by `pulumi config set`, with the value on its stdin alone. Of two calls for one stack at the same time only
 * one value would stay; that is for the caller to see to.
 */
export function configSetterIn(cwd: string): SetConfig {
  const inTurn = atOnce(WRITERS);
  return async (stack, path, value, kind) => {
    const form = kind === "secret" ? ["--secret"] : isNoText(value) ? ["--type", "string"] : ["--plaintext"];
    const args = ["config", "set", ...form, "--stack", stack, "--path", path];
    try {
      await inTurn(() => ask(cwd, args, value));
    } catch (error) {
      // What it says of a value that it does not take may repeat it.
      if (error instanceof Refusal && error.message.includes(value)) throw new Refusal("pulumi has failed");
      throw error;
    }
  };
}

/** Stacks whose configuration is written at the same time. */
const WRITERS = 3;

/** Whether `pulumi config set --path` would take it for something else than a text. */
const isNoText = (value: string) => /^(true|false|[+-]?\d+)$/i.test(value);

const NOT_FOUND = "pulumi was not found; install the Pulumi CLI, or put its folder in PATH";
const SILENT = `pulumi did not end within ${SECONDS} s`;

const NO_STACK = /no stack named/;

/** Each failure that has a remedy. */
const failures: readonly (readonly [says: RegExp, reason: (cwd: string) => string, code?: number])[] = [
  [
    /no Pulumi\.yaml project file found/,
    (cwd) => `no Pulumi.yaml in ${cwd} or above it; go to the folder of the project, or name it with -C DIR`,
  ],
  [
    /no stack selected/,
    () => "no stack is selected; name one with --stack NAME, take all with --all, or run `pulumi stack select`",
  ],
  [
    /passphrase must be set|unable to find either/,
    () => "the passphrase of the stack is missing; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
  ],
  [/incorrect passphrase/, () => "the passphrase in PULUMI_CONFIG_PASSPHRASE(_FILE) is not that of the stack"],
  [NO_STACK, () => "there is no stack of that name; `pulumi stack ls` lists them", USAGE],
];

/** The reason why `pulumi` has failed, in words that help, or else in its own. */
export function refusalOf(stderr: string, cwd: string): Refusal {
  const [, reason, code] = failures.find(([says]) => says.test(stderr)) ?? [];
  if (reason) return new Refusal(reason(cwd), code);
  const error = stderr.split("\n").find((line) => line.startsWith("error: "));
  return new Refusal(`pulumi has failed${error ? `: ${clean(error.slice("error: ".length)).trim()}` : ""}`);
}

/** The name of the selected stack. */
export const selectedStack = async (pulumi: Pulumi): Promise<string> => (await pulumi("stack", "--show-name")).trim();

/** The names of all stacks of the project. */
export async function allStacks(pulumi: Pulumi): Promise<string[]> {
  const listed = fromJson(await pulumi("stack", "ls", "--json"));
  return Array.isArray(listed) ? listed.map(({ name }) => String(name)) : [];
}

/** The state of a stack, or of the selected one, with its secrets. */
export const stateOf = (pulumi: Pulumi, stack?: string): Promise<string> =>
  pulumi("stack", "export", "--show-secrets", ...(stack === undefined ? [] : ["--stack", stack]));

/** The names of the stacks that were asked for. */
export async function stacksOf(
  pulumi: Pulumi,
  { stacks, all }: { readonly stacks: readonly string[]; readonly all: boolean },
): Promise<string[]> {
  if (stacks.length > 0) return [...new Set(stacks)];
  if (!all) return [await selectedStack(pulumi)];
  const names = await allStacks(pulumi);
  if (names.length === 0) throw new Refusal("the project has no stack; `pulumi stack init` makes one");
  return names;
}

/** The configuration of a stack, as it would be given to its program. */
export interface StackConfig {
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** Asks for the configuration of a stack. */
export const configOf = async (pulumi: Pulumi, stack: string): Promise<StackConfig> =>
  parseConfig(await pulumi("config", "--json", "--show-secrets", "--stack", stack));

/** Reads the output of `pulumi config --json --show-secrets`. */
export function parseConfig(text: string): StackConfig {
  const entries = Object.entries((fromJson(text) ?? {}) as Record<string, { value?: unknown; secret?: unknown }>);
  return {
    config: Object.fromEntries(
      entries.flatMap(([key, { value }]) => (typeof value === "string" ? [[key, value]] : [])),
    ),
    secretKeys: entries.filter(([, { secret }]) => secret === true).map(([key]) => key),
  };
}
