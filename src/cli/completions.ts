// The words that a shell offers next. Stacks and hosts are those of the stack files, and nobody asks Pulumi.

import { actions, type Names } from "./request.ts";
import { loadVerbCommand } from "./verb-commands.ts";
import { type VerbCommand, verbName } from "./verb-parser.ts";

/** What has been typed, and what may be. */
interface Typing {
  /** The words after the program's name; the last one is not complete. */
  readonly typed: readonly string[];
  readonly commands: readonly string[];
  readonly names: (cwd: string) => Names;
  /** What the parser offers of itself. */
  readonly offered: (typed: string[]) => Promise<readonly string[]>;
}

/** Options whose value is the name of a stack. */
const STACKS = ["--stack", "-s", "--exclude"];

/** Options whose value is a folder. */
const FOLDER = ["-C", "--cwd"];

/** The words that may come next. */
export async function completions({ typed, commands, names, offered }: Typing): Promise<readonly string[]> {
  const [before = "", word = ""] = typed.slice(-2);
  const command = typed.find((one) => commands.includes(one)) ?? "";
  const at = typed.findIndex((one) => FOLDER.includes(one));
  const known = names(at < 0 ? "." : (typed[at + 1] ?? "."));
  const begin = (words: readonly string[]) => words.filter((one) => one.startsWith(word));
  if (STACKS.includes(before)) return begin(known.stacks);
  if (before === "--host") return begin(known.hosts);
  const own = (await loadVerbCommand(command))?.command;
  // Before the word: the command itself may be what is typed.
  const behind = typed.slice(typed.indexOf(command) + 1, -1);
  if (own && typed.indexOf(command) < typed.length - 1) return begin(ofVerb(own, behind, word, known));
  if ([...actions, "inbox"].includes(command) && !word.startsWith("-")) return begin(known.hosts);
  // It offers `-C` as `--C`, too.
  return begin(await offered([...typed])).filter((one) => !/^--.$/.test(one));
}

/** The words behind such a command: a verb, its options, or the names that it takes. */
function ofVerb({ verbs, common }: VerbCommand, behind: readonly string[], word: string, known: Names) {
  const verb = verbs.find((one) => behind.includes(verbName(one)));
  if (word.startsWith("-"))
    return [common, verb?.[2] ?? {}]
      .flatMap(Object.keys)
      .map((name) => `--${name}`)
      .concat("--help");
  if (!verb) return verbs.map(verbName);
  const [words] = verb;
  const after = behind.slice(behind.indexOf(verbName(verb)) + 1);
  const given = after.filter((one, index) => !one.startsWith("-") && !FOLDER.includes(after[index - 1] ?? "")).length;
  const next = words.split(" ").slice(1)[given] ?? "";
  if (/stack/.test(next)) return known.stacks;
  return /host/.test(next) ? known.hosts : [];
}
