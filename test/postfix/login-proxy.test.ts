import { expect, test } from "vitest";
import { publicFiles, secretFiles } from "../../src/postfix/generation.ts";
import { throughProxy } from "../../src/postfix/login-proxy.ts";
import { routes } from "../../src/postfix/routes.ts";
import { kindsIn, kindsOf } from "../../src/settings/logins.ts";
import type { Credentials } from "../../src/settings/settings.ts";
import { settings } from "../support/args.ts";

const app = { clientId: "app", clientSecret: "some secret", mechanism: "XOAUTH2" as const };
const oauth2 = { ...app, tokenEndpoint: "https://login.example.net/token" };
const files = (values: Record<string, unknown>, credentials: Credentials) => {
  const routed = throughProxy(settings(values), kindsIn(credentials));
  return { ...publicFiles("o", routed), ...secretFiles(routed, credentials) };
};
const line = (text = "", name = "") => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1];

test("without tokens nothing is another", () => {
  const given = settings({ fallback: [{ host: "b.example.net" }] });
  expect(throughProxy(given, kindsOf({ password: "x" }, {}))).toEqual(given);
  expect(throughProxy(given, kindsOf({ byAddress: true }, {}))).toEqual(given);
});

test("the login proxy stands in the place of the relay host, without TLS; the real one is what it logs in at", () => {
  const made = files({ "relayHost.port": 465 }, { username: "me@example.com", oauth2 });
  expect(line(made["main.cf"], "relayhost")).toBe("[127.86.1.1]:10587");
  expect(line(made["main.cf"], "smtp_tls_policy_maps")).toBe("inline:{ { [127.86.1.1]:10587 = none } }");
  expect(line(made["main.cf"], "smtp_tls_wrappermode")).toBeUndefined();
  expect(line(made["main.cf"], "smtp_tls_security_level")).toBe("secure");
  expect(made.sasl_passwd).toBe("");
  expect(made.sasl_tokens).toBe(
    [
      ...["key [127.86.1.1]:10587", "host example.sakura.ne.jp", "port 465", "tls ssl", "user me@example.com"],
      ...["mechanism xoauth2", "endpoint https://login.example.net/token", "client app"],
    ]
      .map((text) => `1 ${text}\n`)
      .join(""),
  );
  expect(made.sasl_secrets).toBe("1 client-secret:some secret\n");
});

test("each login has an address of its own, and a password its own way", () => {
  const made = files(
    {
      fallback: [{ host: "example.sakura.ne.jp", port: 2525 }, { host: "b.example.net" }],
      senderDependent: {
        "shop@example.com": { host: "b.example.net" },
        "@example.org": { host: "c.example.net", port: 465 },
      },
    },
    {
      username: "me@example.com",
      oauth2,
      accounts: {
        "b.example.net": { username: "b", password: "password-b" },
        "shop@example.com": { username: "shop@example.com", oauth2: { ...oauth2, clientSecret: "another secret" } },
        "C.example.net": { username: "c", password: "password-c" },
      },
    },
  );
  expect(line(made["main.cf"], "relayhost")).toBe("[127.86.1.1]:10587");
  expect(line(made["main.cf"], "smtp_fallback_relay")).toBe("[127.86.1.2]:10587, [b.example.net]:587");
  expect(made.sender_relay).toContain("shop@example.com [127.86.1.3]:10587\n");
  expect(made.sasl_passwd).toBe("[b.example.net]:587 b:password-b\n[c.example.net]:465 c:password-c\n");
  expect(made.sasl_tokens?.match(/^\d key .*$/gm)).toEqual([
    ...["1 key [127.86.1.1]:10587", "2 key [127.86.1.2]:10587", "3 key shop@example.com"],
  ]);
  expect(made.sasl_secrets).toBe(
    "1 client-secret:some secret\n2 client-secret:some secret\n3 client-secret:another secret\n",
  );
});

test("what a preset fills in, by how the token is got; its most connections", () => {
  const microsoft = { relayHost: undefined, provider: "microsoft365" };
  const byUser = files(microsoft, {
    username: "me@example.com",
    oauth2: { clientId: "app", refreshToken: "some-token", mechanism: "OAUTHBEARER" },
  });
  expect(byUser.sasl_tokens).toMatch(/^1 endpoint https:\/\/login\.microsoftonline\.com\/organizations\/.*$/m);
  expect(byUser.sasl_tokens).toMatch(/^1 scope .*SMTP\.Send offline_access$/m);
  expect(byUser.sasl_tokens).toMatch(/^1 mechanism oauthbearer$/m);
  const byItself = files(microsoft, { username: "me@example.com", oauth2 });
  expect(byItself.sasl_tokens).toMatch(/^1 scope https:\/\/outlook\.office365\.com\/\.default$/m);
  expect(line(byItself["main.cf"], "smtp_destination_concurrency_limit")).toBe("3");
  const byPassword = files(microsoft, { username: "me@example.com", password: "password" });
  expect(line(byPassword["main.cf"], "smtp_destination_concurrency_limit")).toBeUndefined();
  const limited = files({ ...microsoft, limits: { concurrency: 7 } }, { username: "me@example.com", oauth2 });
  expect(line(limited["main.cf"], "smtp_destination_concurrency_limit")).toBe("7");
  const paused = files({ ...microsoft, limits: { rateDelaySeconds: 2 } }, { username: "me@example.com", oauth2 });
  expect(line(paused["main.cf"], "smtp_destination_concurrency_limit")).toBeUndefined();
});

test("routes are called by the relay host, and go by the proxy", () => {
  const credentials: Credentials = { username: "me@example.com", oauth2 };
  const given = settings({ fallback: [{ host: "example.sakura.ne.jp", port: 2525 }] });
  expect(routes(throughProxy(given, kindsIn(credentials)))[0]).toMatchObject({
    via: "smtp:[127.86.1.2]:10587",
    label: "fallback[0] [example.sakura.ne.jp]:2525",
  });
});

test("by address: no account", () => {
  expect(files({}, { byAddress: true }).sasl_passwd).toBe("");
});
