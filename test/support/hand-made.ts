// A host whose Postfix was set up by hand: the script of `init --from` runs on it, and finds stand-ins for postconf and
// postmap, which know no more than main.cf.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { handMadeCommand } from "../../src/cli/hand-made.ts";

const POSTCONF = `#!/bin/sh
case $1 in
-nx) cat "$POSTFIX_RELAY_ROOT/set" ;;
-xh)
  shift
  for name; do
    awk -v name="$name" '$1 == name { sub(/^[^=]*= ?/, ""); value = $0 } END { print value }' "$POSTFIX_RELAY_ROOT/set" \\
      "$POSTFIX_RELAY_ROOT/defaults"
  done
  ;;
esac
`;

/** An index alone: its rows are in a file beside it. */
const POSTMAP = `#!/bin/sh
cat "$POSTFIX_RELAY_ROOT\${2#*:}.rows"
`;

/** The parameters of a main.cf, with what they refer to in its place. */
function parameters(mainCf: string, own: Record<string, string>): Map<string, string> {
  const lines = mainCf
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replaceAll(/\n[ \t]+/g, " ")
    .split("\n");
  const set = new Map(lines.map((line) => [line.replace(/\s*=.*/s, ""), line.replace(/^[^=]*=\s*/, "").trim()]));
  const expanded = (text: string): string =>
    text.replaceAll(/\$[({]?(\w+)[)}]?/g, (_, name) => expanded(set.get(name) ?? own[name] ?? ""));
  return new Map([...set].map(([name, value]) => [name, expanded(value)]));
}

/** What the script prints for a main.cf and these further files. */
export function readHandMade(mainCf: string, files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "hand-made-"));
  try {
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const own = { myhostname: "web-1.example.com", mydomain: "example.com", data_directory: "/var/lib/postfix" };
    const text = (values: Iterable<[string, string]>) => [...values].map(([name, value]) => `${name} = ${value}\n`);
    write("etc/postfix/main.cf", mainCf);
    for (const [path, content] of Object.entries(files)) write(path, content);
    const set = parameters(mainCf, own);
    write("set", text(set).join(""));
    write("defaults", text(Object.entries({ ...own, ...Object.fromEntries(set) })).join(""));
    write("bin/postconf", POSTCONF);
    write("bin/postmap", POSTMAP);
    for (const program of ["postconf", "postmap"]) chmodSync(join(root, "bin", program), 0o755);
    const env = { PATH: `${join(root, "bin")}:${process.env.PATH}`, POSTFIX_RELAY_ROOT: root };
    return execFileSync("sh", ["-c", handMadeCommand("root")], { env, encoding: "utf8" });
  } finally {
    rmSync(root, { recursive: true });
  }
}
