// The command line: what may be written, and what was asked for. Nothing is done here.

import yargs, { type Argv } from "yargs";

/** The program's name. */
export const PROGRAM = "postfix-relay";

/** sysexits.h: the command line was wrong. Drift must not look like a mistake in typing, so it is not 1. */
export const USAGE = 64;

/** The hosts to look at, and the form of the answer. */
export interface Request {
  readonly command: "check" | "status";
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** Names of stacks; none for the one that is selected. */
  readonly stacks: readonly string[];
  readonly all: boolean;
  /** Names of hosts; none for all of them. */
  readonly hosts: readonly string[];
  readonly json: boolean;
  /** Colours by choice; undefined leaves that to the environment. */
  readonly color?: boolean;
}

/** What is judged, and the form of the answer. */
export interface VerdictRequest {
  readonly command: "verdict";
  readonly cwd: string;
  readonly stacks: readonly string[];
  readonly all: boolean;
  /** Names of hosts; none for all of them. */
  readonly hosts: readonly string[];
  /** Senders; none for those of the stacks. */
  readonly addresses: readonly string[];
  /** The relay host of these senders, in the words of the arguments of a Relay. */
  readonly relay: Readonly<Record<string, unknown>>;
  readonly habits: Readonly<Record<string, unknown>>;
  /** Only the records to publish. */
  readonly zone: boolean;
  readonly json: boolean;
}

/** The request, or the text that answers it: help, the version, a completion, an error. */
export type Asked =
  | { readonly request: Request | VerdictRequest; readonly text?: undefined }
  | { readonly request?: undefined; readonly text: string; readonly code: number };

const EXIT_CODES = `Exit codes: 0 all in sync, 1 a host has drifted, another owner or a wrong key, 2 that cannot be told for a host or a stack, ${USAGE} wrong usage`;

const VERDICT_CODES = `Exit codes: 0 all accepted, 1 one will be refused, 2 else, ${USAGE} wrong usage`;

/** The options of \`verdict\`, and the arguments of a Relay that they stand for. */
const withVerdictOptions = (parser: Argv) =>
  parser
    .epilogue(VERDICT_CODES)
    .positional("address", { type: "string", array: true, describe: "Sender; without one, those of the stack's hosts" })
    .options({
      provider: { type: "string", describe: "Provider of the relay host, such as sendgrid" },
      region: { type: "string", describe: "Region of the account there" },
      "relay-host": { type: "string", describe: "Name of the relay host, where no provider has it" },
      selector: { type: "string", array: true, describe: "Selector of DKIM; may be repeated" },
      "return-path": { type: "string", describe: "Domain of yours in the envelope" },
      "signing-domain": { type: "string", describe: "Domain that is signed for, if not the sender's" },
      "sent-from": { type: "string", array: true, describe: "Address of the relay host; may be repeated" },
      zone: { type: "boolean", describe: "Print only the records to publish" },
    })
    .conflicts("zone", "json");

const COMPLETE = "--get-yargs-completions";

const withExitCodes = (parser: Argv) => parser.epilogue(EXIT_CODES);

/** Reads the arguments after the program's name. */
export async function readArguments(args: readonly string[], version: string): Promise<Asked> {
  let request: Request | VerdictRequest | undefined;
  const found = (command: Request["command"]) => (argv: Record<string, unknown>) => {
    request = {
      command,
      cwd: String([argv.cwd].flat().at(-1)),
      stacks: texts(argv.stack),
      all: Boolean(argv.all),
      hosts: texts(argv.host),
      json: Boolean(argv.json),
      color: [argv.color].flat().at(-1) as boolean | undefined,
    };
  };
  // The script of `completion` asks for words. A command that is built by a function would have none, and `parse` would
  // give them after its end.
  const completing = args[0] === COMPLETE;
  const build = completing ? {} : withExitCodes;
  const parser = withExitCodes(yargs())
    .scriptName(PROGRAM)
    .locale("en")
    .usage("$0 COMMAND [OPTION…]\n\nLooks at the hosts of Pulumi.STACK.yaml over SSH. It changes nothing.")
    .command("check", "Tell which hosts are as they were proven, and what differs", build, found("check"))
    .command(
      "verdict [address..]",
      "Tell whether receivers will accept the mail, as the DNS shows it, and what to publish",
      completing ? {} : withVerdictOptions,
      (argv) => {
        request = verdictOf(argv);
      },
    )
    .command("status", "The same, with the queue and the last delivery of each host", build, found("status"))
    .completion("completion", "Print a script that completes commands and options in bash or zsh")
    .options({
      cwd: { alias: "C", type: "string", default: ".", describe: "Folder of the Pulumi project" },
      stack: {
        alias: "s",
        type: "string",
        array: true,
        describe: "Stack; may be repeated [default: the selected one]",
      },
      all: { type: "boolean", describe: "All stacks of the project" },
      host: { type: "string", array: true, describe: "Only this host; may be repeated" },
      json: { type: "boolean", describe: "Print JSON" },
      color: { type: "boolean", describe: "Colours, or --no-color [default: on a terminal]" },
    })
    .requiresArg(["cwd", "stack", "host"])
    .conflicts("all", "stack")
    .check(({ stack, host, cwd }) => {
      if ([stack, host, cwd].flat().includes("")) throw new Error("--stack, --host and --cwd need a name");
      return true;
    })
    .demandCommand(1, 1, "a command is missing: check, status or verdict", "one command at a time")
    .strictCommands()
    .strictOptions()
    .parserConfiguration({ "greedy-arrays": false, "dot-notation": false })
    .alias("help", "h")
    .version(version)
    .exitProcess(false);

  if (completing) {
    // It offers `-C` as `--C`, too.
    const words = (await parser.getCompletion(args.slice(1))).filter((word) => !/^--.$/.test(word));
    return { text: words.join("\n"), code: 0 };
  }
  return await new Promise((resolve) => {
    parser.parse([...args], {}, (error, _, output) => {
      if (error) resolve({ text: usageError(error.message), code: USAGE });
      else if (output || !request) resolve({ text: output, code: 0 });
      else resolve({ request });
    });
  });
}

/** What is left out is as if it were not there. */
const given = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && String(value) !== ""));

function verdictOf(argv: Record<string, unknown>): VerdictRequest {
  const host = argv["relay-host"];
  return {
    command: "verdict",
    cwd: String([argv.cwd].flat().at(-1)),
    stacks: texts(argv.stack),
    all: Boolean(argv.all),
    hosts: texts(argv.host),
    addresses: texts(argv.address),
    relay: given({
      provider: argv.provider,
      region: argv.region,
      relayHost: host === undefined ? undefined : { host },
    }),
    habits: given({
      selectors: argv.selector,
      returnPath: argv["return-path"],
      signingDomain: argv["signing-domain"],
      sentFrom: argv["sent-from"],
    }),
    zone: Boolean(argv.zone),
    json: Boolean(argv.json),
  };
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const usageError = (reason: string) =>
  `${PROGRAM}: ${reason.replaceAll("\n", " ")}\n\`${PROGRAM} --help\` says what may be written.`;
