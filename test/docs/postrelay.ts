// The manual page of the host tool, from its --help and the headers of its folders.

import { execFileSync } from "node:child_process";
import { markdownTable } from "markdown-table";
import { folders, tool } from "../../src/host/pack.ts";
import { type Header, readHeader } from "../support/headers.ts";

const code = (name: string) => `\`${name}\``;
const table = (...rows: string[][]) => markdownTable(rows, { alignDelimiters: false });

/** The paragraphs of `postrelay --help`. */
const usage = (): string[] =>
  execFileSync("sh", ["-s", "--", "--help"], { input: tool(), encoding: "utf8" }).trim().split(/\n\n/);

/** One row for each place, with the words of the folder that writes it, if one does. */
function filesTable(headers: readonly Header[]): string {
  const entries = headers.flatMap(({ folder, files }) => files.map((file) => ({ folder, ...file })));
  const paths = [...new Set(entries.flatMap(({ names }) => names))].filter((path) => path.startsWith("/")).sort();
  const rows = paths.map((path) => {
    const own = entries.filter(({ names }) => names.includes(path));
    const writers = own.filter(({ writes }) => writes).map(({ folder }) => folder);
    const words = [...new Set(own.filter(({ writes }) => writes || !writers.length).map(({ words }) => words))];
    return [code(path), words.filter((text) => text && text !== "the same").join("; "), writers.map(code).join(", ")];
  });
  return table(["path", "what is there", "written by"], ...rows);
}

/** The table of exit codes, which the verbs have. */
function codesTable(headers: readonly Header[]): string {
  const verbs = headers.find(({ folder }) => folder === "verbs");
  const rows = (verbs?.diagnostics ?? []).map(({ names, words }) => {
    const [, name = "", text = words] = /^(EX_\w+) +(.*)$/.exec(words) ?? [];
    return [names[0] ?? "", name && code(name), text];
  });
  return table(["code", "sysexits.h", "meaning"], ...rows);
}

function folderText({ folder, about, synopsis, sets, diagnostics }: Header): string {
  const calls = folders[folder]?.calls ?? [];
  const rows = synopsis.map(({ names, words }) => [names.map(code).join(", "), words]);
  const codes = diagnostics.map(({ names, words }) => `${names[0]} ${words}`).join("; ");
  return `### ${folder}

${about[0]?.toUpperCase()}${about.slice(1)}.${calls.length ? ` Calls ${calls.map(code).join(", ")}.` : ""}

${table(["functions for other folders", "about"], ...rows)}

Sets ${sets.map(code).join(", ")}.

${folder === "verbs" ? "" : `Ends with ${codes}.\n\n`}`;
}

/** The page as Markdown. */
export function postrelayPage(): string {
  const headers = Object.keys(folders).map(readHeader);
  const [name = "", commands = "", steps = "", rest = ""] = usage();
  const [, title = "", about = ""] = /^(\w+): ([\s\S]*)$/.exec(name) ?? [];
  const bugs = headers.flatMap(({ bugs }) => bugs.map((bug) => `- ${bug.replaceAll("\n", " ")}`));
  const [input = "", output = ""] = rest.split("\n");
  return `# ${title}(8)

## NAME

${title} - ${about.replaceAll("\n", " ")}

## SYNOPSIS

\`\`\`
${commands}

${steps}
\`\`\`

## DESCRIPTION

One file of POSIX sh with \`local\`, which dash, bash and busybox run alike. The step \`-packages\` of each Relay puts it into
/usr/local/sbin; \`postrelay --help\` prints the first part of this page. All verbs but \`explain\` need root; those
that change something take a lock, so that one of them runs at a time, within its time. What they begin is on the disk before they
rely on it: the next verb, or the boot, ends what was cut off.

A set of files, a *generation*, is staged, rendered for this host, and started as a second Postfix beside the running one,
the *candidate*. It sends a test message and probes every further route. Only what the relay host itself has answered goes live, by
renames that a journal can undo.

## INPUT AND OUTPUT

${input}
${output}

## EXIT STATUS

${codesTable(headers)}

## FILES

Only root can read /var/lib/postfix-relay but for the candidate, whose daemons are other users.

${filesTable(headers)}

## BUGS

${bugs.join("\n")}

## SEE ALSO

[check.schema.json](check.schema.json) for what \`check\` prints, [advice.md](advice.md) for what \`explain\` says,
[monitoring.md](monitoring.md), postfix(1), postconf(5), sendmail(1).

## THE SOURCES

src/host/tool has these folders; a folder calls those that it names, and what they call. CONTRIBUTING.md has the rules. Made by
\`npm run docs\` from \`--help\` and from the header of each folder.

${headers.map(folderText).join("").trimEnd()}
`;
}
