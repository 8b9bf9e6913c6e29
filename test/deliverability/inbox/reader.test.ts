// A message that is verified here, since its receiver wrote no result: signatures, the sending address, the policy.

import { generateKeyPairSync } from "node:crypto";
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { expect, test } from "vitest";
import { verify } from "../../../src/deliverability/inbox/reader.ts";
import { looksAt } from "../zones.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { format: "der", type: "spki" },
  privateKeyEncoding: { format: "pem", type: "pkcs8" },
});
const KEY = `TXT v=DKIM1; k=rsa; p=${publicKey.toString("base64")}`;
const HERE = { sentFrom: "203.0.113.9", helo: "relay.example.net" };
const zones = {
  "example.com": ["TXT v=spf1 ip4:203.0.113.9 -all"],
  "_dmarc.example.com": ["TXT v=DMARC1; p=reject"],
  "s1._domainkey.example.com": [KEY],
  "s1._domainkey.example.net": [KEY],
  "relay.example.net": ["TXT v=spf1 ip4:203.0.113.9 -all"],
};

const text = "From: Ops <ops@example.com>\r\nTo: ops@example.org\r\nSubject: x\r\n\r\nMail leaves.\r\n";

async function signedBy(signingDomain: string): Promise<string> {
  const signatureData = [{ signingDomain, selector: "s1", privateKey, algorithm: "rsa-sha256" }];
  const { signatures, errors } = await dkimSign(text, { signatureData } as never);
  expect(errors).toEqual([]);
  return signatures + text;
}

const verified = (message: string, { from = "ops@example.com", way = HERE } = {}) =>
  verify(Buffer.from(message), way, `<${from}>`, looksAt(zones));

test("the sender's own signature passes, wherever it comes from", async () => {
  const message = await signedBy("example.com");
  const elsewhere = { sentFrom: "198.51.100.1", helo: "x.example.org" };
  expect(await verified(message)).toEqual({ spf: "pass", dkim: "pass", dmarc: "pass" });
  expect(await verified(message, { way: elsewhere })).toEqual({ spf: "fail", dkim: "pass", dmarc: "pass" });
});

test("a signature of the relay host passes, and does not count for the sender", async () => {
  const message = await signedBy("example.net");
  expect(await verified(message, { from: "bounce@example.net" })).toEqual({ spf: "none", dkim: "pass", dmarc: "fail" });
});

test("a changed message does not pass by its signature", async () => {
  const message = (await signedBy("example.com")).replace("Mail leaves", "Mail stays");
  expect(await verified(message, { from: "bounce@example.net" })).toEqual({ spf: "none", dkim: "fail", dmarc: "fail" });
});

test("without a signature the address counts, and for an empty sender the name with which it greets", async () => {
  expect(await verified(text)).toEqual({ spf: "pass", dkim: "none", dmarc: "pass" });
  expect(await verified(text, { from: "" })).toEqual({ spf: "pass", dkim: "none", dmarc: "fail" });
  const unknown = { sentFrom: "", helo: "" };
  expect(await verified(text, { way: unknown })).toEqual({ spf: "", dkim: "none", dmarc: "fail" });
});
