import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { moduleText } from "../../src/host/pack.ts";
import { needs, shells } from "../support/shells.ts";

const root = mkdtempSync(join(tmpdir(), "postrelay-speak-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const sent = join(root, "var/lib/postfix-relay/good/sent");
mkdirSync(sent, { recursive: true });

const passwords = [
  'quo"te\\back',
  "a$b `c` 'd'",
  "two  blanks",
  "pässwört-日本",
  "prefix",
  "prefix-and-more",
  "100%&;|<>",
];
writeFileSync(
  join(sent, "sasl_passwd"),
  passwords.map((password, at) => `[h${at}]:587 user${at}:${password}\n`).join(""),
);

const modules = ["base/constants", "base/secrets", "base/speak"].map(moduleText).join("");

function sh([command = "sh", ...args]: string[], script: string, input: string | Buffer = ""): string {
  const text = `verb=deliver\n${modules}\n${script}`;
  const env = { PATH: process.env.PATH ?? "", POSTRELAY_ROOT: root, HOME: root, LC_ALL: "C" };
  return execFileSync(command, [...args, "-c", text], { input, encoding: "utf8", env });
}

/** Runs `json answer VALUE`, the value being the relay's reply. */
const printed = (shell: string[], value: string) => JSON.parse(sh(shell, 'json answer "$(cat)"', value));

for (const shell of [["sh"], ...shells]) {
  needs(shell[0] ?? "sh")(`${shell.join(" ")}: a relay that repeats a password is not repeated`, () => {
    for (const password of passwords) {
      const { answer } = printed([...shell], `535 ${password} is wrong, ${password}!`);
      expect(answer).toBe("535 [secret] is wrong, [secret]!");
    }
  });
}

/** What AUTH PLAIN sends, and others. */
const base64 = (text: string) => Buffer.from(text).toString("base64");

for (const shell of shells)
  needs(shell[0])(`${shell.join(" ")}: nor is it in base64, alone or in anything else`, () => {
    for (const [at, password] of passwords.entries()) {
      const forms = [password, `\0user${at}\0${password}`, `user${at}\0user${at}\0${password}`].map(base64);
      expect(printed([...shell], `535 ${forms.join(" ")} no`).answer).toBe("535 [secret] [secret] [secret] no");
      // At its ends a character is of what stands beside it, too.
      const inside = ["x", "xx", "xxx"].map((before) => base64(`${before}${password}\r\n`));
      const { answer } = printed([...shell], `535 ${inside.join(" ")}`);
      for (const form of inside) expect(answer).not.toContain(form);
      expect(answer.match(/\[secret\]/g)).toHaveLength(3);
      expect(sh([...shell], 'say "$(cat)" 2>&1', forms[1])).toBe("postrelay: [secret]\n");
    }
    expect(printed([...shell], base64("another password")).answer).toBe(base64("another password"));
  });

const evil = "a\u009b0mb\u202ec\u2066d\u200fe\u061cf\u2028g\ufeffh\u00adi<{%fg 1%}>j\u001b[2Jk\u0085";
const harmless = "a 0mb c d e f g h i<{ %fg 1%}>j [2Jk ";

for (const shell of shells)
  needs(shell[0])(`${shell.join(" ")}: what others say moves no cursor, hides nothing and has no colour`, () => {
    expect(printed([...shell], evil).answer).toBe(harmless);
    expect(sh([...shell], 'say "$(cat)" 2>&1', evil)).toBe(`postrelay: ${harmless}\n`);
    expect(sh([...shell], 'tell "$(cat)" b', evil)).toBe(`${harmless}\nb\n`);
    expect(JSON.parse(sh([...shell], 'json many@ "$(cat)"', `${evil}\nb`)).many).toEqual([harmless, "b"]);
    // Bytes that iconv leaves out bring nothing together.
    const apart = Buffer.from("<{\xff% a\xc2\xff\x9bb", "latin1");
    expect(sh([...shell], 'say "$(cat)" 2>&1', apart)).toBe("postrelay: <{ % ab\n");
  });

for (const shell of shells)
  needs(shell[0])(`${shell.join(" ")}: a long text keeps its beginning and its end`, () => {
    const long = `first ${"é".repeat(9000)} last`;
    const { answer } = printed([...shell], long);
    expect(answer).toMatch(/^first é+ \[\d+ bytes are left out here\] é+ last$/);
    expect(Buffer.byteLength(answer)).toBeLessThan(4100);
    const said = sh([...shell], 'say "$(cat)" 2>&1', long);
    expect(said).toBe(`postrelay: ${answer}\n`);
    // A password is taken out before: no half of it is left.
    const cut = printed([...shell], `${"x".repeat(3496)}prefix-and-more${"y".repeat(3000)}`).answer;
    expect(cut).not.toContain("pref");
  });

describe("output", () => {
  test("a password as Postfix logs it, with ? for what is no ASCII", () => {
    expect(printed(["sh"], "535 p??ssw??rt-?????? no").answer).toBe("535 [secret] no");
  });

  test("the control: other words stay as they are", () => {
    const answer = '250 2.0.0 "Ok" \\ queued as pref, 日本';
    expect(printed(["sh"], answer).answer).toBe(answer);
  });

  test("one line, and UTF-8, whatever a relay answers", () => {
    const bytes = Buffer.concat([Buffer.from("250 "), Buffer.from([0xe9, 0xff, 0x07]), Buffer.from(" ok\nqueued")]);
    const result = sh(["sh"], 'json answer "$(cat)"', bytes);
    expect(result.endsWith("}\n")).toBe(true);
    expect(result.split("\n")).toHaveLength(2);
    expect(JSON.parse(result).answer).toMatch(/^250 {3}ok queued$/);
  });

  test("numbers, lists, words of the tool and empty values", () => {
    expect(
      JSON.parse(sh(["sh"], `json n# 1.5 none# '' no# 1a word! prefix list@ 'a "b"\nc' empty@ '' text ''`)),
    ).toEqual({
      postrelay: "deliver",
      n: 1.5,
      none: 0,
      no: 0,
      word: "prefix",
      list: ['a "b"', "c"],
      empty: [],
      text: "",
    });
  });

  test("all output is UTF-8: the command provider fails a step over a single other byte", () => {
    const result = sh(["sh"], 'say "$(cat)" 2>&1', Buffer.from("caf\xe9 \xff\xfe caf\xc3\xa9", "latin1"));
    expect(result).toBe("postrelay: caf  café\n");
  });

  test("a reason has a line for each text, no empty one, and no password", () => {
    const result = sh(["sh"], 'say "$(cat)" "" "What to do: x" 2>&1', `the relay said\n${passwords[0]}`);
    expect(result).toBe("postrelay: the relay said\n[secret]\nWhat to do: x\n");
  });

  test.each<[what: string, words: string, says: string]>([
    ["what has happened", "'no answer'", "no answer\n"],
    ["what to do", "'No login. Check a.b. Wait.'", "No login.\nWhat to do: Check a.b. Wait.\n"],
    [
      "what the log has",
      "'No login. Wait.' 'smtp[1]: x' '' 'b. c'",
      "No login.\nWhat to do: Wait.\nLog: smtp[1]: x\nLog: b. c\n",
    ],
  ])("a reason: %s", (_, words, says) => expect(sh(["sh"], `reason ${words}`)).toBe(says));

  test("a key that is a password is a key", () => {
    expect(JSON.parse(sh(["sh"], "json prefix prefix"))).toEqual({ postrelay: "deliver", prefix: "[secret]" });
  });
});

for (const shell of shells)
  needs(shell[0])(`${shell.join(" ")}: a backslash is a backslash`, () => {
    const answer = "250 2.0.0 Ok: queued as C:\\new\\cat.eml; CORP\\cronjob \\0101";
    expect(printed([...shell], answer).answer).toBe(answer);
    expect(sh([...shell], 'say "$(cat)" 2>&1', answer)).toBe(`postrelay: ${answer}\n`);
  });

describe("while a file with passwords cannot be read", () => {
  // A folder can be opened and not read, for root too.
  const broken = (script: string) =>
    sh(
      ["sh"],
      `with_password_files() { "$@" "$root/var/lib/postfix-relay/good/sent/sasl_passwd" "$root"; }\n${script}`,
    );

  test("a reason is withheld, and it says so", () => {
    expect(broken("say 'prefix is wrong' 2>&1 | grep -v ^cat:")).toBe(
      "postrelay: [withheld: a file with passwords cannot be read]\n",
    );
  });

  test("so are the texts of a report; what cannot be a password stays", () => {
    expect(JSON.parse(broken("json sync! unknown n# 3 why 'prefix is wrong' none@ '' many@ 'a\nb'"))).toEqual({
      postrelay: "deliver",
      sync: "unknown",
      n: 3,
      why: "[withheld: a file with passwords cannot be read]",
      none: [],
      many: Array(2).fill("[withheld: a file with passwords cannot be read]"),
    });
  });
});
