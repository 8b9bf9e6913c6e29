// Consent in a browser: one that comes back to this machine, and one whose address is pasted.

import { once } from "node:events";
import { createConnection } from "node:net";
import { expect, test } from "vitest";
import { GRANTED, refusal } from "../support/oauth-server.ts";
import { addressIn, browserEnd, login, oneServer, type Scene } from "./oauth-scene.ts";

const server = await oneServer();

/** A stack with an account at Gmail, whose token endpoint is the server of the test. */
const scene = (more: Partial<Scene> = {}): Scene => ({
  config: {
    provider: "gmail",
    credentials: {
      username: "relay@example.com",
      oauth2: { tokenEndpoint: `${server.origin}/token`, clientId: "app-1", clientSecret: "poison-secret" },
    },
  },
  ...more,
});

const authorize = () => ["--authorize-endpoint", `${server.origin}/authorize`];

/** A browser on this machine: what it is shown in the end. */
function browser(pages: string[]) {
  return async (line: string, said: string) => {
    if (!/press Ctrl-C and run it again/.test(line)) return;
    const response = await fetch(await browserEnd(said));
    pages.push(`${response.status} ${await response.text()}`);
  };
}

test("a browser on this machine comes back, and the code is used with its verifier", async () => {
  const pages: string[] = [];
  const found = await login(authorize(), scene({ heard: browser(pages) }));
  expect(found).toMatchObject({
    code: 0,
    written: [{ path: "postfix-relay:credentials.oauth2.refreshToken", value: "poison-refresh", kind: "secret" }],
  });
  expect(pages).toEqual(["200 postfix-relay has the answer. Close this window; the terminal says how it ends.\n"]);
  const address = new URL(addressIn(found.err));
  expect(Object.fromEntries(address.searchParams)).toEqual({
    ...{ response_type: "code", client_id: "app-1", scope: "https://mail.google.com/" },
    ...{ access_type: "offline", prompt: "consent", login_hint: "relay@example.com" },
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: "S256",
  });
  const [{ form } = { form: {} }] = server.asked;
  expect(form).toMatchObject({ grant_type: "authorization_code", client_secret: "poison-secret", client_id: "app-1" });
  // Nobody listens there any more.
  const port = Number(new URL(address.searchParams.get("redirect_uri") ?? "").port);
  await expect(once(createConnection(port, "127.0.0.1"), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("at Microsoft the browser comes back to localhost, whose port is free there", async () => {
  const config = { ...scene().config, provider: "microsoft365" };
  const pages: string[] = [];
  const found = await login(["--flow", "browser", ...authorize()], scene({ config, heard: browser(pages) }));
  expect(found.code).toBe(0);
  const { searchParams } = new URL(addressIn(found.err));
  expect(searchParams.get("redirect_uri")).toMatch(/^http:\/\/localhost:\d+\/$/);
  expect(searchParams.has("access_type")).toBe(false);
});

test("whoever else asks there changes nothing: another state, another page, no code, another method", async () => {
  const seen: number[] = [];
  const heard = async (line: string, said: string) => {
    if (!/press Ctrl-C and run it again/.test(line)) return;
    const end = await browserEnd(said);
    const ask = async (address: string, init: RequestInit = {}) => void seen.push((await fetch(address, init)).status);
    await ask(end.replace(/state=./, "state=!"));
    await ask(end.replace("/?", "/favicon.ico?"));
    await ask(end.replace(/code=[^&]+/, "x=y"));
    await ask(`${end}&state=twice`);
    await ask(`${end}&response=x`);
    await ask(end, { method: "POST" });
    await ask(end);
  };
  expect(await login(authorize(), scene({ heard }))).toMatchObject({ code: 0, written: [{ value: "poison-refresh" }] });
  expect(seen).toEqual([400, 404, 400, 400, 400, 404, 200]);
});

test("somebody refuses in the browser", async () => {
  const pages: string[] = [];
  const heard = async (line: string, said: string) => {
    if (!/press Ctrl-C and run it again/.test(line)) return;
    const { searchParams } = new URL(addressIn(said));
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    back.search = String(new URLSearchParams({ error: "access_denied", state: searchParams.get("state") ?? "" }));
    pages.push(await (await fetch(back)).text());
  };
  const found = await login(authorize(), scene({ heard }));
  expect(found).toMatchObject({ code: 1, written: [] });
  expect(found.err).toMatch(/^localhost:\d+ says access_denied\nSomebody has refused in the browser.*\nnothing was/m);
  expect(pages).toEqual(["No consent was given. Close this window; the terminal says why.\n"]);
  expect(server.asked).toEqual([]);
});

test("nobody comes, and Ctrl-C", async () => {
  expect(await login(["--timeout", "1s", ...authorize()], scene())).toMatchObject({ code: 1, written: [] });
  const interrupt = new AbortController();
  const heard = (line: string) => /press Ctrl-C/.test(line) && interrupt.abort();
  const found = await login(authorize(), scene({ heard, interrupted: interrupt.signal }));
  expect(found).toMatchObject({ code: 130, err: expect.stringMatching(/\ninterrupted; nothing was written$/) });
});

test("over SSH the address is pasted, and a wrong one is asked for again", async () => {
  const paste = [
    async () => "hello",
    async (said: string) => addressIn(said),
    async (said: string) => (await browserEnd(said)).replace(/state=./, "state=!"),
    async (said: string) => ` ${await browserEnd(said)}\t`,
  ];
  const found = await login(authorize(), scene({ paste, env: { SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" } }));
  expect(found).toMatchObject({ code: 0, written: [{ value: "poison-refresh" }] });
  expect(found.err).toMatch(/ends at an address that begins with http:\/\/127\.0\.0\.1:\d{5}\/ and shows an error/);
  expect(found.err).toMatch(
    /^that is no address: it begins with http.*\nthat is not the address at which.*\nthat add/m,
  );
  expect(found.err).toContain("its `state` is not that of this one");
});

test("a consent that is refused, pasted; and a terminal that is left with Ctrl-C", async () => {
  const refused = async (said: string) => {
    const { searchParams } = new URL(addressIn(said));
    return `${searchParams.get("redirect_uri")}?error=access_denied&state=${searchParams.get("state")}`;
  };
  expect(await login(["--paste", ...authorize()], scene({ paste: [refused] }))).toMatchObject({
    code: 1,
    err: expect.stringContaining("says access_denied\n"),
  });
});

test("without a terminal the address comes on stdin", async () => {
  const stdin = async (said: string) => `${await browserEnd(said)}\nmore\n`;
  expect(await login(["--paste", ...authorize()], scene({ stdin }))).toMatchObject({ code: 0 });
  expect(await login(["--paste", ...authorize()], scene({ stdin: () => "" }))).toMatchObject({
    ...{ code: 64, written: [] },
    err: expect.stringMatching(/\nthere is no address on stdin; run it on a terminal.*\nnothing was written$/),
  });
  const wrong = await login(["--paste", ...authorize()], scene({ stdin: () => "https://x.example/?code=poison\n" }));
  expect(wrong).toMatchObject({ code: 64, err: expect.stringContaining("that address belongs to another login") });
  const interrupt = new AbortController();
  const heard = (line: string) => /paste it here/.test(line) && interrupt.abort();
  const left = scene({ heard, interrupted: interrupt.signal, stdin: () => new Promise(() => {}) });
  expect(await login(["--paste", ...authorize()], left)).toMatchObject({ code: 130 });
});

test("--no-paste listens over SSH, too", async () => {
  const pages: string[] = [];
  const asked = scene({ heard: browser(pages), env: { SSH_TTY: "/dev/pts/0" } });
  expect(await login(["--no-paste", ...authorize()], asked)).toMatchObject({ code: 0 });
  expect(pages).toHaveLength(1);
});

test("a code that is used up, an endpoint that is down, and no refresh token", async () => {
  const run = async () => await login(authorize(), scene({ heard: browser([]) }));
  server.token.push(refusal("invalid_grant", "Bad Request"));
  expect(await run()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/says invalid_grant: Bad Request\nThe code is used up/),
  });
  server.token.push({ status: 502, body: "down" });
  expect(await run()).toMatchObject({
    code: 2,
    err: expect.stringContaining("answers with HTTP 502; try again later"),
  });
  server.token.push({ body: { ...GRANTED, refresh_token: undefined } });
  expect(await run()).toMatchObject({ code: 1, written: [], err: expect.stringContaining("prompt=consent") });
});
