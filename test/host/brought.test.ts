import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { script } from "../../src/host/pack.ts";
import { quote } from "../../src/host/quote.ts";

// A tool that is brought, and run by the step after that: with the real scripts, on a host that is a folder.
const root = mkdtempSync(join(tmpdir(), "brought-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), 0o755);
}

// A login without root rights, whatever runs the tests, and its sudo.
put("bin/id", '#!/bin/sh\nif [ "$1" = -u ]; then echo 1000; else echo deploy; fi\n');
put(
  "bin/sudo",
  `#!/bin/sh
case "$*" in
'-n true') printf %s "$SAID" >&2; [ -z "$SAID" ] ;;
-nl) printf 'Matching Defaults entries for deploy on web:\\n    env_reset\\n\\n%s\\n    (ALL) NOPASSWD: ALL\\n' \\
  'User deploy may run the following commands on web:' ;;
*) shift && exec "$@" ;;
esac
`,
);

const INPUT = "#% owner it's\n";
const lines = `input=${quote(INPUT)}\nbrought=${join(root, "tool")}\n`;
const tool = `tool=${quote(gzipSync('echo "brought: $*" && cat').toString("base64"))}\n`;
const bring = `${script("bootstrap")}${lines}${tool}main "$@"\n`;
const brought = `${script("brought")}${lines}main "$@"\n`;

function say(text: string, verb: string, SAID = "") {
  const ran = spawnSync("sh", ["-s", ...verb.split(" ")], {
    input: text.replaceAll(/(?<=[ '])(\/usr\/local|\/var\/lib|\/etc)\//g, `${root}$1/`),
    encoding: "utf8",
    env: { PATH: `${join(root, "bin")}:${process.env.PATH}`, SAID },
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

test("it is run once", () => {
  expect(say(bring, "bring")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(say(brought, "install")).toEqual({ code: 0, stdout: `brought: install\n${INPUT}`, stderr: "" });
  const again = say(brought, "install");
  expect(again).toMatchObject({ code: 69, stdout: "" });
  expect(again.stderr).toMatch(/^postrelay: the host tool was brought, and is not here any more\.\nWhat to do: Run/);
});

test("to undo all, any that is there will do; what was set up is not left to itself", () => {
  const undone = () => say(brought, "restore packages");
  expect(undone()).toMatchObject({ code: 0, stdout: "" });
  for (const [left, text] of [
    ["var/lib/postfix-relay/owner", "a/b/c\n"],
    ["etc/systemd/system/postfix-relay-boot.service", "[Unit]\n"],
    ["etc/postfix/main.cf", "# Managed by postfix-relay\n"],
  ] as const) {
    put(left, text);
    expect(undone(), left).toMatchObject({ code: 69, stdout: "" });
    rmSync(dirname(join(root, left)), { recursive: true });
  }
  for (const path of ["usr/local/sbin/postrelay", "usr/local/lib/postfix-relay/postrelay"]) {
    put(path, `echo "${path}: $*" && cat`);
    expect(undone().stdout).toBe(`${path}: restore packages\n${INPUT}`);
  }
});

test("who cannot become root is told so, and not that nothing is there", () => {
  const said = "sudo: a password is required";
  expect(say(brought, "restore packages", said)).toMatchObject({ code: 77, stderr: expect.stringContaining(said) });
});
