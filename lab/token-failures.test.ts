import { describe, expect, test } from "vitest";
import { until } from "./index.ts";
import { refusals } from "./token-endpoint.ts";
import { credentials, openLogin, USER } from "./token-tests.ts";
import { read } from "./tokens/jwt.ts";

const { login, token } = await openLogin();

describe("tokens", () => {
  const access = async () => String((await token(credentials)).json.access_token);

  test("end, begin later, are as long as they are told to be, and can be taken back", async () => {
    await login.set({ life: 1 });
    const { json } = await token(credentials);
    expect(json.expires_in).toBe(1);
    await until("its end", () => !login.isValid(String(json.access_token), USER), { seconds: 3 });
    await login.set({ notBefore: 300 });
    expect(login.isValid(await access(), USER)).toBe(false);
    await login.set({ notBefore: -300 });
    expect(login.isValid(await access(), USER)).toBe(true);
    for (const bytes of [2700, 4701, 8602, 16_703]) {
      await login.set({ bytes });
      const long = await access();
      expect([bytes, bytes - 1]).toContain(long.length);
      expect(read(long)?.by(login.publicKey)).toBe(true);
    }
    await login.set();
    const [one, two] = [await access(), await access()];
    login.revoke(one);
    expect([one, two].map((text) => login.isValid(text, USER))).toEqual([false, true]);
    const refresh = login.accounts.refreshToken("public");
    login.revoke("all");
    expect(login.isValid(two, USER)).toBe(false);
    expect(login.accounts.refreshTokens.get(refresh)?.revoked).toBe(true);
  });

  test("come on many lines as on one", async () => {
    await login.set({ pretty: true });
    const { body, json } = await token(credentials);
    expect(body).toMatch(/^\{\n {2}"token_type": "Bearer",\n/);
    expect(login.isValid(String(json.access_token), USER)).toBe(true);
  });
});

describe("it fails", () => {
  test("with refusals as they are in reality", async () => {
    await login.set({ fail: refusals.expired });
    const { status, body, json } = await token(credentials);
    expect(status).toBe(400);
    expect(body).toContain('Sign in to \\"Contoso Relay\\" again.\\r\\nTrace ID: ');
    expect(json).toMatchObject({ error: "invalid_grant", error_codes: [700082] });
    await login.set({ fail: refusals.google, pretty: true });
    expect((await token(credentials)).json).toEqual({
      error: "invalid_grant",
      error_description: "Token has been expired or revoked.",
    });
    await login.set({ fail: "503" });
    const page = await token(credentials);
    expect([page.status, page.type]).toEqual([503, "text/html; charset=us-ascii"]);
    expect(page.body).toContain("<html>");
    expect(login.requests.map(({ error }) => error)).toEqual(["invalid_grant", "invalid_grant", "503"]);
  });

  test("with nobody there, and is back at the same address", async () => {
    const { url } = login;
    await login.set({ fail: "down" });
    await expect(token(credentials)).rejects.toThrow("ECONNREFUSED");
    await login.set({ fail: "down" });
    await login.set();
    expect(login.url).toBe(url);
    expect((await token(credentials)).status).toBe(200);
  });

  test("with silence, late, or in the middle of an answer", async () => {
    await login.set({ fail: "silent" });
    const silent = token(credentials);
    await until("the question", () => login.requests.length > 0);
    await login.set({ slow: 0.5 });
    const start = Date.now();
    expect((await token(credentials)).status).toBe(200);
    expect(Date.now() - start).toBeGreaterThan(490);
    expect(await Promise.race([silent.then(() => "answered"), "silent"])).toBe("silent");

    const old = login.accounts.refreshToken("public");
    const form = { grant_type: "refresh_token", client_id: "public", refresh_token: old };
    const count = login.accounts.refreshTokens.size;
    await login.set({ fail: "cut", rotates: true, revokesOld: true });
    await expect(token(form)).rejects.toThrow("aborted");
    await login.set();
    expect(login.accounts.refreshTokens.size).toBe(count + 1);
    expect((await token(form)).json.error).toBe("invalid_grant");
    await Promise.all([expect(silent).rejects.toThrow("socket hang up"), login.set({ fail: "down" })]);
  });

  test.each([
    ["expired-certificate", "certificate has expired"],
    ["foreign-certificate", "unable to verify the first certificate"],
    ["wrong-name", "does not match certificate's altnames"],
  ] as const)("with a certificate that nobody should accept: %s", async (certificate, error) => {
    await login.set({ certificate });
    await expect(token(credentials)).rejects.toThrow(error);
    expect(login.requests).toEqual([]);
    await login.set();
    expect((await token(credentials)).status).toBe(200);
  });
});
