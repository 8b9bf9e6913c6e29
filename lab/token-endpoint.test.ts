import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ACCOUNT, credentials, GOOGLE, openLogin, refused, SCOPE, SECRET, USER } from "./token-tests.ts";
import { type Claims, read, signed } from "./tokens/jwt.ts";

const { login, certificate, key, ask, token } = await openLogin();
const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

describe("client credentials", () => {
  test("give a token that its key verifies, for the user of the application", async () => {
    const { status, json, body } = await token(credentials);
    expect(status).toBe(200);
    expect(body).not.toContain("\n");
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3599, scope: SCOPE });
    expect(json).not.toHaveProperty("refresh_token");
    const access = String(json.access_token);
    const jwt = read(access);
    expect(jwt?.by(login.publicKey)).toBe(true);
    expect(read(access.replace(/.$/, (last) => (last === "A" ? "Q" : "A")))?.by(login.publicKey)).toBe(false);
    expect(jwt?.claims).toMatchObject({ aud: "https://outlook.office365.com", sub: "app", azp: "app", upn: USER });
    expect(jwt?.claims).toMatchObject({ iss: "https://login.example.test/", email: USER });
    expect(Number(jwt?.claims.exp) - Date.now() / 1000).toBeGreaterThan(3590);
    expect(login.isValid(access, USER)).toBe(true);
    expect(login.isValid(access, "other@example.com")).toBe(false);
    expect(login.isValid(`${access}x`, USER)).toBe(false);
    expect(login.requests).toEqual([{ grant: "client_credentials", client: "app", at: expect.any(Number), ok: true }]);
  });

  test.each([
    ["a wrong secret", { client_secret: "wrong" }, 401, "invalid_client", "AADSTS7000215"],
    ["no secret", { client_secret: "" }, 401, "invalid_client", "AADSTS7000218"],
    ["an unknown application", { client_id: "other" }, 400, "unauthorized_client", "AADSTS700016"],
    ["a public one with a secret", { client_id: "public" }, 401, "invalid_client", "AADSTS700025"],
    ["a public one", { client_id: "public", client_secret: "" }, 401, "invalid_client", "AADSTS700025"],
    ["no scope", { scope: "" }, 400, "invalid_request", "AADSTS900144"],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type", "AADSTS70003"],
    ["a secret and an assertion", { client_assertion: "x" }, 401, "invalid_client", "AADSTS7000219"],
  ])("refused: %s", async (_, change, ...reply) => {
    const form = Object.entries({ ...credentials, ...change }).filter(([, value]) => value !== "");
    expect(refused(await token(Object.fromEntries(form)))).toEqual(reply);
    expect(login.requests).toMatchObject([{ ok: false, error: reply[1] }]);
    expect(JSON.stringify(login.requests)).not.toMatch(/secret|wrong/);
  });

  test("a form is needed, and sent to an address that exists", async () => {
    expect((await ask(login.url, credentials, "application/json")).status).toBe(400);
    expect((await ask(login.url)).status).toBe(400);
    expect((await ask(login.url.replace("/token", "/tokens"), credentials)).status).toBe(404);
  });
});

describe("an assertion in place of a secret", () => {
  const der = () => Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const print = (kind: string) => createHash(kind).update(der()).digest("base64url");
  const now = () => Math.floor(Date.now() / 1000);
  const assert = (
    claims: Claims = {},
    head: Claims = { "x5t#S256": print("sha256") },
    by: string | typeof foreign = key,
  ) => {
    const usual = { iss: "signer", sub: "signer", aud: login.url, exp: now() + 300, nbf: now(), jti: "1" };
    return token({
      ...{ grant_type: "client_credentials", client_id: "signer", scope: SCOPE },
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: signed({ ...usual, ...claims }, by, { head }),
    });
  };

  test("gives a token, by either thumbprint", async () => {
    for (const head of [{ "x5t#S256": print("sha256") }, { x5t: print("sha1") }]) {
      const { status, json } = await assert({}, head);
      expect(status).toBe(200);
      expect(login.isValid(String(json.access_token), USER)).toBe(true);
    }
    expect(login.requests[0]).toMatchObject({ client: "signer", ok: true });
  });

  test("refused: for somebody else, at another address, too old, without or with another thumbprint, by another key", async () => {
    const codes = async (...args: Parameters<typeof assert>) => refused(await assert(...args));
    const no = (code: string) => [401, "invalid_client", code];
    expect(await codes({ iss: "app" })).toEqual(no("AADSTS700021"));
    expect(await codes({ sub: "app" })).toEqual(no("AADSTS700021"));
    expect(await codes({ aud: "https://login.example.test/" })).toEqual(no("AADSTS700023"));
    expect(await codes({ exp: now() - 1 })).toEqual(no("AADSTS700024"));
    expect(await codes({ exp: undefined })).toEqual(no("AADSTS700024"));
    expect(await codes({ nbf: now() + 900 })).toEqual(no("AADSTS700024"));
    for (const head of [{}, { x5t: print("sha256") }]) expect(await codes({}, head)).toEqual(no("AADSTS700027"));
    expect(await codes({}, undefined, foreign)).toEqual(no("AADSTS700027"));
    expect(await codes({}, { "x5t#S256": print("sha256"), alg: "none" })).toEqual(no("AADSTS700027"));
  });
});

test("a service account of Google: an assertion for a user, by its key", async () => {
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: ACCOUNT, sub: USER, scope: GOOGLE, aud: login.url, iat: now, exp: now + 3600 };
  const give = (claims: Claims, by: string | typeof foreign = key) =>
    token({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: signed({ ...usual, ...claims }, by),
    });
  const { json } = await give({});
  expect(login.isValid(String(json.access_token), USER)).toBe(true);
  expect(json).not.toHaveProperty("refresh_token");
  expect(login.requests).toMatchObject([{ client: ACCOUNT, ok: true }]);
  const error = async (...args: Parameters<typeof give>) => (await give(...args)).json.error;
  expect(await error({}, foreign)).toBe("invalid_grant");
  expect(await error({ aud: "https://oauth2.example.com/token" })).toBe("invalid_grant");
  expect(await error({ exp: now + 7200 })).toBe("invalid_grant");
  expect(await error({ iss: "other@example.com" })).toBe("invalid_grant");
  expect(await error({ scope: undefined })).toBe("invalid_scope");
  expect(await error({ sub: "other@example.com" })).toBe("unauthorized_client");
});

describe("refresh tokens", () => {
  const refresh = (refresh_token: string, more = {}) =>
    token({ grant_type: "refresh_token", client_id: "public", refresh_token, ...more });

  test("stay, are followed by new ones, or end with the new one", async () => {
    const first = login.accounts.refreshToken("public");
    const plain = await refresh(first);
    expect(login.isValid(String(plain.json.access_token), USER)).toBe(true);
    expect(plain.json).not.toHaveProperty("refresh_token");
    await login.set({ rotates: true });
    const second = String((await refresh(first)).json.refresh_token);
    expect((await refresh(first)).status).toBe(200);
    await login.set({ rotates: true, revokesOld: true });
    const third = String((await refresh(second)).json.refresh_token);
    expect(new Set([first, second, third]).size).toBe(3);
    const dead = [400, "invalid_grant", "AADSTS50173"];
    expect(refused(await refresh(second))).toEqual(dead);
    expect((await refresh(third)).status).toBe(200);
    await login.set();
    expect(refused(await refresh(second))).toEqual(dead);
    login.revoke(first);
    expect(refused(await refresh(first))).toEqual(dead);
  });

  test("belong to an application, which proves itself if it has a secret", async () => {
    const unknown = [400, "invalid_grant", "AADSTS9002313"];
    expect(refused(await refresh("nonsense"))).toEqual(unknown);
    const theirs = login.accounts.refreshToken("app");
    expect(refused(await refresh(theirs))).toEqual(unknown);
    expect(refused(await refresh(theirs, { client_id: "app" }))).toEqual([401, "invalid_client", "AADSTS7000218"]);
    expect((await refresh(theirs, { client_id: "app", client_secret: SECRET })).status).toBe(200);
    expect(() => login.revoke("nonsense")).toThrow("no such token");
  });
});
