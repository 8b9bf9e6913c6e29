// The modules of the host tool that read the candidate's log, as scripts for one of the shells.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleText } from "../../src/host/pack.ts";

const read = (name: string) => readFileSync(new URL(`../../src/host/tool/candidate/${name}`, import.meta.url), "utf8");

/** The rows of the table of advice, without its comments. */
export const adviceRows = (): string[] =>
  read("advice.txt")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"));

const modules = [
  "set -u",
  ...["base/constants", "base/speak"].map(moduleText),
  "candidate=/nowhere",
  "LC_ALL=C",
  "export LC_ALL",
  `advice() {\ncat <<'ADVICE'\n${adviceRows().join("\n")}\nADVICE\n}`,
  ...["candidate", "advice", "log", "proof"].map((name) => read(`${name}.sh`)),
].join("\n");

interface Options {
  shell?: readonly string[];
  /** The program that `awk` is. */
  awk?: string;
  args?: string[];
  input?: string;
  /** Programs that stand before all others, as shell scripts. */
  programs?: Record<string, string>;
}

/** Runs a script that may call the functions. */
export function runProof(
  script: string,
  { shell = ["dash"], awk, args = [], input = "", programs = {} }: Options = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "proof-"));
  try {
    const all = { ...(awk && { awk: `exec ${awk === "busybox" ? "busybox awk" : awk} "$@"` }), ...programs };
    for (const [name, text] of Object.entries(all))
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const [command = "sh", ...options] = shell;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return execFileSync(command, [...options, "-c", `${modules}\n${script}`, "proof", ...args], {
      input,
      encoding: "utf8",
      env,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the table says about a text. */
export interface Explanation {
  /** The row that it is from. */
  row: string;
  /** stop, wait, or sender: stop, since the relay host refuses the address that sends. */
  mark: string;
  /** As explain_line prints it. */
  text: string;
}

/** What the table says about each text. */
export function explain(texts: readonly string[], options: Options = {}): Explanation[] {
  const rows = adviceRows();
  // Each row says its own number.
  const numbered = rows.map((row, at) => row.replace(/ -> .*/, ` -> ${at}`));
  const script = `advice() {
cat <<'ADVICE'
${numbered.join("\n")}
ADVICE
}
while IFS= read -r text; do matching_row "$text"; done`;
  const result = runProof(script, { ...options, input: `${texts.join("\n")}\n` });
  return result
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [mark = "", at] = line.split(" ");
      const row = rows[Number(at)] ?? "";
      return { row, mark, text: `${mark.replace("sender", "stop")} ${row.replace(/^.*? -> /, "")}` };
    });
}

/** A log to look into, and what for. */
export interface Look {
  log: string;
  token?: string;
  to?: string;
  skip?: number;
  /** The relay host, as in relayhost. */
  hop?: string;
  /** A probe: its queue ID, and the kind of its route. */
  probe?: { id: string; kind: string };
}

const found = [
  "id",
  "line",
  "recipient",
  "relay",
  "dsn",
  "status",
  "seconds",
  "answer",
  "clue",
  "settled",
  "verdict",
  "reason",
] as const;

/** What follow, is_final and judge set; for a probe, what follow_id and judge_route do. */
export type Found = Record<(typeof found)[number], string>;

/** Its lines, which the script has joined. */
const linesOf = (text: string): string => text.split("\u001f").join("\n").replace(/\n$/, "");

/** Looks into logs, all in one shell. */
export function look(looks: readonly Look[], options: Options = {}): Found[] {
  const folder = mkdtempSync(join(tmpdir(), "logs-"));
  try {
    const rows = looks.map(({ log, token = "TOKEN", to = "", skip = 0, hop = "", probe }, at) => {
      writeFileSync(join(folder, String(at)), log);
      return [join(folder, String(at)), token, to, skip, hop, probe?.id ?? "", probe?.kind ?? ""].join("|");
    });
    const script = `
      while IFS='|' read -r log token to skip hop id kind; do
        if [ -n "$id" ]; then
          follow_id "$log" "$id" "$to"
          judge_route "$log" "$id" "$kind" "$to" "$hop"
          verdict=$route_verdict reason=$route_reason
        else
          follow "$log" "$token" "$to" "$skip"
          judge "$hop" 60 "$log"
          verdict=$proof_verdict reason=$proof_reason
        fi
        # Its lines, as one that does not end the others.
        reason=$(printf '%s\\n' "$reason" | tr '\\n' '\\037')
        if is_final; then settled=yes; else settled=no; fi
        printf '%s\\n' ${found
          .slice(0, 9)
          .map((name) => `"$delivery_${name}"`)
          .join(" ")} "$settled" "$verdict" "$reason"
      done`;
    const result = runProof(script, {
      ...options,
      programs: { getent: "exit 2", journalctl: "exit 1", ...options.programs },
      input: `${rows.join("\n")}\n`,
    }).split("\n");
    return looks.map((_, at) => {
      const values = result.slice(at * found.length, (at + 1) * found.length);
      return Object.fromEntries(found.map((name, index) => [name, linesOf(values[index] ?? "")])) as Found;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
