import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { script } from "../../src/host/pack.ts";
import { quote } from "../../src/host/quote.ts";
import { needs, shells } from "../support/shells.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  // A login without root rights, whatever runs the tests; and a sudo that says what a real one prints.
  command("id", 'if [ "$1" = -u ]; then echo 1000; else echo deploy; fi');
  command(
    "sudo",
    `case "$*" in
'-n true') printf %s "$SAID" >&2; [ -z "$SAID" ] ;;
-nl) [ -z "$REFUSED" ] && printf %s "$LISTED" ;;
'-n sudo -l -U deploy') printf %s "$LISTED" ;;
*) shift && exec "$@" ;;
esac`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function command(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

const sent = `${script("bootstrap")}input=${quote("#% owner it's\n")}
brought=/run/nowhere
tool=${quote(gzipSync('echo "tool: $*" && cat').toString("base64"))}
main "$@"
`;

function boot(shell: readonly string[], env: Record<string, string>, ...verb: string[]) {
  const [program = "sh", ...args] = shell;
  const ran = spawnSync(program, [...args, "-s", ...verb], {
    input: sent,
    encoding: "utf8",
    env: { PATH: `${folder}:${process.env.PATH}`, SAID: "", LISTED: list({}), REFUSED: "", ...env },
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

for (const shell of shells)
  needs(shell[0])(`${shell[0]} hands the tool its words and its input`, () => {
    const listed = { LISTED: list({ rules: ["(ALL) NOPASSWD: LOG_INPUT: ALL"] }) };
    expect(boot(shell, {}, "install")).toEqual({ code: 0, stdout: "tool: install\n#% owner it's\n", stderr: "" });
    expect(boot(shell, listed, "restore", "packages").stdout).toBe("tool: restore packages\n#% owner it's\n");
    expect(boot(shell, listed, "install").code).toBe(77);
  });

test.each<[what: string, env: Record<string, string>, why: RegExp]>([
  [
    "there is no such folder",
    { TMPDIR: "/nowhere" },
    /in \/nowhere: No such file or directory\.\nWhat to do: Make room there/,
  ],
  ["it is read-only", { TMPDIR: "/proc" }, /in \/proc: (No such file or directory|Read-only file system)\.\n/],
  [
    "it is full",
    { FULL: "yes" },
    /in \/tmp: No space left on device\.\nWhat to do: Make room there, or make it writable for deploy\./,
  ],
])("says why it cannot unpack the tool: %s", (_, env, why) => {
  command(
    "gzip",
    '[ -z "$FULL" ] || { echo "gzip: stdout: No space left on device" >&2; exit 1; }\nexec /usr/bin/gzip "$@"',
  );
  for (const shell of [["dash"], ["bash", "--posix"]]) {
    const ran = boot(shell, env, "install");
    expect(ran).toMatchObject({ code: 73, stdout: "" });
    expect(ran.stderr).toMatch(why);
    expect(ran.stderr).toMatch(/^postrelay: cannot unpack the host tool .*\nWhat to do: .*\nNothing was changed\.\n$/);
  }
});

test.each([
  [
    "sudo: a password is required",
    /'sudo -n true' failed \(sudo: a password is required\)\.\nWhat to do: Allow it passwordless sudo/,
  ],
  [
    "sudo: unable to resolve host web\nSorry, user deploy may not run sudo on web.",
    /\(sudo: unable to resolve host web Sorry, user deploy may not run sudo on web\.\)\.\nWhat to do: Allow it/,
  ],
  [
    "sudo: sorry, you must have a tty to run sudo",
    /must have a tty.*\nWhat to do: .*'Defaults:deploy !requiretty' with 'visudo/,
  ],
])("tells sudo's own words: %s", (SAID, advice) => {
  const ran = boot(["sh"], { SAID }, "install");
  expect(ran).toMatchObject({ code: 77, stdout: "" });
  expect(ran.stderr).toMatch(advice);
  expect(ran.stderr).toMatch(
    /^postrelay: deploy cannot become root here: .*\nWhat to do: .*\nNothing was changed\.\n$/,
  );
});

/** A list as sudo 1.9 prints it. */
function list({ defaults = [], bound = "", rules = ["(ALL) NOPASSWD: ALL"] }: Listed): string {
  const options = ["env_reset", "secure_path=/usr/sbin\\:/usr/bin", "use_pty", ...defaults];
  return `Matching Defaults entries for deploy on web:
    ${options.join(", ")}

${bound && `Runas and Command-specific defaults for deploy:\n    ${bound}\n\n`}User deploy may run the following commands on web:
${rules.map((rule) => `    ${rule}\n`).join("")}`;
}
interface Listed {
  defaults?: string[];
  bound?: string;
  rules?: string[];
}

const all = "(ALL : ALL) NOPASSWD: ALL";
const exempt = "Defaults!/usr/local/sbin/postrelay !log_input";
const rows: [what: string, listed: Listed, option?: string][] = [
  ["nothing", {}],
  ["its output alone", { defaults: ["log_output", "!log_input"] }],
  ["its input", { defaults: ["log_input", "log_output"] }, "log_input"],
  ["what comes in a pipe", { defaults: ["log_stdin"] }, "log_stdin"],
  ["no longer", { defaults: ["log_input", "!log_input"] }],
  ["again", { defaults: ["!log_input", "log_stdin"] }, "log_stdin"],
  ["input of root", { bound: "Defaults>root log_input" }, "log_input"],
  ["input of another", { bound: "Defaults>postgres, www-data log_input" }],
  ["not that of root", { defaults: ["log_input"], bound: "Defaults>root !log_input" }],
  ["input of the tool", { bound: "Defaults!/usr/local/sbin/ log_input, !log_output" }, "log_input"],
  ["a pattern", { bound: "Defaults!/usr/local/sbin/p?st* log_input" }, "log_input"],
  ["a regular expression", { bound: "Defaults!^/usr/(local/)?sbin/.*$ log_input" }, "log_input"],
  ["an alias of commands", { bound: "Defaults!MAIL_TOOLS log_input" }, "log_input"],
  ["an alias of users", { bound: "Defaults>OPS log_input" }, "log_input"],
  ["a path through a link", { bound: "Defaults!/opt/tools/postrelay log_input" }, "log_input"],
  ["with an argument", { bound: "Defaults!/usr/local/sbin/postrelay stage\\ * log_input, use_pty" }, "log_input"],
  [
    "not that of a pattern",
    { defaults: ["log_input"], bound: "Defaults!/usr/local/sbin/post* !log_input" },
    "log_input",
  ],
  [
    "not that with an argument",
    { defaults: ["log_input"], bound: "Defaults!/usr/local/sbin/postrelay check !log_input" },
    "log_input",
  ],
  ["all but the tool", { bound: "Defaults!ALL, !/usr/local/sbin/postrelay log_input" }],
  ["an option whose value has blanks", { bound: 'Defaults!ALL log_input, badpass_message="a b"' }, "log_input"],
  ["input of another tool", { bound: "Defaults!/usr/bin/id, /usr/bin/true log_input" }],
  ["not that of the tool", { defaults: ["log_input"], bound: exempt }],
  [
    "not that of two tools",
    { defaults: ["log_input"], bound: "Defaults!/bin/id ,/usr/local/sbin/postrelay !log_stdin" },
  ],
  ["not that of another tool", { defaults: ["log_input"], bound: "Defaults!/bin/id !log_input" }, "log_input"],
  // Two on one line, as sudo prints them.
  ["root but the tool", { bound: `Defaults>root log_input    ${exempt}` }],
  ["the tool but root", { bound: "Defaults>root !log_input    Defaults!ALL log_input" }, "log_input"],
  ["a rule", { rules: ["(ALL) NOPASSWD: LOG_INPUT: ALL"] }, "LOG_INPUT"],
  ["a rule, and a later one", { rules: ["(ALL) LOG_INPUT: ALL", all] }],
  ["a rule by a pattern", { rules: [all, "(root) LOG_INPUT: NOPASSWD: /usr/local/sbin/post*"] }, "LOG_INPUT"],
  ["a rule with arguments", { rules: [all, "(root) LOG_INPUT: /usr/local/sbin/postrelay stage *"] }, "LOG_INPUT"],
  ["a rule with another's arguments", { rules: [all, "(root) LOG_INPUT: /usr/bin/systemctl restart *\\, x"] }],
  ["an exempt pattern", { rules: ["(ALL) LOG_INPUT: ALL", "(root) NOLOG_INPUT: /usr/local/sbin/p*"] }, "LOG_INPUT"],
  ["all users but root", { rules: [all, "(ALL, !root) LOG_INPUT: ALL"] }],
  ["a rule for others", { rules: [all, "(postgres) LOG_INPUT: ALL", "(root) LOG_INPUT: /usr/bin/id"] }],
  ["a rule's second command", { rules: ["(root) /bin/id, LOG_INPUT: /usr/local/sbin/postrelay"] }, "LOG_INPUT"],
  ["a rule's first command", { rules: ["(root) LOG_INPUT: /bin/id, NOLOG_INPUT: /usr/local/sbin/postrelay"] }],
  ["an exempt rule", { defaults: ["log_input"], rules: [all, "(root) NOLOG_INPUT: /usr/local/sbin/postrelay"] }],
  ["default, and rules without a tag", { defaults: ["log_input"], rules: [all, "(root) /bin/id"] }, "log_input"],
];

for (const program of ["awk", "busybox"])
  needs(program)(
    `${program} finds in sudo's list whether it logs what the tool reads`,
    () => {
      if (program === "busybox") command("awk", 'exec busybox awk "$@"');
      for (const [what, listed, option] of rows) {
        const ran = boot(["sh"], { LISTED: list(listed) }, "install");
        expect(ran.code, `${what}\n${ran.stderr}`).toBe(option ? 77 : 0);
        if (option) expect(ran.stderr, what).toContain(`(${option})`);
      }
      rmSync(join(folder, "awk"), { force: true });
    },
    60_000,
  );

test("a login that may not list without a password is listed by root", () => {
  const ran = boot(["sh"], { REFUSED: "yes", LISTED: list({ defaults: ["log_input"] }) }, "install");
  expect(ran).toMatchObject({ code: 77, stdout: "" });
  expect(ran.stderr).toContain("'Defaults!/usr/local/sbin/postrelay !log_input' with 'visudo");
});

test("a list that does not come is none that allows it", () => {
  const ran = boot(["sh"], { LISTED: "" }, "install");
  expect(ran).toMatchObject({ code: 77, stdout: "" });
  expect(ran.stderr).toMatch(
    /'sudo -l' does not tell whether sudo here logs .*\nWhat to do: .*\nNothing was changed\.\n$/,
  );
});

test("what sudo says moves no cursor", () => {
  const { stderr } = boot(["sh"], { SAID: "a\u001b[2J\\033[1m\tb" }, "install");
  expect(stderr).toContain("(a [2J\\033[1m b)");
});

test("the advice for a tag is a rule", () => {
  const ran = boot(["sh"], { LISTED: list({ rules: ["(ALL) NOPASSWD: LOG_INPUT: ALL"] }) }, "install");
  expect(ran.stderr).toContain("'deploy ALL=(root) NOPASSWD: NOLOG_INPUT: /usr/local/sbin/postrelay' with 'visudo");
});
