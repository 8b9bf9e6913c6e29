// The command line: what may be written, and what was asked for. Nothing is done here.

import yargs, { type Argv } from "yargs";
import { nearest } from "../settings/nearest.ts";
import { completions } from "./completions.ts";
import { exitCodes, USAGE } from "./exit-codes.ts";
import {
  type Action,
  actions,
  type CredentialsRequest,
  checks,
  type HostKeyRequest,
  type InitOptions,
  isCheckName,
  type Names,
  type OauthRequest,
  type Request,
  type RolloutRequest,
  type Scope,
} from "./request.ts";
import { loadVerbCommand, verbCommands } from "./verb-commands.ts";
import { last, texts } from "./verb-parser.ts";
import { type VerdictRequest, verdictOf, verdictOptions, withVerdictOptions } from "./verdict-options.ts";

/** The program's name. */
export const PROGRAM = "postfix-relay";

/** What was asked for, or the text that answers it: help, the version, a completion, an error. */
export type Asked =
  | { readonly request: Request | Action }
  | { readonly explain: { readonly json: boolean } }
  | { readonly init: InitOptions }
  | { readonly verdict: VerdictRequest }
  | { readonly inbox: Scope }
  | { readonly rollout: RolloutRequest }
  | { readonly credentials: CredentialsRequest }
  | { readonly hostkey: HostKeyRequest }
  | { readonly oauth: OauthRequest }
  | { readonly text: string; readonly code: number };

const COMPLETE = "--get-yargs-completions";

const EXAMPLES: [string, string][] = [
  ["$0 check", "all hosts of the selected stack"],
  ["$0 check --probe", "the same, and whether mail leaves each of them now"],
  ["$0 status --all --json", "all hosts of all stacks, for a program"],
  ["$0 test web-1", "a message from web-1, now"],
  ["$0 inbox web-1", "the same, and where it arrives"],
  ["$0 explain < line", "what a line of the mail log means"],
  ["$0 init -C mail", "a new project in the folder mail"],
  ["$0 init -C mail --from root@web-1", "the same, with the settings that web-1 has by hand"],
];

const MISSING = "a command is missing";

/** The commands, as `--help` has them. */
const COMMANDS = [
  ...checks,
  ...actions,
  "inbox",
  "verdict",
  ...verbCommands.map(([name]) => name),
  "explain",
  "init",
  "completion",
];

const OPTIONS = {
  cwd: { alias: "C", type: "string", default: ".", describe: "Folder of the Pulumi project" },
  stack: { alias: "s", type: "string", array: true, describe: "Stack; may be repeated [default: the selected one]" },
  all: { type: "boolean", describe: "All stacks of the project" },
  host: { type: "string", array: true, describe: "Only this host; may be repeated" },
  // The hosts of a command that needs some, as yargs keeps them beside its options.
  name: { type: "string", array: true, hidden: true },
  probe: { type: "boolean", describe: "In check and status: probe each host, too. A login at the relay, no message" },
  to: { type: "string", describe: "Recipient for test and probes [default: that of the test delivery]" },
  yes: { type: "boolean", describe: "Do not ask (rollback)" },
  json: { type: "boolean", describe: "Print JSON" },
  color: { type: "boolean", describe: "Colours, or --no-color [default: on a terminal]" },
} as const;

/** The options of `init`, each the answer to a question. */
const ANSWERS = {
  from: {
    type: "string",
    describe: "Login on a host whose Postfix was set up by hand: its settings are taken over, without the password",
  },
  address: { type: "string", describe: "Login on the host: USER@HOST:PORT" },
  domain: { type: "string", describe: "Domain that the host belongs to" },
  relay: { type: "string", describe: "Provider, or HOST:PORT" },
  username: { type: "string", describe: "User name at the relay" },
} as const;

/** The hosts that a command is about. */
const scopeOf = (argv: Record<string, unknown>): Scope => ({
  cwd: String(last(argv.cwd)),
  stacks: texts(argv.stack),
  all: Boolean(argv.all),
  hosts: [...texts(argv.host), ...texts(argv.name)],
  json: Boolean(argv.json),
  color: last(argv.color) as boolean | undefined,
});

/** The request of a command. */
function requestOf(command: string, argv: Record<string, unknown>): Request | Action {
  const scope = scopeOf(argv);
  const to = last(argv.to) as string | undefined;
  if (isCheckName(command)) return { command, ...scope, probe: Boolean(argv.probe), to };
  return { command: command as Action["command"], ...scope, to, yes: Boolean(argv.yes) };
}

/** Reads the arguments after the program's name. `names` has what there is, and does not ask Pulumi. */
export async function readArguments(
  args: readonly string[],
  version: string,
  names: (cwd: string) => Names = () => ({ stacks: [], hosts: [] }),
): Promise<Asked> {
  const [word = "", ...rest] = args;
  const own = await loadVerbCommand(word);
  if (own) return await own.read(rest, PROGRAM, version);
  let asked: Asked | undefined;
  const request = (command: string) => (argv: Record<string, unknown>) => {
    asked = { request: requestOf(command, argv) };
  };
  // The script of `completion` asks for words. A command that is built by a function would have none, and `parse` would
  // give them after its end.
  const completing = args[0] === COMPLETE;
  const build = completing ? {} : (parser: Argv) => parser.epilogue(exitCodes);
  const act = completing
    ? {}
    : (parser: Argv) => parser.positional("name", { type: "string", describe: "Name of a host" }).epilogue(exitCodes);
  const verbs = completing ? {} : (parser: Argv) => parser.positional("verb", { type: "string" }).epilogue(exitCodes);
  const answers = completing
    ? {}
    : (parser: Argv) => parser.options(ANSWERS).conflicts("from", "address").epilogue(exitCodes);
  const first = yargs()
    .scriptName(PROGRAM)
    .locale("en")
    .usage("$0 COMMAND [OPTION…]\n\nThe hosts of the Relays of a Pulumi project, over SSH.")
    .command(
      "check",
      "Show which hosts still match their proven configuration, and what differs",
      build,
      request("check"),
    )
    .command("status", "The same, with the queue and the last delivery of each host", build, request("status"))
    .command("probe <name..>", "Try whether mail leaves a host now, without a message", act, request("probe"))
    .command(
      "test <name..>",
      "Send a message from a host now, and follow it to the relay's answer",
      build,
      request("test"),
    )
    .command("inbox [name..]", "Send a message from a host now, and look for it in the mailbox", act, (argv) => {
      asked = { inbox: scopeOf(argv) };
    })
    .command("queue <name..>", "List the messages that wait on a host, and why", act, request("queue"))
    .command("rollback <name..>", "Put back the configuration that was proven before", act, request("rollback"))
    .command(
      "verdict [address..]",
      "Judge by the DNS whether receivers will accept the mail, and say what to publish",
      completing ? {} : withVerdictOptions,
      (argv) => {
        asked = { verdict: verdictOf(argv) };
      },
    );
  for (const [name, does] of verbCommands)
    first.command(`${name} [verb..]`, does, verbs, () => {
      asked = { text: `${PROGRAM}: write \`${PROGRAM} ${name} VERB\`, with the options after it`, code: USAGE };
    });
  const parser = first
    .command("explain", "Say what a line of the mail log, on stdin, means", build, (argv) => {
      asked = { explain: { json: Boolean(argv.json) } };
    })
    .command("init", "Write a new project for one host, after some questions", answers, (argv) => {
      asked = { init: initOf(argv) };
    })
    .completion("completion", "Print a script for bash or zsh that completes commands, options, stacks and hosts")
    .options(OPTIONS)
    .requiresArg(["cwd", "stack", "host", "to"])
    .conflicts("all", "stack")
    .check(({ _: [command], stack, host, cwd, to, probe }) => {
      if ([stack, host, cwd, to].flat().includes("")) throw new Error("--stack, --host, --cwd and --to need a value");
      if (probe && !isCheckName(String(command))) throw new Error("--probe is an option of check and status");
      return true;
    })
    .example(EXAMPLES)
    .epilogue(exitCodes)
    .demandCommand(1, 1, MISSING, "one command at a time")
    .strictCommands()
    .strictOptions()
    .parserConfiguration({ "greedy-arrays": false, "dot-notation": false, "parse-positional-numbers": false })
    .alias("help", "h")
    .version(version)
    .exitProcess(false);

  if (completing) {
    const offered = (typed: string[]) => parser.getCompletion(typed);
    const found = await completions({ typed: args.slice(1), commands: COMMANDS, names, offered });
    return { text: found.join("\n"), code: 0 };
  }
  return await new Promise((resolve) => {
    parser.parse([...args], {}, (error, _, output) => {
      if (error?.message === MISSING) resolve(helpFor(version));
      else if (error) resolve({ text: usageError(error.message), code: USAGE });
      else resolve(output || !asked ? { text: output, code: 0 } : asked);
    });
  });
}

/** The help for who has given no command. */
async function helpFor(version: string): Promise<Asked> {
  const help = await readArguments(["--help"], version);
  return { ...help, code: USAGE } as Asked;
}

/** The options of `init`: those that were given. */
function initOf(argv: Record<string, unknown>): InitOptions {
  const text = (key: string) => last(argv[key]) as string | undefined;
  const [stack = "prod"] = texts(argv.stack);
  const keys = ["from", "address", "domain", "relay", "username", "to"];
  const answers = Object.fromEntries(keys.map((key) => [key, text(key)]));
  const name = texts(argv.name).at(-1);
  return { cwd: String(last(argv.cwd)), stack, json: Boolean(argv.json), name, ...answers };
}

const usageError = (reason: string) => `${PROGRAM}: ${inWords(reason)}\nSee \`${PROGRAM} --help\`.`;

/** The reason of the parser, with the name that was meant. */
function inWords(reason: string): string {
  const text = reason.replaceAll("\n", " ");
  const [, what, word = ""] = /^Unknown (command|argument)s?: ([^, ]+)/.exec(text) ?? [];
  if (what === "command") return meant(`there is no command ${word}`, nearest(word, COMMANDS));
  const option = (name: string) => (name.length > 1 ? `--${name}` : `-${name}`);
  if (what === "argument") {
    const near = nearest(word, [OPTIONS, ANSWERS, verdictOptions].flatMap(Object.keys));
    return meant(`there is no option ${option(word)}`, near && option(near));
  }
  if (text.startsWith("Not enough non-option arguments")) return "the name of a host is missing";
  return text;
}

const meant = (text: string, name: string | undefined) => (name ? `${text}; did you mean ${name}?` : text);
