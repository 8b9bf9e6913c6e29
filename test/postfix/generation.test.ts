import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { moduleText } from "../../src/host/pack.ts";
import { digest, type Files, publicFiles, secretFiles } from "../../src/postfix/generation.ts";
import { settings } from "../support/args.ts";
import { CA } from "../support/keys.ts";

const folder = mkdtempSync(join(tmpdir(), "generation 'of' "));
afterAll(() => rmSync(folder, { recursive: true }));

/** The digest as the tool on the host makes it: by its own function, in a real shell. */
function digestOnHost(files: Files): string {
  const sent = join(folder, "sent");
  rmSync(sent, { recursive: true, force: true });
  mkdirSync(sent);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sent, name), text);
  const script = `LC_ALL=C\n${moduleText("generation/generation")}\ndigest "$1"`;
  return execFileSync("sh", ["-c", script, "sh", folder], { encoding: "utf8" }).trim();
}

test("the digest is the one that the host computes", () => {
  const name = fc.stringMatching(/^[a-z_][a-z_.]{0,12}$/).filter((name) => !/^\.+$/.test(name));
  const text = fc.string({ unit: "grapheme" }).map((text) => `${text}\n`);
  fc.assert(
    fc.property(fc.dictionary(name, text, { minKeys: 1, maxKeys: 5 }), (files) => {
      expect(digest(files)).toBe(digestOnHost(files));
    }),
    { numRuns: 25 },
  );
});

test("the digest changes with each file, and not with the order of files", () => {
  expect(digest({ a: "1\n", b: "2\n" })).toBe(digest({ b: "2\n", a: "1\n" }));
  const generations: Files[] = [{ a: "1\n" }, { a: "2\n" }, { b: "1\n" }, { a: "1\n", b: "" }];
  expect(new Set(generations.map(digest)).size).toBe(4);
});

test("files of a generation end with a newline", () => {
  const owner = "mail/prod/web-1";
  const mail = settings({ caCertificate: CA.trimEnd() });
  const files = { ...publicFiles(owner, mail), ...secretFiles(mail, { username: "u", password: "p" }) };
  expect(Object.keys(files)).toEqual(["main.cf", "relay_ca.pem", "sasl_passwd"]);
  for (const text of Object.values(files)) expect(text).toMatch(/[^\n]\n$/);
});
