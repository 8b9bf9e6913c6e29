// A command that has verbs, options and exit codes of its own: what may be written behind its name, and what was asked
// for. Nothing is done here.

import yargs, { type Argv } from "yargs";
import { nearest } from "../settings/nearest.ts";
import { USAGE } from "./exit-codes.ts";

/** A verb: its words, what it does, and its options. */
export type Verb = readonly [words: string, does: string, options: Readonly<Record<string, object>>];

/** Such a command. */
export interface VerbCommand {
  readonly name: string;
  readonly does: string;
  /** Options of all its verbs. */
  readonly common: Readonly<Record<string, object>>;
  readonly verbs: readonly Verb[];
  /** What comes without an option, by its name in the words of the verbs. */
  readonly names: Readonly<Record<string, object>>;
  readonly codes: string;
  /** Options that exclude others. */
  readonly conflicts: Readonly<Record<string, readonly string[]>>;
  /** The message where a name is missing. */
  readonly missing: string;
  /** Fails where values are wrong, beside what the parser sees by itself. */
  readonly check: (argv: Record<string, unknown>) => void;
}

/** What was asked for, or the text that answers it. */
export type VerbAsked =
  | { readonly verb: string; readonly argv: Record<string, unknown> }
  | { readonly text: string; readonly code: number };

/** The last value of an option, which counts. */
export const last = (value: unknown): unknown => [value].flat().at(-1);
/** All of its values. */
export const texts = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String));
/** Its value as a text. */
export const text = (value: unknown): string | undefined =>
  last(value) === undefined ? undefined : String(last(value));

/** Ends the parser with what is wrong about an option. */
export function fail(argv: Record<string, unknown>, name: string, allowed: string): never {
  throw new Error(`--${name}: got ${JSON.stringify(last(argv[name]))}, ${allowed}`);
}

/** Refuses these options where a value is empty. */
export function refuseEmpty(argv: Record<string, unknown>, ...names: readonly string[]): void {
  for (const name of names) if ([argv[name]].flat().includes("")) fail(argv, name, "which is empty; give a value");
}

/** The first word of a verb's words. */
export const verbName = ([words]: Verb): string => words.split(" ")[0] ?? "";

/** Reads the arguments behind the name of the command. */
export async function readVerb(
  command: VerbCommand,
  args: readonly string[],
  program: string,
  version: string,
): Promise<VerbAsked> {
  const { name, does, common, verbs, names, codes, conflicts, check } = command;
  let asked: VerbAsked | undefined;
  let parser = yargs()
    .scriptName(`${program} ${name}`)
    .locale("en")
    .usage(`$0 VERB [OPTION…]\n\n${does}`)
    .options(common as Parameters<Argv["options"]>[0])
    .epilogue(codes);
  for (const verb of verbs) {
    const [words, what, options] = verb;
    parser = parser.command(
      words,
      what,
      (one: Argv) =>
        withNames(words, names, one)
          .options(options as Parameters<Argv["options"]>[0])
          .epilogue(codes),
      (argv: Record<string, unknown>) => {
        asked = { verb: verbName(verb), argv };
      },
    ) as typeof parser;
  }
  for (const [option, others] of Object.entries(conflicts)) parser = parser.conflicts(option, others) as typeof parser;
  parser = parser
    .demandCommand(1, 1, "a verb is missing", "one verb at a time")
    .strictCommands()
    .strictOptions()
    .check((argv) => {
      check(argv);
      return true;
    })
    .parserConfiguration({ "greedy-arrays": false, "dot-notation": false, "parse-positional-numbers": false })
    .alias("help", "h")
    .version(version)
    .exitProcess(false) as typeof parser;
  return await new Promise((resolve) => {
    parser.parse([...args], {}, (error, { _: [verb] }, output) => {
      const help = `See \`${program} ${name} --help\`.`;
      const reason = () => inWords(error?.message ?? "", command, verb);
      if (error) resolve({ text: `${program} ${name}: ${reason()}\n${help}`, code: USAGE });
      else if (output || !asked) resolve({ text: output, code: 0 });
      else resolve(asked);
    });
  });
}

/** The names that come without an option. */
function withNames(words: string, names: VerbCommand["names"], parser: Argv): Argv {
  for (const [name, about] of Object.entries(names))
    if (new RegExp(`\\b${name}\\b`).test(words)) parser.positional(name, about);
  return parser;
}

/** The reason of the parser, with the name that was meant. */
function inWords(reason: string, { common, verbs, missing }: VerbCommand, given?: string | number): string {
  const line = reason.replaceAll("\n", " ");
  const known = verbs.map(verbName);
  // Of an unknown verb the parser complains about its options first.
  if (given !== undefined && !known.includes(String(given))) {
    const verb = nearest(String(given), known);
    return `there is no verb ${given}; ${verb ? `did you mean ${verb}?` : `known here: ${known.join(", ")}`}`;
  }
  const [, word] = /^Unknown arguments?: ([^, ]+)/.exec(line) ?? [];
  if (word) {
    const near = nearest(word, [common, ...verbs.map(([, , options]) => options)].flatMap(Object.keys));
    return `there is no option --${word} here${near && near !== word ? `; did you mean --${near}?` : ""}`;
  }
  return line.startsWith("Not enough non-option arguments") ? missing : line;
}
