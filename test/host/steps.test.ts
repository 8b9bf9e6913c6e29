import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { tool } from "../../src/host/pack.ts";
import { steps } from "../../src/host/steps.ts";
import { publicFiles } from "../../src/postfix/generation.ts";
import { mainCf } from "../../src/postfix/main-cf.ts";
import { PROOF_SECONDS } from "../../src/settings/rules/mail.ts";
import { settings } from "../support/args.ts";
import { CA } from "../support/keys.ts";
import { shells } from "../support/shells.ts";

const URN = "urn:pulumi:prod::mail::postfix-relay:index:Relay::web-1";
const origin = { owner: "mail/prod/web-1", resource: URN, formerly: ["mail/old/web-1", "post/prod/www"] };
const HEAD = `#% owner mail/prod/web-1\n#% resource ${URN}\n#% formerly mail/old/web-1\n#% formerly post/prod/www\n`;
const account = { username: "user", password: "correct horse" };

/** Suffix, command, and command to undo it. */
const commands = (user: string) => steps.map((step) => [step.suffix, step.create(user), step.delete?.(user)]);

function stdin(suffix: string, values = {}): string {
  const step = steps.find((step) => step.suffix === suffix);
  if (!step) throw new Error(`no step ${suffix}`);
  const files = publicFiles(origin.owner, settings(values));
  return "stdin" in step
    ? step.stdin(origin, settings(values), files)
    : step.secretStdin(origin, settings(values), files, account);
}

test("commands for root", () => {
  const tool = "/usr/local/sbin/postrelay";
  expect(commands("root")).toEqual([
    ["packages", "sh -s install", "sh -s restore packages"],
    ["main-cf", `${tool} stage main-cf`, `[ ! -e ${tool} ] || ${tool} restore main-cf`],
    ["sasl-passwd", `${tool} stage sasl-passwd`, `[ ! -e ${tool} ] || ${tool} restore sasl-passwd`],
    ["service", `${tool} start`, `[ ! -e ${tool} ] || ${tool} restore service`],
    ["delivery", `${tool} deliver`, undefined],
  ]);
});

test("commands for a user with sudo", () => {
  const sudo = (text = "") => text.replace(/(?<=^|\|\| )\/usr/, "sudo -n /usr") || undefined;
  expect(commands("deploy")).toEqual(commands("root").map(([suffix, ...texts]) => [suffix, ...texts.map(sudo)]));
  expect(commands("deploy")[1]?.[2]).toMatch(/^\[ ! -e \/usr\S+ \] \|\| sudo -n \/usr\S+ restore main-cf$/);
});

test.each(shells)("%s %s: where the tool is missing there is nothing to undo", (...shell) => {
  const [program = "sh", ...args] = shell;
  for (const step of steps.filter(({ suffix }) => suffix !== "packages"))
    expect(spawnSync(program, [...args, "-c", step.delete?.("deploy") ?? "true"])).toMatchObject({ status: 0 });
});

describe("stdin", () => {
  test("packages: the lines for the tool, the tool, and the script that unpacks it", () => {
    const text = stdin("packages");
    expect(text).toMatch(/^# Unpacks the host tool/);
    expect(text).toContain(`\ninput='${HEAD}'\nbrought=/run/postrelay.tool-`);
    expect(text).toMatch(/\ntool='[A-Za-z0-9+/=]+'\nmain "\$@"\n$/);
  });

  test("main-cf: the public files", () => {
    expect(stdin("main-cf")).toBe(`${HEAD}#% file main.cf\n${mainCf("mail/prod/web-1", settings())}`);
  });

  test("sasl-passwd", () => {
    expect(stdin("sasl-passwd")).toBe(`${HEAD}#% file sasl_passwd\n[example.sakura.ne.jp]:587 user:correct horse\n`);
  });

  test("service: what to start, and whether a mail server may end for it", () => {
    const expected = (replace: string) =>
      new RegExp(`^${HEAD}#% digest [0-9a-f]{64}\n#% replace ${replace}\n#% rotation overlap\n$`);
    expect(stdin("service")).toMatch(expected("no"));
    expect(stdin("service", { replaceMailServer: true })).toMatch(expected("yes"));
  });

  test("delivery: what to prove, and how", () => {
    const values = { "testDelivery.from": "cron@example.com", "testDelivery.timeoutSeconds": 30 };
    const root = "root@web-1.example.com";
    const relay = "#% relay [example.sakura.ne.jp]:587\n#% hostname web-1.example.com\n";
    expect(stdin("delivery", values)).toBe(
      `${stdin("service")}#% from cron@example.com\n#% to ops@example.org\n#% timeout 30\n${relay}#% route senders ${root} - ${root}, the sender of cron\n`,
    );
    const lookup = { relayHost: { host: "example.net", lookupMx: true }, fallback: [{ host: "b.example.net" }] };
    expect(stdin("delivery", lookup)).toMatch(
      /\n#% from root@web-1\.example\.com\n#% to ops@example\.org\n#% timeout 60\n#% relay example\.net:587\n#% hostname web-1\.example\.com\n#% route fallback root@web-1\.example\.com smtp:\[b\.example\.net\]:587 fallback\[0\] \[b\.example\.net\]:587\n$/,
    );
  });

  test("the password is in the stdin of one step only, and nothing has a carriage return", () => {
    const with_ = (text: string) => steps.filter(({ suffix }) => stdin(suffix, windows).includes(text));
    const windows = { caCertificate: CA.replaceAll("\n", "\r\n") };
    expect(with_("correct horse").map(({ suffix }) => suffix)).toEqual(["sasl-passwd"]);
    expect(with_("BEGIN CERTIFICATE").map(({ suffix }) => suffix)).toEqual(["main-cf"]);
    expect(with_("\r")).toEqual([]);
  });
});

test("the longest proof that is accepted ends before the host ends it, or the second Postfix", () => {
  const text = tool();
  const limits = [/deliver\) limit=(\d+)/, /^candidate_seconds=(\d+)/m].map((one) => Number(one.exec(text)?.[1]));
  for (const limit of limits) expect(limit).toBeGreaterThanOrEqual(PROOF_SECONDS + 60);
});
