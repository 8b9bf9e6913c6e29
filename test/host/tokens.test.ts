// Logins by tokens: how an endpoint is asked, and what is kept of its answer; in each shell that a host may have.

import { createVerify, verify } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { CA } from "../support/keys.ts";
import { PUBLIC_KEY, SIGNING_KEY } from "../support/signing.ts";
import { answers, asked, ENDPOINT, field, inShells, root, SECRET, stage, state } from "./token-scene.ts";

describe.each(inShells)("%s", (_, { runs, run, ready, folder }) => {
  runs("a program by itself: what it asks, and the row for the login proxy", () => {
    stage({ clientSecret: SECRET });
    answers({ token_type: "Bearer", expires_in: 3599, access_token: "eyJ0.a-b_c~+/=" });
    expect(ready()).toEqual({ stdout: "\n", status: 0 });
    expect(asked()).toContain(`url = "${ENDPOINT}"\n`);
    expect([field("grant_type"), field("client_id"), field("scope"), field("client_secret")]).toEqual([
      ...["client_credentials", "app", "one two", SECRET],
    ]);
    const name = run('token_names "$state/good"').stdout.trim();
    expect(name).toMatch(/^[0-9a-f]{12}$/);
    expect(readFileSync(state("login/accounts"), "utf8")).toBe(
      `${name}:{PLAIN}local-password::::::proxy=y host=example.sakura.ne.jp port=587 starttls=yes proxy_mech=xoauth2 ` +
        "destuser=me@example.com pass=eyJ0.a-b_c~+/= proxy_timeout=30\n",
    );
    expect(run('token_lines "$state/good"').stdout).toBe(`[127.86.1.1]:10587 ${name}:local-password\n`);
    // Another secret is another login; the name tells nothing of it to whoever does not know the salt.
    stage({ clientSecret: `${SECRET}x` });
    expect(run('token_names "$state/good"').stdout.trim()).not.toBe(name);
  });

  runs("answers of all forms", () => {
    stage({ clientSecret: SECRET });
    for (const [answer, token] of [
      [{ access_token: "a.b", expires_in: 10 }, "a.b"],
      ['{\r\n  "expires_in": 10,\r\n  "access_token":\t"a.b"\r\n}', "a.b"],
      ['{"access_token":"a\\/b\\u003d","expires_in":"10"}', "a/b="],
      ['{"id_token":"\\"access_token\\":\\"no\\"","access_token":"a.b"}', "a.b"],
    ] as const) {
      answers(answer);
      rmSync(state("login/logins"), { recursive: true, force: true });
      expect(ready(), JSON.stringify(answer)).toEqual({ stdout: "\n", status: 0 });
      expect(readFileSync(join(folder(), "token"), "utf8")).toBe(`login access-token:${token}\n`);
    }
    for (const answer of [
      "",
      "<html>",
      "{}",
      '{"access_token":""}',
      '{"access_token":"a b"}',
      '{"access_token":"a%b"}',
    ]) {
      answers(answer);
      rmSync(state("login/logins"), { recursive: true, force: true });
      expect(ready().stdout, answer).toContain("me@example.com: the token endpoint gave an answer without a token");
      expect(existsSync(join(folder(), "token"))).toBe(false);
    }
    answers({ access_token: "a".repeat(12001) });
    rmSync(state("login/logins"), { recursive: true });
    expect(ready().stdout).toContain("gave a token of 12001 bytes, and the login proxy takes up to 12000");
  });

  runs("a refusal in the endpoint's words, without its numbers and without a secret; silence", () => {
    stage({ clientSecret: SECRET });
    const error_description = 'AADSTS7000215: Invalid "secret".\r\nTrace ID: 1-2';
    answers({ error: "invalid_client", error_description }, 401);
    const refused = ready();
    expect(refused.stdout).toBe(
      'me@example.com: the token endpoint refuses with HTTP 401: invalid_client AADSTS7000215: Invalid "secret".\n',
    );
    expect(refused.status).toBe(69);
    writeFileSync(join(root, "silent"), "");
    expect(ready().stdout).toContain("the token endpoint does not answer: Could not resolve host: login.example.net");
    expect(readFileSync(join(folder(), "error"), "utf8")).toMatch(/^\d{10} the token endpoint does not answer/);
  });

  runs("a refusal that repeats the secret, however it is escaped", () => {
    const clientSecret = 'wörd "q" \\b $HOME/秘';
    stage({ clientSecret });
    const escapes = [
      (text: string) => JSON.stringify(text),
      (text: string) => JSON.stringify(text).replaceAll("/", "\\/"),
      (text: string) =>
        `"${[...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`).join("")}"`,
    ];
    for (const escaped of escapes) {
      answers(`{"error":"invalid_client","error_description":${escaped(`no: ${clientSecret}; really`)}}`, 401);
      expect(ready().stdout).toMatch(/HTTP 401: invalid_client no: \S*; really\n$/);
      expect(readFileSync(join(folder(), "error"), "utf8")).toMatch(/invalid_client no: \S*; really\n$/);
    }
  });

  runs("signatures: PS256 with the certificate's digest for Entra, RS256 for a service account", () => {
    const part = (jwt = "", index = 0) => JSON.parse(Buffer.from(jwt.split(".")[index] ?? "", "base64url").toString());
    const signed = (jwt = "") =>
      [jwt.split(".").slice(0, 2).join("."), Buffer.from(jwt.split(".")[2] ?? "", "base64url")] as const;
    answers({ access_token: "a" });
    stage({ privateKey: SIGNING_KEY, certificate: CA });
    ready();
    const assertion = field("client_assertion");
    expect(field("grant_type")).toBe("client_credentials");
    expect(part(assertion)).toEqual({ alg: "PS256", typ: "JWT", "x5t#S256": expect.stringMatching(/^[\w-]{43}$/) });
    expect(part(assertion, 1)).toMatchObject({ iss: "app", sub: "app", aud: ENDPOINT });
    const [text, signature] = signed(assertion);
    const pss = { key: PUBLIC_KEY, padding: 6, saltLength: 32 };
    expect(verify("sha256", Buffer.from(text), pss, signature)).toBe(true);
    stage({ privateKey: SIGNING_KEY });
    ready();
    expect(field("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    expect(part(field("assertion"))).toEqual({ alg: "RS256", typ: "JWT" });
    const claims = part(field("assertion"), 1);
    expect(claims).toMatchObject({ iss: "app", sub: "me@example.com", aud: ENDPOINT, scope: "one two" });
    expect(claims.exp - claims.iat).toBe(600);
    const [words, rs256] = signed(field("assertion"));
    expect(createVerify("sha256").update(words).verify(PUBLIC_KEY, rs256)).toBe(true);
  });
});
