/** One thing that is wrong with the arguments. */
export interface Problem {
  /** Where, as the user wrote it. */
  readonly path: readonly (string | number)[];
  /** What was got, what is allowed, what to change. Never a secret. */
  readonly reason: string;
}

/** A path as one writes it in a program or in `pulumi config set --path`: `hosts[2].connection.hostKey`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((key) =>
      typeof key === "number" ? `[${key}]` : /^[\w:-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    )
    .join("")
    .replace(/^\./, "");
}

/** All problems under one heading, one on a line. */
export function problemText(heading: string, problems: readonly Problem[]): string {
  return [`${heading}:`, ...problems.map(({ path, reason }) => `  ${pathText(path)}: ${reason}`)].join("\n");
}
