// How tokens are renewed: refresh tokens that are replaced, an endpoint that is gone for as long as a token lives,
// kills and power cuts in the wrong moment.

import { beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { rarely } from "../rows.ts";
import { APP, DUE, openTokens, report, USER } from "./scene.ts";

const { host, steps, relay, endpoint, reset, args } = await openTokens();
const given = (args().credentials as { oauth2: object }).oauth2;
/** The application as one that acts for a user: it has a refresh token. */
const byUser = (refreshToken: string) => ({
  credentials: { username: USER, oauth2: { ...given, refreshToken } },
});
/** The timer looks each two seconds, and not each minute. */
const HASTY = `mkdir -p /etc/systemd/system/postfix-relay-token.timer.d
  printf '[Timer]\\nOnUnitInactiveSec=\\nOnUnitInactiveSec=2\\n' > /etc/systemd/system/postfix-relay-token.timer.d/x.conf
  systemctl daemon-reload; systemctl restart postfix-relay-token.timer`;
const arrived = (subject: string) => relay.messages.some(({ text, accepted }) => accepted && text.includes(subject));
const send = (web: LabHost, subject: string) =>
  web.must(`printf 'Subject: ${subject}\\n\\nx\\n' | sendmail -f root@example.com someone@example.org`);

describe("a host", async () => {
  const web = await host("bookworm", "web");
  const own = steps(web);

  beforeAll(async () => {
    await reset();
    const up = await own.up();
    expect(up.code, up.text).toBe(0);
  });

  test("short tokens are renewed at half of their life, and all mail leaves meanwhile", async () => {
    await endpoint.set({ life: 12 });
    await web.must(`${HASTY}; ${DUE}`);
    const before = endpoint.requests.length;
    for (let number = 0; number < 10; number++) {
      await send(web, `renewed-${number}`);
      await until(`message ${number}`, () => arrived(`renewed-${number}`), { seconds: 30 });
      await until("three seconds", async () => (await web.run("sleep 3")).code === 0);
    }
    const asked = endpoint.requests.slice(before);
    expect(asked.every(({ ok }) => ok)).toBe(true);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(12);
  });

  test("the endpoint is gone for longer than a token lives: mail waits, is told, and leaves by itself", async () => {
    await endpoint.set({ life: 12 });
    await web.must(`${DUE}; postrelay renew`);
    await endpoint.set({ fail: "down" });
    await until(
      "the token has ended",
      async () => /has ended, and mail waits/.test(JSON.stringify((await report(web)).told)),
      {
        seconds: 60,
      },
    );
    relay.change({ auth: undefined });
    await send(web, "waits");
    await until("it waits", async () => (await report(web)).deferred === 1, { seconds: 60 });
    const { told, sync } = await report(web);
    expect(sync).toBe("yes");
    expect(told.join("\n")).toMatch(
      /the token for relay@example\.com has ended, and mail waits: it could not be renewed since 20.*: the token endpoint does not answer/,
    );
    const metrics = (await web.run("postrelay check --format prometheus")).stdout;
    expect(metrics).toMatch(
      /^postrelay_token_seconds\{user="relay@example\.com",relay="smtp-tokens\.example\.test"\} 0$/m,
    );
    expect(metrics).toMatch(/^postrelay_token_error\{.*\} 1$/m);
    expect(metrics).toMatch(/^postrelay_token_renewed_timestamp_seconds\{.*\} \d{10}$/m);
    await endpoint.set();
    await until("it leaves", () => arrived("waits"), { seconds: 60 });
    expect(await report(web)).toMatchObject({ sync: "yes", told: [] });
    expect((await web.run("postrelay check --format prometheus")).stdout).toMatch(/^postrelay_token_error\{.*\} 0$/m);
  });

  test.each([
    ["503", { fail: "503" }, /HTTP 503/],
    ["no answer", { fail: "silent" }, /does not answer: .*[Tt]imed? ?out/],
    ["an answer that is cut off", { fail: "cut" }, /does not answer/],
    [
      "a refusal",
      { fail: { status: 400, error: "invalid_grant", description: 'AADSTS700082: "expired"' } },
      /invalid_grant AADSTS700082: "expired"/,
    ],
    ["a certificate of a foreign authority", { certificate: "foreign-certificate" }, /does not answer: .*certificate/],
  ] as const)("the endpoint fails: %s; the token that is there is used", async (_, manner, says) => {
    await endpoint.set();
    await web.must(`${DUE}; postrelay renew`);
    expect(await report(web)).toMatchObject({ told: [] });
    await endpoint.set(manner as never);
    await web.must(
      "systemctl stop postfix-relay-token.timer; sed -i 's/.*/1 2000000000/' /var/lib/postfix-relay/login/logins/*/times",
    );
    const renewed = await web.run("postrelay renew");
    expect(renewed.code).not.toBe(0);
    expect(renewed.stderr).toMatch(says);
    expect((await report(web)).told.join()).toMatch(says);
    expect((await web.run("postrelay probe")).code).toBe(0);
    await endpoint.set();
    await web.must("systemctl start postfix-relay-token.timer; postrelay renew");
  });

  test("each use of a refresh token gives a new one, and ends the old one: the host goes on with the newest", async () => {
    await endpoint.set({ rotates: true, revokesOld: true });
    endpoint.requests.length = 0;
    const seed = endpoint.accounts.refreshToken(APP.id);
    const up = await own.up(byUser(seed));
    expect(up.code, up.text).toBe(0);
    for (let time = 0; time < 3; time++) await web.must(`${DUE}; postrelay renew`);
    // Another `up` with the seed of the state does not bring it back.
    const again = await own.up({ domain: "example.net" });
    expect(again.code, again.text).toBe(0);
    await web.must(`${DUE}; postrelay renew`);
    expect(endpoint.requests.filter(({ ok }) => !ok)).toEqual([]);
    // A new seed counts, and the old one is gone.
    const next = await own.up(byUser(endpoint.accounts.refreshToken(APP.id)));
    expect(next.code, next.text).toBe(0);
  });

  test("killed between the answer with a new refresh token and its file: nothing is lost", async () => {
    await endpoint.set({ rotates: true, revokesOld: true });
    endpoint.requests.length = 0;
    await web.must(`systemctl stop postfix-relay-token.timer; ${DUE}`);
    const breakpoint = new Breakpoint(web, { command: "mv", arguments: "*/login/seeds/*" });
    await breakpoint.during(web.run("postrelay renew"), (stopped) => stopped.kill());
    expect(endpoint.requests).toMatchObject([{ ok: true }]);
    await web.must("postrelay renew");
    // From the answer that the killed one has left: nobody asked.
    expect(endpoint.requests).toHaveLength(1);
    await web.must(`${DUE}; postrelay renew`);
    expect(endpoint.requests).toMatchObject([{ ok: true }, { ok: true }]);
    expect((await web.run("postrelay probe")).code).toBe(0);
    await web.must("systemctl start postfix-relay-token.timer");
  });
});

rarely("a power cut in that moment: the answer is on the disk", async () => {
  await reset();
  await endpoint.set({ rotates: true, revokesOld: true });
  const web = await host("bookworm", "disk", { disk: "ext4" });
  const own = steps(web);
  const up = await own.up(byUser(endpoint.accounts.refreshToken(APP.id)));
  expect(up.code, up.text).toBe(0);
  await web.must(`systemctl stop postfix-relay-token.timer; ${DUE}; sync`);
  const breakpoint = new Breakpoint(web, { command: "mv", arguments: "*/login/seeds/*" });
  let copy = "";
  await breakpoint.during(web.run("postrelay renew"), async () => {
    copy = await web.copyDisk("cut");
    await web.kill();
  });
  await web.insertDisk(copy);
  breakpoint.remove();
  endpoint.requests.length = 0;
  await web.start();
  await until("mail leaves", async () => (await web.run("postrelay probe")).code === 0, { seconds: 90 });
  await web.must(`${DUE}; postrelay renew`);
  expect(endpoint.requests.filter(({ ok }) => !ok)).toEqual([]);
});
