import { gunzipSync, gzipSync } from "node:zlib";
import type { LabHost, Login } from "../../lab/index.ts";
import { packagesBrought, type Step, steps } from "../../src/host/steps.ts";
import { installer } from "../../src/host/tool.ts";
import { publicFiles } from "../../src/postfix/generation.ts";
import { throughProxy } from "../../src/postfix/login-proxy.ts";
import { kindsIn } from "../../src/settings/logins.ts";
import { type Checked, matchAccounts, parseCredentials, parseSettings } from "../../src/settings/parse.ts";
import type { Credentials, Settings } from "../../src/settings/settings.ts";

export type Suffix = Step["suffix"];

/** What a user writes for a Relay, without the connection: `credentials`, `domain`, `relayHost` and so on. */
export type Args = Readonly<Record<string, unknown>>;

/** One step of a run: its exit code and output. */
export interface StepResult {
  suffix: Suffix;
  code: number;
  /** The JSON line on stdout. */
  report: Readonly<Record<string, unknown>>;
  stdout: string;
  stderr: string;
}

/** A run of steps. The last of them is the one that failed, if one did. */
export interface Run {
  /** 0, or the exit code of the step that failed. */
  code: number;
  results: StepResult[];
  /** All that was printed. */
  text: string;
}

/** A command with its input. */
interface Call {
  suffix: Suffix;
  create: string;
  remove: string | undefined;
  stdin: string;
  /** The stdin of `sh -s bring`, which comes before the command to create. */
  bring: string | undefined;
}

interface Options {
  /** Who manages the host: project, stack and name. */
  owner?: string;
  /** URN of the Relay. */
  resource?: string;
  /** Earlier owners that it may take over from. */
  formerly?: readonly string[];
  user?: Login;
}

/**
 * The steps of a Relay on a lab host without the engine, in Pulumi's order: `up` runs those whose command or input
 * changed since they last succeeded, `destroy` undoes those that are left, and both stop at the first failure.
 */
export class Steps {
  readonly host: LabHost;
  readonly #options: Required<Options>;
  #args: Args;
  #version = 0;
  #done = new Map<Suffix, Call>();

  constructor(host: LabHost, args: Args, options: Options = {}) {
    this.host = host;
    this.#args = args;
    this.#options = {
      owner: `project/stack/${host.name}`,
      resource: `urn:pulumi:stack::project::postfix-relay:index:Relay::${host.name}`,
      formerly: [],
      user: "root",
      ...options,
    };
  }

  /** Another machine with the same state; `host` is the one that has the address of the old one now. */
  copy(host = this.host): Steps {
    const copy = new Steps(host, this.#args, this.#options);
    copy.#version = this.#version;
    copy.#done = new Map(this.#done);
    return copy;
  }

  /** Changes these arguments for the next `up`; undefined takes one out. */
  change(changes: Args): void {
    this.#args = { ...this.#args, ...changes };
  }

  /** Has the next `up` bring another version of the host tool. */
  upgrade(): void {
    this.#version++;
  }

  /** `pulumi up`, after a change of these arguments. */
  async up(changes: Args = {}): Promise<Run> {
    this.change(changes);
    const calls = this.#calls();
    return await this.#each(calls, async (call) => {
      const { suffix, create, stdin, bring } = call;
      const last = this.#done.get(suffix);
      if (last?.create === create && last.stdin === stdin && last.bring === bring) return undefined;
      const results = await this.#create(call);
      if (results.code === 0) this.#done.set(suffix, call);
      return results;
    });
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<Run> {
    return await this.#each([...this.#done.values()].sort(byOrder).reverse(), async ({ suffix, remove, stdin }) => {
      const results = remove ? await this.#say(suffix, remove, stdin) : undefined;
      if (!results || results.code === 0) this.#done.delete(suffix);
      return results;
    });
  }

  /** Runs the command of one step alone. The result does not become part of the state. */
  async alone(suffix: Suffix, what: "create" | "remove" = "create"): Promise<StepResult> {
    const call = this.#calls().find((call) => call.suffix === suffix);
    const command = call?.[what];
    if (!call || !command) throw new Error(`${suffix} has no command to ${what}`);
    return what === "create" ? await this.#create(call) : await this.#say(suffix, command, call.stdin);
  }

  async #create({ suffix, create, stdin, bring }: Call): Promise<StepResult> {
    const brought = bring ? await this.#say(suffix, "sh -s bring", bring) : undefined;
    return brought && brought.code !== 0 ? brought : await this.#say(suffix, create, stdin);
  }

  #calls(): Call[] {
    const calls = callsFor(this.#args, this.host.name, this.#options);
    return calls.map((call) => ({ ...call, bring: call.bring && ofVersion(this.#version, call.bring) }));
  }

  async #each(calls: Call[], run: (call: Call) => Promise<StepResult | undefined>): Promise<Run> {
    const results: StepResult[] = [];
    for (const call of calls) {
      const one = await run(call);
      if (one) results.push(one);
      if (one && one.code !== 0) break;
    }
    const text = results.map(({ suffix, code, stdout, stderr }) => `-${suffix}: ${code}\n${stdout}${stderr}`).join("");
    return { code: results.at(-1)?.code ?? 0, results, text };
  }

  async #say(suffix: Suffix, command: string, input: string): Promise<StepResult> {
    const { user } = this.#options;
    const { code, stdout, stderr } = await this.host.run(command, { input, user, timeout: 1200 });
    for (const secret of secrets(this.#args))
      if ((stdout + stderr).includes(secret)) throw new Error(`-${suffix} printed a password`);
    return { suffix, code, report: report(stdout), stdout, stderr };
  }
}

const order: readonly Suffix[] = steps.map(({ suffix }) => suffix);
const byOrder = (a: Call, b: Call) => order.indexOf(a.suffix) - order.indexOf(b.suffix);

/** The calls for some arguments: the one place that calls the functions of `steps`. */
function callsFor(args: Args, name: string, { user, ...origin }: Required<Options>): Call[] {
  const { credentials, accounts, ...mail } = args;
  const given: Settings = right(parseSettings(name, mail));
  const all: Credentials = right(matchAccounts(given, right(parseCredentials(credentials, accounts))));
  const settings = throughProxy(given, kindsIn(all));
  const files = publicFiles(origin.owner, settings);
  return steps
    .map((step) => (step.suffix === "packages" ? packagesBrought : step))
    .map((step) => ({
      bring: step === packagesBrought ? installer("") : undefined,
      suffix: step.suffix,
      create: step.create(user),
      remove: step.delete?.(user),
      stdin: "stdin" in step ? step.stdin(origin, settings, files) : step.secretStdin(origin, settings, files, all),
    }));
}

/** What brings the tool, with another version of it; the first one is the real one. */
const ofVersion = (version: number, stdin: string): string =>
  stdin.replace(/^tool='(.*)'$/m, (line, tool: string) => {
    if (version === 0) return line;
    const text = Buffer.concat([gunzipSync(Buffer.from(tool, "base64")), Buffer.from(`# version ${version}\n`)]);
    return `tool='${gzipSync(text).toString("base64")}'`;
  });

function right<T>({ value, problems }: Checked<T>): T {
  if (problems) throw new Error(problems.map(({ path, reason }) => `${path.join(".")} ${reason}`).join("\n"));
  return value;
}

/** The secrets that stand somewhere in arguments. */
const secrets = (value: unknown, key = ""): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, value]) => secrets(value, key))
    : /^(password|clientSecret|refreshToken|privateKey)$/.test(key) && typeof value === "string"
      ? [value]
      : [];

/** The report of a step: the last line that is a JSON object. */
function report(stdout: string): StepResult["report"] {
  const line = stdout.split("\n").findLast((line) => line.startsWith("{"));
  return line ? JSON.parse(line) : {};
}
