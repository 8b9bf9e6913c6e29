import { describe, expect, test } from "vitest";
import { type HandMade, parseHandMade } from "../../src/cli/hand-made.ts";
import { argumentsOf, usableExtra, wrongAnswers } from "../../src/cli/init-files.ts";
import { hopOf } from "../../src/cli/next-hop-text.ts";
import { takeOver } from "../../src/cli/take-over.ts";
import { HOST_KEY } from "../support/args.ts";
import { readHandMade } from "../support/hand-made.ts";
import { guides } from "./guides.ts";

const made = (output: string) => parseHandMade(`Welcome to \u001b[2Jweb-1\n${output}`) as HandMade;
const read = (accounts: string, mainCf = "", files = {}) =>
  readHandMade(
    `relayhost = [mail.example.net]:587\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n${mainCf}`,
    { "etc/postfix/sasl_passwd": accounts, ...files },
  );

describe.each(guides)("$what", ({ mainCf, accounts, files, answers, extra, refused = [], lines }) => {
  const output = readHandMade(mainCf, { "etc/postfix/sasl_passwd": accounts, ...files });
  const taken = takeOver(made(output));

  test("no password leaves the host", () => expect(output).not.toMatch(/gehe/));

  test("arguments, and a line for what has no place", () => {
    expect(taken.answers).toEqual({ name: "web-1", domain: "example.com", ...answers });
    expect(taken.extra).toEqual(extra);
    expect(taken.lines).toEqual(
      lines.map((text) => expect.stringMatching(new RegExp(`^${text.replaceAll(/[.[\]()`]/g, "\\$&")}`))),
    );
  });

  test("a Relay takes these arguments", () => {
    const all = { name: "web-1", to: "ops@example.net", username: "", ...taken.answers };
    const given = { address: "root@192.0.2.1", hostKey: HOST_KEY, domain: "example.com", relay: "", ...all };
    const { usable, problems } = usableExtra(given, taken.extra);
    expect(problems.map(({ path }) => path.join(" "))).toEqual(refused);
    expect(wrongAnswers(given, usable)).toEqual([]);
    if (refused.length === 0) expect(argumentsOf(given, usable)).toMatchObject(extra);
  });
});

describe("accounts: what a host tells of them", () => {
  const accountsIn = (output: string) => made(output).accounts;

  test.each<[what: string, text: string, accounts: object[]]>([
    ["a user", "[mail.example.net]:587 me:geheim\n", [{ key: "[mail.example.net]:587", user: "me" }]],
    ["a password with colons", "mail.example.net me:ge:heim\n", [{ key: "mail.example.net", user: "me" }]],
    ["on two lines", "mail.example.net\n   me:geheim\n", [{ key: "mail.example.net", user: "me" }]],
    ["the same word twice", "mail.example.net geheim:geheim\n", [{ key: "mail.example.net" }]],
    ["no user", "mail.example.net geheim\n", []],
    ["no white space", "[mail.example.net]:587:me:geheim\n", []],
    ["the other way round", "me:geheim mail.example.net\n", []],
    ["a server that gets nothing", "mail.example.org geheim:geheim2\n", []],
    ["a sender", "me@example.org you:geheim\n", [{ key: "me@example.org", user: "you" }]],
    ["a comment", "#mail.example.net me:geheim\n", []],
  ])("%s", (_, text, accounts) => {
    const output = read(text);
    expect(output).not.toContain("geheim");
    expect(accountsIn(output)).toEqual(accounts);
  });

  test("an index alone", () => {
    const rows = { "etc/postfix/sasl_passwd.rows": "mail.example.net\tme:geheim\n" };
    const map = "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n";
    const output = readHandMade(`relayhost = [mail.example.net]:587\n${map}`, rows);
    expect(output).not.toContain("geheim");
    expect(accountsIn(output)).toEqual([{ key: "mail.example.net", user: "me" }]);
  });

  test.each([
    ["inline", "smtp_sasl_password_maps = inline:{ mail.example.net=me:geheim }"],
    ["static", "smtp_sasl_password_maps = static:me@example.org:geheim"],
    ["a map of senders that is the one of accounts", "sender_canonical_maps = hash:/etc/postfix/sasl_passwd"],
    ["a map with other words", "sender_canonical_maps = hash:/etc/postfix/words"],
    ["a parameter that holds one", "relayhost = {geheim}"],
    ["a parameter of one's own", "my_password = geheim"],
  ])("%s: no password is told", (_, line) => {
    const output = read("mail.example.net me:geheim\n", `${line}\n`, { "etc/postfix/words": "a geheim\nb c:geheim\n" });
    expect(output).not.toContain("geheim");
    expect(made(output).hostname).toBe("web-1.example.com");
  });
});

test.each<[text: string, hop: ReturnType<typeof hopOf>]>([
  ["[mail.example.net]:587", { host: "mail.example.net", port: 587, lookupMx: false }],
  ["[Mail.example.net]:submission", { host: "mail.example.net", port: 587, lookupMx: false }],
  ["example.net", { host: "example.net", port: 25, lookupMx: true }],
  ["[192.0.2.1]:465", { host: "192.0.2.1", port: 465, lookupMx: false }],
  ["[mail.example.net", undefined],
  ["mail.example.net:what", undefined],
  ["", undefined],
])("a relay host, %s", (text, hop) => expect(hopOf(text)).toEqual(hop));

test.each<[what: string, output: string, why: string]>([
  ["no Postfix", "Hi\nfrom no-postfix\n", "no-postfix"],
  ["not as root", "from no-root\n", "no-root"],
  ["sudo wants a password", "sudo: a password is required\n", "no-root"],
  ["it is ours", "from managed\n", "managed"],
  ["a shell that runs nothing", "This account is not available.\n", "silent"],
])("nothing is read: %s", (_, output, why) => expect(parseHandMade(output)).toMatchObject({ why }));

test("a host that delivers by itself has no relay to take over", () => {
  const { answers, lines } = takeOver(made(readHandMade("relayhost =\n")));
  expect(answers).toEqual({ name: "web-1", domain: "example.com" });
  expect(lines).toContain("relayhost is empty: this host delivers its mail by itself");
});
