// What endpoints say when they give nothing, in words; and what they must not make known.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { adviceOn } from "../../src/cli/oauth-advice.ts";
import { unreachable } from "../../src/cli/oauth-error.ts";
import { type Answer, refusal } from "../support/oauth-server.ts";
import { login, oneServer } from "./oauth-scene.ts";

const server = await oneServer();

const config = (more: object = {}) => ({
  provider: "microsoft365",
  credentials: {
    oauth2: {
      ...{ tokenEndpoint: `${server.origin}/tenant/oauth2/v2.0/token`, clientId: "app-1" },
      ...{ clientSecret: "poison/secret", ...more },
    },
  },
});

/** What is said where the endpoint of device codes answers that. */
async function saidAfter(answer: Answer) {
  server.device.push(answer);
  const found = await login([], { config: config() });
  expect(found).toMatchObject({ written: [], out: "" });
  expect(found.err).toMatch(/\nnothing was written$/);
  return found;
}

test.each([
  ["invalid_client", "AADSTS7000218: The request body must contain …", /Allow public client flows/],
  ["invalid_client", "AADSTS700025: Client is public", /take `clientSecret` out of the stack/],
  ["invalid_client", "AADSTS7000215: Invalid client secret", /the value of the secret, not its ID/],
  ["invalid_grant", "AADSTS65001: The user or administrator has not consented", /SMTP\.Send/],
  ["invalid_request", "AADSTS50059: No tenant-identifying information", /put the directory \(tenant\) ID/],
  ["invalid_request", "AADSTS90002: Tenant 'x' not found.", /put the directory \(tenant\) ID/],
  ["unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found", /compare `clientId`/],
  ["invalid_client", undefined, /compare `clientId` and `clientSecret`/],
  ["invalid_grant", "Malformed auth code.", /The code is used up/],
  ["unauthorized_client", "Unauthorized", /Google: `Desktop app`/],
  ["invalid_scope", "Invalid device flow scope", /does not take this scope/],
])("%s: %s", async (error, description, advice) => {
  const { code, err } = await saidAfter(refusal(error, description && `${description}\r\nTrace ID: 1`));
  expect(code).toBe(1);
  const [said, todo] = err.split("\n");
  expect(said).toMatch(new RegExp(`^localhost:\\d+ says ${error}`));
  if (description) expect(said).toContain(`${description} Trace ID: 1`);
  expect(todo).toMatch(advice);
});

test("an error in an answer that asks for a login, too", async () => {
  const headers = { "www-authenticate": 'Basic realm="x"' };
  const { code, err } = await saidAfter({ ...refusal("invalid_client", "wrong", 401), headers });
  expect(code).toBe(1);
  expect(err).toMatch(/says invalid_client: wrong\n/);
});

test("a word that nobody knows has no advice; one that is no text of ours neither", () => {
  expect(adviceOn({ error: "server_error", description: "AADSTS1" })).toBeUndefined();
  expect(adviceOn({ error: "constructor", description: "AADSTSx" })).toBeUndefined();
});

test.each<[what: string, answer: Answer, code: number, says: RegExp]>([
  ["a page", { status: 404, body: "<h1>poison</h1>" }, 2, /does not answer as OAuth 2\.0 has it \(HTTP 404\); compare/],
  ["a page that is right", { body: "<h1>poison</h1>" }, 2, /\(HTTP 200\)/],
  ["JSON without a code", { body: { device_code: "poison" } }, 2, /\(HTTP 200\)/],
  ["JSON that is no object", { body: ["poison"] }, 2, /\(HTTP 200\)/],
  ["an error that is no text", { status: 400, body: { error: { poison: 1 } } }, 2, /\(HTTP 400\)/],
  ["a sentence that is no text", { status: 400, body: { error: "x", error_description: ["poison"] } }, 1, /says x$/m],
  ["nothing", { status: 204, body: "" }, 2, /\(HTTP 204\)/],
  ["another address", { status: 302, headers: { location: "https://x.example/" }, body: "" }, 2, /\(HTTP 302\)/],
  ["too much", { body: "x".repeat(300_000) }, 2, /answers with more than 256 KiB/],
  ["too many at once", { status: 429, body: "" }, 2, /HTTP 429; try again later/],
  ["control characters", refusal("x\u001b[2J", "a\nb\u202ec"), 1, /says x \[2J: a b c$/m],
])("an endpoint that answers with %s", async (_, answer, code, says) => {
  const found = await saidAfter(answer);
  expect(found.code).toBe(code);
  expect(found.err).toMatch(says);
});

test("a sentence that repeats a secret is left out: the client's, the device code, also as it is in a form", async () => {
  for (const text of ["poison/secret", "client_secret=poison%2Fsecret"]) {
    const { err } = await saidAfter(refusal("invalid_client", `no such secret: ${text}`));
    expect(err).toMatch(/says no, and repeats a secret, so it is not shown\nThe endpoint does not know the client/);
  }
  for (const answer of [refusal("invalid_grant", "poison-device"), refusal("poison-device")]) {
    server.token.push(answer);
    expect((await login([], { config: config() })).err).toMatch(/repeats a secret, so it is not shown/);
  }
});

test("a port where nothing listens", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  await once(listener.close(), "close");
  const closed = await login([], { config: config({ tokenEndpoint: `https://127.0.0.1:${port}/oauth2/v2.0/token` }) });
  expect(closed).toMatchObject({ code: 2, written: [] });
  expect(closed.err).toMatch(/^127\.0\.0\.1:\d+ cannot be asked: nothing listens there .*ECONNREFUSED\)\nnothing was/);
});

test.each([
  [{ cause: { code: "ENOTFOUND" } }, "its name is not in the DNS (ENOTFOUND)", true],
  [{ cause: { code: "SELF_SIGNED_CERT_IN_CHAIN" } }, "set NODE_EXTRA_CA_CERTS=FILE (SELF_SIGNED_CERT_IN_CHAIN)", false],
  [{ cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } }, "(ERR_TLS_CERT_ALTNAME_INVALID)", false],
  [{ cause: { code: "UND_ERR_HEADERS_TIMEOUT" } }, "no answer within 30 s (UND_ERR_HEADERS_TIMEOUT)", true],
  [{ name: "TimeoutError" }, "no answer within 30 s", true],
  [{ name: "TypeError", cause: { code: 7 } }, "the connection has failed", true],
])("no answer at all: %j", (error, says, temporary) => {
  const found = unreachable(error, "login.example.net");
  expect(found.message).toMatch(/^login\.example\.net cannot be asked: /);
  expect(found.message.endsWith(says)).toBe(true);
  expect(found).toMatchObject({ code: 2, temporary });
});
