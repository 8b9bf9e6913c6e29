// Private keys that the SSH library cannot read as they are.

import { createPrivateKey, type KeyObject } from "node:crypto";

/**
 * A key of the kind that `openssl genpkey` writes (PKCS #8), as one that the SSH library reads; any other as it is.
 */
export function readableKey(pem: string): string {
  if (!pem.startsWith("-----BEGIN PRIVATE KEY-----")) return pem;
  const key = createPrivateKey(pem);
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }) as string;
    case "ec":
      return key.export({ type: "sec1", format: "pem" }) as string;
    case "ed25519":
      return openSsh(key);
    default:
      throw new Error(`a private key of type ${key.asymmetricKeyType} cannot be used for SSH`);
  }
}

/** The form of OpenSSH's PROTOCOL.key, the only one for Ed25519 keys: without a passphrase, and with one key in it. */
function openSsh(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const type = field("ssh-ed25519");
  const open = Buffer.concat([type, field(point)]);
  const secret = Buffer.concat([Buffer.alloc(8), open, field(Buffer.concat([seed, point])), field("")]);
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, index) => index + 1));
  const head = [Buffer.from("openssh-key-v1\0"), field("none"), field("none"), field(""), Buffer.from([0, 0, 0, 1])];
  const body = Buffer.concat([...head, field(open), field(Buffer.concat([secret, padding]))]).toString("base64");
  const lines = body.match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

/** A string of the SSH protocol: its length, then its bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
