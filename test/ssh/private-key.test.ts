import { generateKeyPairSync } from "node:crypto";
import ssh2 from "ssh2";
import { describe, expect, test } from "vitest";
import { readableKey } from "../../src/ssh/private-key.ts";

const pems: [type: string, pkcs8: string][] = [
  ["ssh-ed25519", generateKeyPairSync("ed25519").privateKey],
  ["ssh-rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ["ecdsa-sha2-nistp256", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
  ["ecdsa-sha2-nistp521", generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey],
].map(([type, key]) => [
  type as string,
  (key as { export(o: object): string }).export({ type: "pkcs8", format: "pem" }),
]);

describe.each(pems)("a PKCS #8 key, %s", (type, pem) => {
  test("is one that the SSH library reads, and signs with", () => {
    expect(ssh2.utils.parseKey(pem)).toBeInstanceOf(Error);
    const key = ssh2.utils.parseKey(readableKey(pem));
    if (key instanceof Error) throw key;
    expect(key.type).toBe(type);
    expect(key.verify("text", key.sign("text"))).toBe(true);
    expect(key.verify("other", key.sign("text"))).toBe(false);
  });
});

test("any other key stays as it is", () => {
  const { private: pem } = ssh2.utils.generateKeyPairSync("ed25519");
  expect(readableKey(pem)).toBe(pem);
});
