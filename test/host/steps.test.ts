import { describe, expect, test } from "vitest";
import { steps } from "../../src/host/steps.ts";
import { settings } from "../support/args.ts";

const owner = "mail/prod/web-1";
const account = { username: "user", password: "correct horse" };

/** Suffix, command, and command to undo it. */
const commands = (user: string) => steps.map((step) => [step.suffix, step.create(user), step.delete?.(user)]);

function stdin(suffix: string, values = {}): string {
  const step = steps.find((step) => step.suffix === suffix);
  if (!step) throw new Error(`no step ${suffix}`);
  return "stdin" in step ? step.stdin(owner, settings(values)) : step.secretStdin(owner, settings(values), account);
}

test("commands for root", () => {
  expect(commands("root")).toEqual([
    ["packages", "sh -s install", "sh -s restore packages"],
    ["main-cf", "/usr/local/sbin/postfix-relay stage main-cf", "/usr/local/sbin/postfix-relay restore main-cf"],
    [
      "sasl-passwd",
      "/usr/local/sbin/postfix-relay stage sasl-passwd",
      "/usr/local/sbin/postfix-relay restore sasl-passwd",
    ],
    ["service", "/usr/local/sbin/postfix-relay activate", "/usr/local/sbin/postfix-relay restore service"],
    ["delivery", "/usr/local/sbin/postfix-relay deliver", undefined],
  ]);
});

test("commands for a user with sudo", () => {
  const sudo = (text = "") => text.replace(/^\/usr/, "sudo -n /usr") || undefined;
  expect(commands("deploy")).toEqual(commands("root").map(([suffix, ...texts]) => [suffix, ...texts.map(sudo)]));
});

describe("stdin", () => {
  test("packages: the owner, the tool, and the script that unpacks it", () => {
    expect(stdin("packages")).toMatch(
      /^# Unpacks the host tool[\s\S]*\nowner='mail\/prod\/web-1'\ntool='[A-Za-z0-9+/=]+'\nmain "\$@"\n$/,
    );
  });

  test("main-cf: the public files", () => {
    expect(stdin("main-cf")).toMatch(/^#% owner mail\/prod\/web-1\n#% file main\.cf\n# Managed by postfix-relay/);
  });

  test("sasl-passwd", () => {
    expect(stdin("sasl-passwd")).toBe(
      "#% owner mail/prod/web-1\n#% rotation overlap\n#% file sasl_passwd\n[example.sakura.ne.jp]:587 user:correct horse\n",
    );
  });

  test("service: what to activate", () => {
    expect(stdin("service")).toMatch(/^#% owner mail\/prod\/web-1\n#% digest [0-9a-f]{64}\n$/);
  });

  test("delivery: what to prove, and how", () => {
    const values = { "testDelivery.from": "cron@example.com", "testDelivery.timeoutSeconds": 30 };
    expect(stdin("delivery", values)).toBe(
      `${stdin("service")}#% from cron@example.com\n#% to ops@example.org\n#% timeout 30\n`,
    );
    expect(stdin("delivery")).toContain("#% from root@web-1.example.com\n#% to ops@example.org\n#% timeout 60\n");
  });

  test("the password is in the stdin of one step only", () => {
    expect(steps.filter(({ suffix }) => stdin(suffix).includes("correct horse")).map(({ suffix }) => suffix)).toEqual([
      "sasl-passwd",
    ]);
  });
});
