import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CA } from "../support/keys.ts";

// A checkout on Windows has carriage returns at the end of each line, and so may a file that a user reads an argument
// from.
const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "line-ends-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = (source: string) => `
import { steps } from ${JSON.stringify(source)};
import { publicFiles } from ${JSON.stringify(source.replace("host/steps", "postfix/generation"))};
import { parseCredentials, parseSettings } from ${JSON.stringify(source.replace("host/steps", "settings/parse"))};
import { readFileSync } from "node:fs";
const { args, origin } = JSON.parse(readFileSync(0, "utf8"));
const settings = parseSettings("web-1", args).value;
const account = parseCredentials({ username: "user", password: "p wo rd" }).value;
const open = [origin, settings, publicFiles(origin.owner, settings)];
const stdin = (step) => ("stdin" in step ? step.stdin(...open) : step.secretStdin(...open, account));
console.log(JSON.stringify(steps.map(stdin)));
`;
/** What goes to the host, step by step, from this source. */
function sent(source: string, caCertificate: string): string[] {
  const args = {
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    testDelivery: { to: "ops@example.org" },
    rootAlias: "ops@example.org",
    stripHeaders: ["X-Mailer"],
    senders: { root: "ops@example.com" },
    caCertificate,
  };
  const origin = { owner: "a/b/web-1", resource: "urn", formerly: [] };
  const run = ["--input-type=module", "-e", program(join(source, "src/host/steps.ts"))];
  return JSON.parse(
    execFileSync(process.execPath, run, { input: JSON.stringify({ args, origin }), encoding: "utf8" }),
  ) as string[];
}

test("what is sent has no carriage return, and is the same as from a checkout without", () => {
  for (const name of ["src", "package.json"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const files = readdirSync(join(folder, "src"), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    writeFileSync(path, readFileSync(path, "utf8").replace(/\r?\n/g, "\r\n"));
  }
  const windows = sent(folder, CA.replaceAll("\n", "\r\n"));
  expect(windows.filter((text) => text.includes("\r"))).toEqual([]);
  expect(windows).toEqual(sent(root, CA));
}, 60_000);

test("git gives each file its own line ends, whatever the machine prefers", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
  const result = execFileSync("git", ["check-attr", "--stdin", "text", "eol"], {
    cwd: root,
    input: files.join("\n"),
    encoding: "utf8",
  });
  const scripts = result.split("\n").filter((line) => /^\S*\.sh: /.test(line));
  expect(scripts.length).toBeGreaterThan(4);
  expect(scripts.filter((line) => line.includes(": eol: ") && !line.endsWith(": eol: lf"))).toEqual([]);
});
