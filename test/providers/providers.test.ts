// What a provider fills in, and what is refused beside it.

import { expect, test } from "vitest";
import type { Preset } from "../../src/providers/preset.ts";
import { providers } from "../../src/providers/providers.ts";
import { pathText } from "../../src/settings/problems.ts";
import { changed, problemsOf, settings } from "../support/args.ts";

test.each<[values: Record<string, unknown>, host: string, port: number]>([
  [{ provider: "sendgrid", "credentials.username": undefined }, "smtp.sendgrid.net", 587],
  [{ provider: "fastmail" }, "smtp.fastmail.com", 465],
  [{ provider: "ses", region: "ap-northeast-1" }, "email-smtp.ap-northeast-1.amazonaws.com", 587],
  [{ provider: "mailgun", region: "eu" }, "smtp.eu.mailgun.org", 587],
  [{ provider: "smtp2go" }, "mail.smtp2go.com", 587],
  [{ provider: "smtp2go", region: "au" }, "mail-au.smtp2go.com", 587],
  [{ provider: "sakura", relayHost: { host: "example.sakura.ne.jp", port: 465 } }, "example.sakura.ne.jp", 465],
  [{ provider: "brevo", relayHost: { host: "SMTP-relay.brevo.com", port: 2525 } }, "SMTP-relay.brevo.com", 2525],
])("%j sends to %s:%d", (values, host, port) => {
  expect(settings({ relayHost: undefined, ...values }).relayHost).toEqual({ host, port, lookupMx: false });
});

test.each<[values: Record<string, unknown>, path: string, reason: string]>([
  [{ provider: "ses" }, "region", "missing; Amazon SES has a relay host for each region, such as eu-west-1"],
  [{ provider: "ses", region: "eu" }, "region", 'got "eu", which Amazon SES does not have'],
  [{ provider: "mailgun" }, "region", "known: us, eu"],
  [{ provider: "mailgun", region: "constructor" }, "region", "which Mailgun does not have; known: us, eu"],
  [{ provider: "brevo", region: "eu" }, "region", "Brevo has no regions; leave it out"],
  [{ provider: "sakura" }, "relayHost.host", "missing; give the account's own server"],
  [{ provider: "sakura", relayHost: { host: "smtp.example.net" } }, "relayHost.host", "not a relay host of Sakura"],
  [{ provider: "brevo", relayHost: { host: "smtp.example.net" } }, "relayHost.host", "not a relay host of Brevo"],
])("%j is refused at %s", (values, path, reason) => {
  const problems = problemsOf("web-1", changed({ relayHost: undefined, ...values }));
  expect(problems.map(({ path }) => pathText(path))).toEqual([path]);
  expect(problems[0]?.reason).toContain(reason);
});

test("the notes about an account say 'app password' where programs need one, and only there", () => {
  const rows = Object.entries<Preset>(providers);
  const needed = rows.filter(([, { appPassword }]) => appPassword).map(([name]) => name);
  expect(rows.filter(([, { account }]) => /\bapp(-specific)? password/.test(account)).map(([name]) => name)).toEqual(
    needed,
  );
  expect(needed).toEqual(["gmail", "workspace-relay", "fastmail", "icloud", "zoho"]);
});
