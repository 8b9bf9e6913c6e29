// Several logins on one host: by tokens at two relay hosts, and by a password, each by its own way.

import { afterAll, expect, test } from "vitest";
import { Scripted } from "../../../lab/scripted.ts";
import { until } from "../../../lab/until.ts";
import { openTokens, report, USER } from "./scene.ts";

const { world, host, steps, relay, passwords, endpoint, reset, args } = await openTokens();
const second = await Scripted.open(world.lab, "smtp-second", 465, { implicit: true });
afterAll(() => second.close());
const web = await host("bookworm", "web");
const own = steps(web);
const APP2 = { id: "app-2", secret: "second-secret", user: "shop@example.com" };
const given = (args().credentials as { oauth2: object }).oauth2;

test("all three, and the login of each is its own", async () => {
  await reset();
  endpoint.accounts.addClient(APP2);
  second.set({ like: "google", tokens: endpoint.isValid });
  const up = await own.up({
    senderDependent: {
      "shop@example.com": { host: second.host, port: 465 },
      "@example.org": { host: passwords.host },
    },
    accounts: {
      [second.host]: {
        username: APP2.user,
        oauth2: { ...given, clientId: APP2.id, clientSecret: APP2.secret, mechanism: "OAUTHBEARER" },
      },
      [passwords.host]: { username: "relayuser", password: "relaypass" },
    },
    caCertificate: world.lab.ca,
  });
  expect(up.code, up.text).toBe(0);
  expect(await report(web)).toMatchObject({ sync: "yes", told: [] });
  const send = (from: string) =>
    web.must(`printf 'From: <${from}>\\nSubject: from ${from}\\n\\nx\\n' | sendmail -f ${from} someone@example.net`);
  for (const from of ["root@example.com", "shop@example.com", "me@example.org"]) await send(from);
  const at = (server: Scripted, from: string) => () =>
    server.messages.find(({ text, accepted }) => accepted && text.includes(`Subject: from ${from}`));
  await until("the first", at(relay, "root@example.com"), { seconds: 30 });
  await until("the second", at(second, "shop@example.com"), { seconds: 30 });
  await passwords.waitFor(({ raw }) => raw.includes("Subject: from me@example.org"));
  expect(second.commands).toContain("AUTH OAUTHBEARER");
  expect(relay.messages.some(({ text }) => text.includes("shop@"))).toBe(false);
});

test("the token of one of them is refused: that route is named, and nothing is changed", async () => {
  endpoint.accounts.addClient({ ...APP2, user: "nobody@example.com" });
  const red = await own.up({
    domain: "example.net",
    accounts: {
      [second.host]: {
        username: APP2.user,
        oauth2: { ...given, clientId: APP2.id, clientSecret: APP2.secret, mechanism: "XOAUTH2" },
      },
      [passwords.host]: { username: "relayuser", password: "relaypass" },
    },
  });
  expect(red.code).toBe(69);
  expect(red.text).toContain(`senderDependent["shop@example.com"] [${second.host}]:465`);
  expect(await report(web)).toMatchObject({ sync: "yes" });
});

test("a relay host that verifies tokens itself: Postfix with Dovecot", async () => {
  await reset();
  await passwords.set({ tokens: { key: endpoint.publicKey } });
  endpoint.accounts.addClient({ id: "default", secret: "third-secret", user: USER });
  const other = await host("bookworm", "other");
  const third = steps(other);
  const up = await third.up({
    relayHost: { host: passwords.host },
    credentials: { username: USER, oauth2: { ...given, clientId: "default", clientSecret: "third-secret" } },
  });
  expect(up.code, up.text).toBe(0);
  const logins = (await passwords.messages()).map(({ saslUser, saslMethod }) => ({ saslUser, saslMethod }));
  expect(logins).toContainEqual({ saslUser: USER, saslMethod: "XOAUTH2" });
});
