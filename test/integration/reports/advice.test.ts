import { describe, expect, test } from "vitest";
import type { Script } from "../../../lab/scripted.ts";
import { inOrder, openScriptedWeb, postfix } from "../others/scene.ts";
import type { Run } from "../steps.ts";

// The error has the relay host's reply as it is, and the advice that fits. Replies of real services, on a real host, so
// that the log line is the one that Postfix writes about them.
const { server, steps } = await openScriptedWeb({ testDelivery: { to: "ops@example.org", timeoutSeconds: 15 } }, [
  ...postfix,
  "libsasl2-modules-gssapi-mit",
]);

let changes = 0;
const change = (more = {}): Promise<Run> => steps.up({ domain: `advice-${++changes}.example.com`, ...more });

const password = /credentials\.password/;
interface Row {
  what: string;
  script: Script;
  advice: RegExp;
  /** Advice that would send an operator the wrong way. */
  not?: RegExp;
}

const refused: Row[] = [
  { what: "a wrong password", script: { auth: "535 5.7.8 Authentication credentials invalid" }, advice: password },
  {
    what: "a wrong password, without a code",
    script: { auth: "535 Incorrect authentication data" },
    advice: password,
  },
  {
    what: "a password that is no app password",
    script: { auth: "534-5.7.9 Application-specific password required.\n534 5.7.9  https://support.example.com/" },
    advice: /application-specific password/,
  },
  {
    what: "SMTP AUTH switched off for the mailbox",
    script: { auth: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant." },
    advice: /SMTP AUTH/,
  },
  {
    what: "an address that the provider does not know",
    script: { auth: "525 5.7.1 Unauthorized IP address" },
    advice: /address/,
    not: password,
  },
  {
    what: "another refusal at the login",
    script: { auth: "550 5.7.0 Account is suspended" },
    advice: /Account is suspended/,
    not: password,
  },
  {
    what: "a HELO name that it cannot find",
    script: { mail: "450 4.7.1 <web.example.com>: Helo command rejected: Host not found" },
    advice: /`?hostname`?/,
  },
  {
    what: "a host that it cannot find",
    script: { rcpt: "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]" },
    advice: /`?hostname`?/,
  },
  {
    what: "a sender that is not verified",
    script: { end: "554 Message rejected: Email address is not verified. The following identities failed the check" },
    advice: /send as|sender/,
  },
  {
    what: "a sender in words of its own",
    script: { mail: "550 The from address does not match a verified Sender Identity." },
    advice: /send as|sender/,
  },
  { what: "a quota that is used up", script: { end: "554 5.7.1 Maximum credits exceeded" }, advice: /Maximum credits/ },
  {
    what: "an answer that is not ASCII",
    script: { end: "550 5.7.1 Ung\xfcltig: \xe4\xf6" },
    advice: /550 5\.7\.1 Ung/,
  },
];

describe.each(refused)("$what", ({ script, advice, not }) => {
  test("is in the error, with what to do", async () => {
    server.set(script);
    const run = await change();
    expect(run.code, run.text).not.toBe(0);
    const answer = Object.values(script).flat().at(-1);
    const code = String(answer).slice(0, 3);
    expect(run.text).toContain(code);
    expect(run.text).toMatch(advice);
    if (not) expect(run.text.replace(/Log: .*/g, "")).not.toMatch(not);
    expect(await inOrder(steps.host)).toBe(true);
  });
});

test("a login that fails for now is tried again within the timeout", async () => {
  server.set({
    auth: ["454 4.7.0 Temporary authentication failure", "454 4.7.0 Too many login attempts", "235 2.7.0 ok"],
  });
  const run = await change();
  expect(run.code, run.text).toBe(0);
  expect(server.messages).toMatchObject([{ accepted: true }]);
});

test("a login that fails for now, for ever: red when the time is out, and it is about a limit, not the password", async () => {
  server.set({ auth: "454 4.7.0 Too many login attempts, please try again later" });
  const run = await change();
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/too many|for a while/);
  expect(run.text.replace(/Log: .*/g, "")).not.toMatch(password);
  expect(server.commands.filter((word) => word.startsWith("AUTH")).length).toBeGreaterThan(1);
});

describe("mechanisms that this host has no means for", () => {
  test.each([["GSSAPI"], ["GSSAPI", "NTLM"], ["XOAUTH2"], ["OAUTHBEARER", "KERBEROS_V4"]])(
    "%s: nothing was sent, and it is about `mechanisms`",
    async (...mechanisms) => {
      server.set({ mechanisms });
      const run = await change();
      expect(run.code).not.toBe(0);
      expect(server.commands.filter((word) => /^(AUTH|MAIL)/.test(word))).toEqual([]);
      expect(run.text).toMatch(/mechanism/);
      expect(run.text).not.toMatch(/refuses the user name|credentials\.password/);
    },
  );

  test("GSSAPI before what works: `mechanisms`, as the advice says, is green", async () => {
    server.set({ mechanisms: ["GSSAPI", "NTLM", "PLAIN", "LOGIN"] });
    const run = await change();
    if (run.code !== 0) {
      expect(run.text).toMatch(/`?mechanisms`?/);
      expect(run.text).not.toMatch(/refuses the user name|credentials\.password/);
    }
    const again = await change({ mechanisms: ["PLAIN", "LOGIN"] });
    expect(again.code, again.text).toBe(0);
    await change({ mechanisms: undefined });
  });
});

const taken: [what: string, script: Script][] = [
  ["no code in its answer", { end: "250 OK id=1tXyZ-000000-Ab" }],
  ["several lines", { end: "250-2.0.0 Ok\n250 2.0.0 queued" }],
  ["an answer of 500 characters", { end: `250 2.0.0 ${"Ok ".repeat(160)}` }],
  ["nothing but the code", { end: "250" }],
  ["bytes that are not UTF-8", { end: "250 2.0.0 \xff\xfe Ok \x1b[31m" }],
  ["a 251 for the recipient", { rcpt: "251 2.1.5 User not local; will forward" }],
  ["a greeting of many lines", { greeting: "220-one\n220-two\n220 three ESMTP" }],
];

test.each(taken)("it takes the message with %s: green", async (_, script) => {
  server.set(script);
  const run = await change();
  expect(run.code, run.text).toBe(0);
  expect(server.messages).toMatchObject([{ accepted: true }]);
});
