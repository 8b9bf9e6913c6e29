import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { until } from "./index.ts";
import { GOOGLE, type Got, openLogin, refused, SECRET, USER } from "./token-tests.ts";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

const { login, ask, token } = await openLogin();

describe("a device", () => {
  const scope = "https://outlook.office.com/SMTP.Send offline_access";
  const begin = async (more = {}) => (await ask(login.deviceUrl, { client_id: "public", scope, ...more })).json;
  const poll = (device_code: unknown) =>
    token({ grant_type: DEVICE, client_id: "public", device_code: String(device_code) });

  test("waits for the user, who approves it", async () => {
    await login.set({ interval: 0.3 });
    const { device_code, user_code, ...shown } = await begin();
    expect(shown).toMatchObject({ verification_uri: login.url.replace("token", "device"), interval: 0.3 });
    expect(shown.message).toContain(user_code);
    expect(refused(await poll(device_code))).toEqual([400, "authorization_pending", "AADSTS70016"]);
    expect((await poll(device_code)).json.error).toBe("slow_down");
    expect(() => login.approve("XXXX")).toThrow("XXXX");
    login.approve(String(user_code));
    const given = async () => {
      const got = await poll(device_code);
      return got.status === 200 && got.json;
    };
    const json = await until("the token", given, { every: 350 });
    expect(login.isValid(String(json.access_token), USER)).toBe(true);
    expect(login.accounts.refreshTokens.get(String(json.refresh_token))?.client).toBe("public");
    expect((await poll(device_code)).json.error).toBe("invalid_grant");
    expect(login.requests[0]).toMatchObject({ grant: "devicecode", client: "public", ok: true });
  });

  test("is declined, is too late, or gets no code at all", async () => {
    await login.set({ interval: 0 });
    const declined = (await begin()).device_code;
    login.decline();
    expect((await poll(declined)).json.error).toBe("authorization_declined");
    await login.set({ interval: 0, codeLife: 0 });
    const late = (await begin()).device_code;
    await until("its end", async () => (await poll(late)).json.error === "expired_token", { seconds: 2 });
    await login.set({ deviceRefused: true });
    expect(await begin({ scope: GOOGLE })).toEqual({
      error: "invalid_scope",
      error_description: `Invalid device flow scope: ${GOOGLE}`,
    });
    expect((await begin({ client_id: "other" })).error).toBe("invalid_client");
  });

  test("without a lasting scope gets no refresh token", async () => {
    await login.set({ interval: 0 });
    const { device_code } = await begin({ scope: "https://outlook.office.com/SMTP.Send" });
    login.approve();
    const { status, json } = await poll(device_code);
    expect(status).toBe(200);
    expect(json).not.toHaveProperty("refresh_token");
  });
});

describe("a browser", () => {
  const redirect_uri = "http://127.0.0.1:41234/";
  const code_verifier = randomBytes(32).toString("base64url");
  const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
  const usual = { client_id: "app", redirect_uri, response_type: "code", scope: GOOGLE, state: "s t&1" };
  const open = (more: Record<string, string> = {}) => {
    const query = { ...usual, code_challenge, code_challenge_method: "S256", ...more };
    return ask(`${login.authorizeUrl}?${new URLSearchParams(query)}`);
  };
  const back = ({ location }: Got) => new URL(location).searchParams;
  const redeem = (code: string | null, more = {}) =>
    token({
      ...{ grant_type: "authorization_code", client_id: "app", client_secret: SECRET },
      ...{ code: code ?? "", redirect_uri, code_verifier, ...more },
    });

  test("comes back with a code, which is good once, for who asked", async () => {
    const got = await open();
    expect(got.status).toBe(302);
    expect(got.location.startsWith(redirect_uri)).toBe(true);
    expect(back(got).get("state")).toBe("s t&1");
    const { json } = await redeem(back(got).get("code"));
    expect(login.isValid(String(json.access_token), USER)).toBe(true);
    expect(login.accounts.refreshTokens.has(String(json.refresh_token))).toBe(true);
    expect((await redeem(back(got).get("code"))).json.error).toBe("invalid_grant");
    const wrong = [{ code_verifier: "x".repeat(43) }, { redirect_uri: "http://127.0.0.1:1/" }];
    for (const more of wrong) {
      const code = back(await open()).get("code");
      expect((await redeem(code, more)).json.error).toBe("invalid_grant");
      expect((await redeem(code)).json.error).toBe("invalid_grant");
    }
    expect((await redeem(back(await open()).get("code"), { client_secret: "x" })).json.error).toBe("invalid_client");
    expect(login.requests[0]).toMatchObject({ grant: "authorize", client: "app", ok: true });
    expect(JSON.stringify(login.requests)).not.toContain(code_verifier);
  });

  test("comes back with an error, or stays", async () => {
    for (const uri of ["https://127.0.0.1/", "http://example.com/", "http://127.0.0.1.example.com/"])
      expect(await open({ redirect_uri: uri })).toMatchObject({ status: 400, location: "" });
    expect((await open({ client_id: "other" })).status).toBe(401);
    expect(back(await open({ code_challenge_method: "plain" })).get("error")).toBe("invalid_request");
    expect(back(await open({ code_challenge: "short" })).get("error")).toBe("invalid_request");
    await login.set({ consent: "denied" });
    expect(back(await open()).get("error")).toBe("access_denied");
    expect(login.requests.at(-1)).toMatchObject({ ok: false, error: "access_denied" });
  });
});
