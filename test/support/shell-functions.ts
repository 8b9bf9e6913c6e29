// What the functions of a shell script call, set and read: the parser of shfmt, walked once.

import sh, { type Node } from "mvdan-sh";

const { syntax } = sh;

/** One command of a function. */
export interface Command {
  /** Its words; undefined for one that is only known when it runs. */
  readonly words: readonly (string | undefined)[];
  /** Whether it runs in a shell of its own: in a pipe, a command substitution or a subshell. */
  readonly inside: boolean;
  readonly line: number;
}

/** A function, with what it does to names. */
export interface ShellFunction {
  readonly name: string;
  readonly line: number;
  /** The comment above it. */
  readonly doc: string;
  /** The names in its "Sets:"; `x_*` are all that begin with `x_`. */
  readonly sets: readonly string[];
  readonly locals: readonly string[];
  readonly assigned: readonly string[];
  readonly read: readonly string[];
  readonly commands: readonly Command[];
  /** Words of `local` whose value a shell may split, or whose failure it hides. */
  readonly loose: readonly string[];
  /** Whether it runs what is in its arguments. */
  readonly runner: boolean;
}

/** What a script does outside of functions, and its functions. */
export interface Script {
  readonly top: ShellFunction;
  readonly functions: readonly ShellFunction[];
}

const parser = syntax.NewParser(syntax.Variant(syntax.LangPOSIX));
const typeOf = (node: Node) => syntax.NodeType(node);

/** A word as it is written, if no expansion is in it. */
function literal(word: Node): string | undefined {
  const parts = (word.Parts ?? []).map((part) => {
    if (typeOf(part) === "Lit" || typeOf(part) === "SglQuoted") return part.Value as string;
    return typeOf(part) === "DblQuoted" ? literal(part) : undefined;
  });
  return parts.includes(undefined) ? undefined : parts.join("");
}

// Numbers of the parser's operators: `|`, and the two in `${name=value}` and `${name:=value}`.
const PIPE = 12;
const DEFAULTS = [74, 75];

const isName = (text: string | undefined): text is string => /^[A-Za-z_]\w*$/.test(text ?? "");
const isInside = (node: Node) =>
  ["CmdSubst", "Subshell"].includes(typeOf(node)) || (typeOf(node) === "BinaryCmd" && node.Op === PIPE);

function describe(name: string, body: Node, doc: string, skip = (_: Node) => false): ShellFunction {
  const locals: string[] = [];
  const assigned: string[] = [];
  const read: string[] = [];
  const loose: string[] = [];
  const commands: Command[] = [];
  const above: Node[] = [];
  let runner = false;
  syntax.Walk(body, (node) => {
    if (!node) {
      above.pop();
      return true;
    }
    above.push(node);
    if (skip(node)) {
      above.pop();
      return false;
    }
    const type = typeOf(node);
    const line = node.Pos().Line();
    if (type === "ParamExp") {
      const param = node.Param?.Value as string;
      if (isName(param)) read.push(param);
      if (isName(param) && DEFAULTS.includes(node.Exp?.Op ?? 0)) assigned.push(param);
    } else if (type === "Lit" && isName(node.Value as string)) {
      const around = above.findLast((one) => ["ArithmExp", "CmdSubst", "ParamExp"].includes(typeOf(one)));
      if (around && typeOf(around) === "ArithmExp") read.push(node.Value as string);
    } else if (type === "ForClause") {
      assigned.push(node.Loop?.Name?.Value as string);
    } else if (type === "CallExpr") {
      const args = node.Args ?? [];
      const words = args.map(literal);
      for (const { Name } of args.length ? [] : (node.Assigns ?? [])) assigned.push(Name?.Value as string);
      for (const { Value } of node.Assigns ?? []) {
        const value = Value && typeof Value === "object" ? literal(Value) : undefined;
        // A name that is kept is called later.
        if (isName(value)) commands.push({ words: [value], inside: true, line });
      }
      if (words[0] === "local") {
        for (const word of args.slice(1)) {
          const [first, ...rest] = word.Parts ?? [];
          const own = /^(\w+)(=|$)/.exec((first?.Value as string) ?? "")?.[1];
          locals.push(own ?? "?");
          const safe = ["SglQuoted", "DblQuoted", "ArithmExp", "Lit"];
          if (!own || rest.some((part) => !safe.includes(typeOf(part)))) loose.push(own ?? "?");
          syntax.Walk(word, (part) => {
            if (part && typeOf(part) === "CmdSubst") loose.push(own ?? "?");
            return true;
          });
        }
      } else if (args.length) commands.push({ words, inside: above.some(isInside), line });
      if (words[0] === "read") for (const word of words.slice(1)) if (isName(word)) assigned.push(word);
      const command = args[0]?.Parts?.[0]?.Parts?.[0]?.Param?.Value;
      if (command === "@" || command === "1") runner = true;
    }
    return true;
  });
  const listed = /Sets: ([\s\S]*)$/.exec(doc)?.[1]?.replace(/\([^)]*\)/g, "") ?? "";
  const sets = listed.match(/[a-z]\w*\*?/g) ?? [];
  return { name, line: body.Pos().Line(), doc, sets, locals, assigned, read, commands, loose, runner };
}

/**
 * What a script means, node by node. What spans lines in single quotes is a program for awk or sed, which means the
 * same without comments, blank lines and indentation.
 */
export function meaning(text: string): string[] {
  const nodes: string[] = [];
  syntax.Walk(parser.Parse(text, ""), (node) => {
    if (!node) return true;
    const type = typeOf(node);
    const value = typeof node.Value === "string" ? node.Value : (node.Op ?? "");
    const program =
      type === "SglQuoted" &&
      String(value)
        .replace(/\n[ \t]*(#.*)?(?=\n)/g, "")
        .replace(/\n[ \t]+/g, "\n");
    nodes.push(`${type} ${program || value}`);
    return true;
  });
  return nodes;
}

/** Reads a script. */
export function readScript(text: string): Script {
  const lines = text.split("\n");
  const file = parser.Parse(text, "");
  const functions: ShellFunction[] = [];
  syntax.Walk(file, (node) => {
    if (!node || typeOf(node) !== "FuncDecl") return true;
    let first = node.Pos().Line() - 1;
    while (lines[first - 1]?.startsWith("#")) first--;
    const doc = lines
      .slice(first, node.Pos().Line() - 1)
      .map((line) => line.replace(/^# ?/, ""))
      .filter((line) => !line.startsWith("shellcheck "))
      .join("\n");
    functions.push(describe(node.Name?.Value as string, node.Body as Node, doc));
    return false;
  });
  return { top: describe("", file, "", (node) => typeOf(node) === "FuncDecl"), functions };
}
