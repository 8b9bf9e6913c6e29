// What a provider fills in, and what is refused beside it.

import { expect, test } from "vitest";
import type { RelayProvider } from "../../src/args/provider.ts";
import type { Preset } from "../../src/providers/preset.ts";
import { providers } from "../../src/providers/providers.ts";
import { pathText } from "../../src/settings/problems.ts";
import { changed, problemsOf, settings } from "../support/args.ts";

test.each<[values: Record<string, unknown>, host: string, port: number]>([
  [{ provider: "sendgrid", "credentials.username": undefined }, "smtp.sendgrid.net", 587],
  [{ provider: "fastmail" }, "smtp.fastmail.com", 465],
  [{ provider: "azure", "credentials.username": "mail|app|tenant" }, "smtp.azurecomm.net", 587],
  [{ provider: "hve" }, "smtp-hve.office365.com", 587],
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

test("providers whose tokens are known offer XOAUTH2, and name endpoints by https and a scope beside each", () => {
  const known = Object.entries<Preset>(providers).flatMap(([name, { mechanisms, oauth2 }]) =>
    oauth2 ? [{ name, mechanisms, ...oauth2 }] : [],
  );
  expect(known.map(({ name }) => name)).toEqual(["gmail", "workspace-relay", "microsoft365", "outlook"]);
  for (const { name, mechanisms, userEndpoint, userScope, appEndpoint, appScope } of known) {
    expect(mechanisms, name).toContain("XOAUTH2");
    for (const endpoint of [userEndpoint, appEndpoint]) expect(endpoint ?? "https://", name).toMatch(/^https:\/\//);
    expect(userScope === undefined, name).toBe(userEndpoint === undefined);
    expect(appScope !== undefined || appEndpoint === undefined, name).toBe(true);
  }
});

test("a provider that takes tokens alone offers no mechanism with a password, and says how to get a token", () => {
  const alone = Object.entries<Preset>(providers).filter(([, { onlyTokens }]) => onlyTokens);
  expect(alone.map(([name]) => name)).toEqual(["outlook"]);
  for (const [name, { mechanisms, oauth2 }] of alone) {
    expect(
      mechanisms.filter((one) => !/^(XOAUTH2|OAUTHBEARER)$/.test(one)),
      name,
    ).toEqual([]);
    expect(oauth2, name).toBeDefined();
  }
});

test.each<[name: RelayProvider, oauth2: Preset["oauth2"]]>([
  [
    "microsoft365",
    {
      userEndpoint: "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
      userScope: "https://outlook.office.com/SMTP.Send offline_access",
      appScope: "https://outlook.office365.com/.default",
      concurrency: 3,
    },
  ],
  [
    "outlook",
    {
      userEndpoint: "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
      userScope: "https://outlook.office.com/SMTP.Send offline_access",
      concurrency: 3,
    },
  ],
])("%s", (name, oauth2) => {
  expect(providers[name].oauth2).toEqual(oauth2);
});
