// Part of the stand-in for the command provider (command-provider.ts): which private keys it accepts, with the real
// provider's errors for the others. Unused where the official provider is installed.
import { createPrivateKey, type KeyObject } from "node:crypto";
import ssh2 from "ssh2";

/**
 * The key in a format that ssh2 reads, which does not know PKCS #8; an error for a key that the real provider refuses.
 */
export function readableKey(text: string, password: string | undefined): string {
  const [, type, headers = ""] = /^-----BEGIN ([A-Z ]+)-----\r?\n((?:[\w-]+: .*\r?\n)*)/m.exec(text) ?? [];
  if (type === undefined) throw new Error("ssh: no key found");
  const isOpenSsh = type === "OPENSSH PRIVATE KEY";
  if (password !== undefined && !isOpenSsh && !/^Proc-Type: .*ENCRYPTED/m.test(headers))
    throw new Error("ssh: not an encrypted key");
  if (type === "PRIVATE KEY") return fromPkcs8(createPrivateKey(text));
  if (!isOpenSsh && !/^(RSA|EC|DSA) PRIVATE KEY$/.test(type)) throw new Error(`ssh: unsupported key type "${type}"`);
  if (password !== undefined && isOpenSsh && !(ssh2.utils.parseKey(text) instanceof Error))
    throw new Error("ssh: key is not password protected");
  const parsed = ssh2.utils.parseKey(text, password);
  if (!(parsed instanceof Error)) return text;
  if (/no passphrase given/.test(parsed.message)) throw new Error("ssh: this private key is passphrase protected");
  if (/[Bb]ad passphrase|bad decrypt|integrity check/.test(parsed.message))
    throw new Error("x509: decryption password incorrect");
  throw new Error("ssh: no key found");
}

function fromPkcs8(key: KeyObject): string {
  if (key.asymmetricKeyType === "rsa") return String(key.export({ type: "pkcs1", format: "pem" }));
  if (key.asymmetricKeyType === "ec") return String(key.export({ type: "sec1", format: "pem" }));
  if (key.asymmetricKeyType === "ed25519") return openSsh(key);
  throw new Error(`ssh: unsupported key type ${key.asymmetricKeyType}`);
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Strings as SSH writes them: each with its length in front. */
const strings = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part)).flatMap((bytes) => [uint32(bytes.length), bytes]));

/** An ed25519 key without a password, in the format of openssh-portable's PROTOCOL.key. */
function openSsh(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const open = Buffer.from(x, "base64url");
  const pair = Buffer.concat([Buffer.from(d, "base64url"), open]);
  const check = Buffer.alloc(8); // two equal numbers, which reveal a wrong password
  const secret = Buffer.concat([check, strings("ssh-ed25519", open, pair, "")]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    strings("none", "none", ""),
    uint32(1),
    strings(strings("ssh-ed25519", open), Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
