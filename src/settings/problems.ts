/** The path of an argument, as the user wrote it. */
export type Path = readonly (string | number)[];

/** A problem of the arguments. */
export interface Problem {
  /** The argument to change. */
  readonly path: Path;
  /** The value, the allowed ones, the change to make. Never a secret. */
  readonly reason: string;
}

/** An error ends the preview; a warning and a note are only shown. */
export type Severity = "error" | "warning" | "note";

/** A report of a preview about valid arguments. */
export interface Finding extends Problem {
  readonly severity: Severity;
}

/** Each problem once: several parts may have been made from the value that is wrong. */
export function uniqueProblems(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** A path as one writes it in a program or in `pulumi config set --path`: `hosts[2].connection.hostKey`. */
export function pathText(path: Path): string {
  return path
    .map((key) =>
      typeof key === "number" ? `[${key}]` : /^[\w:-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    )
    .join("")
    .replace(/^\./, "");
}

const PART = /(?:^|\.)([\w:-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\["\\])*")\]/gy;

/** The path in such a text; undefined where it is none. */
export function pathIn(text: string): Path | undefined {
  const parts = [...text.matchAll(PART)];
  if (text === "" || parts.map(([part]) => part).join("") !== text) return undefined;
  return parts.map(([, key, index, quoted]) => key ?? (quoted === undefined ? Number(index) : JSON.parse(quoted)));
}

/** All problems under one heading, one per line. */
export function problemText(heading: string, problems: readonly Problem[]): string {
  return [`${heading}:`, ...problems.map(({ path, reason }) => `  ${pathText(path)}: ${reason}`)].join("\n");
}
