// Consent by a device code, over real TLS.

import { expect, test } from "vitest";
import { CUT, device, GRANTED, idToken, refusal } from "../support/oauth-server.ts";
import { login, oneServer, type Scene } from "./oauth-scene.ts";

const server = await oneServer();

const SCOPE = "https://outlook.office.com/SMTP.Send offline_access";
const pending = refusal("authorization_pending");

/** A stack with an account at Microsoft 365, whose tenant is the server of the test. */
const scene = (oauth2: object = {}, more: object = {}): Scene => ({
  config: {
    provider: "microsoft365",
    credentials: {
      username: "relay@example.com",
      oauth2: { tokenEndpoint: `${server.origin}/tenant/oauth2/v2.0/token`, clientId: "app-1", ...oauth2 },
    },
  },
  ...more,
});

test("somebody enters the code: the refresh token is written, and shown nowhere", async () => {
  server.token.push(pending, pending);
  const found = await login([], scene());
  expect(found).toMatchObject({
    code: 0,
    written: [
      {
        stack: "prod",
        path: "postfix-relay:credentials.oauth2.refreshToken",
        value: "poison-refresh",
        kind: "secret",
      },
    ],
    waited: [5, 5, 5],
    out: "Written to Pulumi.prod.yaml, as a secret: postfix-relay:credentials.oauth2.refreshToken\n",
  });
  expect(found.err).toBe(`\
Open https://login.example.net/device in a browser, on any machine,
and enter the code ABCD-EFGH
Sign in as relay@example.com. The code is good for 15 min; Ctrl-C ends this.
Next: \`pulumi up --stack prod\`, which proves it by a delivery.
`);
  const poll = {
    path: "/tenant/oauth2/v2.0/token",
    form: {
      ...{ client_id: "app-1", device_code: "poison-device" },
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    },
  };
  const start = { path: "/tenant/oauth2/v2.0/devicecode", form: { client_id: "app-1", scope: SCOPE } };
  expect(server.asked).toEqual([start, poll, poll, poll]);
});

test("slow_down adds five seconds each time, and the interval of the endpoint counts", async () => {
  server.device.push(device({ interval: 7 }));
  server.token.push(refusal("slow_down"), pending, refusal("slow_down"));
  expect((await login([], scene())).waited).toEqual([7, 12, 12, 17]);
  server.device.push(device({ interval: undefined }));
  expect((await login([], scene())).waited).toEqual([5]);
  // More than a timer can count.
  server.device.push(device({ interval: 1e9, expires_in: 1e9 }));
  expect((await login([], scene())).waited).toEqual([300]);
});

test("a connection that fails and an endpoint that is down: it asks less often, says so once, and goes on", async () => {
  server.token.push(CUT, { status: 503, body: "down" }, { status: 503, body: "down" }, pending);
  const found = await login([], scene());
  expect(found).toMatchObject({ code: 0, waited: [5, 10, 20, 40, 40] });
  expect(found.err).toMatch(/^localhost:\d+ cannot be asked: the connection has failed.*; this goes on asking$/m);
  expect(found.err.match(/HTTP 503/g)).toHaveLength(1);
});

test.each([
  ["access_denied", /localhost:\d+ says access_denied\nSomebody has refused in the browser/],
  ["authorization_declined", /says authorization_declined\nSomebody has refused/],
  ["expired_token", /says expired_token\nThe code has expired before somebody has entered it/],
])("%s ends it", async (error, says) => {
  server.token.push(pending, refusal(error));
  const found = await login([], scene());
  expect(found).toMatchObject({ code: 1, written: [], out: "" });
  expect(found.err).toMatch(says);
  expect(found.err).toMatch(/\nnothing was written$/);
});

test("nobody enters the code until it has expired", async () => {
  server.device.push(device({ expires_in: 12 }));
  server.token.push(pending, pending, pending);
  const found = await login([], scene());
  expect(found).toMatchObject({ code: 1, waited: [5, 5, 2], written: [] });
  expect(found.err).toMatch(/^the code has expired before somebody has entered it.*\nnothing was written$/m);
});

test("an endpoint that gives no refresh token: nothing is written", async () => {
  server.token.push({ body: { ...GRANTED, refresh_token: undefined } });
  const found = await login([], scene());
  expect(found).toMatchObject({ code: 1, written: [] });
  expect(found.err).toMatch(
    /has given no refresh token:\n {2}Microsoft .* offline_access\n {2}Google .*prompt=consent/,
  );
});

test("one that no stack can hold is not written", async () => {
  server.token.push({ body: { ...GRANTED, refresh_token: "poison\nsecond line" } });
  expect(await login([], scene())).toMatchObject({ code: 1, written: [] });
});

test("who has consented, and for what", async () => {
  const id = { email: "Relay@example.com" };
  server.token.push({ body: { ...GRANTED, id_token: idToken(id), scope: "https://outlook.office.com/SMTP.Send" } });
  const right = await login([], scene());
  expect(right.err).toContain("Consent was given by Relay@example.com.\n");
  expect(right.err).not.toMatch(/another mailbox|does not list/);
  const other = { preferred_username: "boss@example.com\u001b[2J" };
  server.token.push({ body: { ...GRANTED, id_token: idToken(other), scope: "openid" } });
  const wrong = await login([], scene());
  expect(wrong.code).toBe(0);
  expect(wrong.err).toContain("Consent was given by boss@example.com [2J.\nThe account has the user name relay@exam");
  expect(wrong.err).toContain("does not list what was asked for: https://outlook.office.com/SMTP.Send\n");
  server.token.push({ body: { ...GRANTED, id_token: "no token at all" } });
  expect(await login([], scene())).toMatchObject({ code: 0, err: expect.not.stringContaining("Consent was given") });
});

test("the secret of a confidential client goes along, and what is left to do is said", async () => {
  const { config } = scene({ clientSecret: "poison & secret", refreshToken: "poison-old" });
  Object.assign(config.credentials as object, { password: "poison-password" });
  const found = await login([], { config });
  expect(server.asked.map(({ form }) => form.client_secret)).toEqual(["poison & secret", "poison & secret"]);
  expect(found.out).toContain("in the place of the one that was there");
  expect(found.err).toContain(
    "take out the password beside it (one of the two): `pulumi config rm --stack 'prod' --path 'postfix-relay:credentials.password'`",
  );
});

test("what an option gave is left to be added to the file", async () => {
  const { config } = scene({ clientId: undefined });
  const found = await login(["--client-id", "app-2"], { config: JSON.parse(JSON.stringify(config)) });
  expect(server.asked[0]?.form.client_id).toBe("app-2");
  expect(found.err).toContain(`what was given as an option:

config:
  postfix-relay:credentials:
    oauth2:
      clientId: app-2
`);
});

test("what an endpoint says moves no cursor and does not fill the screen", async () => {
  server.device.push(
    device({ user_code: "A\u001b[2J\nB", verification_uri: `https://x.example/\r${"y".repeat(900)}` }),
  );
  const { err } = await login([], scene());
  expect(err).toContain("enter the code A [2J B\n");
  expect(err).toMatch(/^Open https:\/\/x\.example\/ y{400,} … \(\d+ more characters\) in a browser/);
});

test("somebody else writes the file at the same time, and a pulumi that fails", async () => {
  const lost = await login([], scene({}, { setting: () => false }));
  expect(lost).toMatchObject({ code: 2, out: "" });
  expect(lost.err).toMatch(/refreshToken could not be written to stack prod: somebody else has written its file/);
});

test("Ctrl-C while it waits, and the end of the time", async () => {
  const interrupt = new AbortController();
  server.token.push(pending, pending, pending);
  const asked = scene({}, { interrupted: interrupt.signal, wait: async () => interrupt.abort() });
  expect(await login([], asked)).toMatchObject({
    ...{ code: 130, written: [], out: "" },
    err: expect.stringMatching(/\ninterrupted; nothing was written$/),
  });
  // A code that lives longer than anybody waits for it.
  const wait = (_: number, signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  expect(await login(["--timeout", "1s"], scene({}, { wait }))).toMatchObject({
    ...{ code: 1, written: [] },
    err: expect.stringMatching(/\nnobody has given consent within 1 s; nothing was written$/),
  });
});
