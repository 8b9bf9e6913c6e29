// Keys and certificates. Postfix and SSH would refuse wrong ones much later, and say less about them.

import { X509Certificate } from "node:crypto";
import { secretText, text } from "./kinds.ts";

/** Curve and size of the point for each type of host key that a current sshd offers and the SSH client accepts. */
const HOST_KEYS: Record<string, { curve?: string; bytes: number }> = {
  "ssh-ed25519": { bytes: 32 },
  "ecdsa-sha2-nistp256": { curve: "nistp256", bytes: 65 },
  "ecdsa-sha2-nistp384": { curve: "nistp384", bytes: 97 },
  "ecdsa-sha2-nistp521": { curve: "nistp521", bytes: 133 },
};

/** Whether the blob of a public key line is complete and of the type that stands before it. */
function isPublicKey(line: string): boolean {
  const [type = "", base64 = ""] = line.split(/ +/);
  const key = HOST_KEYS[type];
  const blob = Buffer.from(base64, "base64");
  if (!key || blob.toString("base64") !== base64) return false;
  const parts = [Buffer.from(type), ...(key.curve ? [Buffer.from(key.curve)] : [])];
  const head = Buffer.concat([...parts.flatMap((part) => [length(part.length), part]), length(key.bytes)]);
  return blob.length === head.length + key.bytes && blob.subarray(0, head.length).equals(head);
}

function length(bytes: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt32BE(bytes);
  return field;
}

/** The public key of an SSH server, pinned. */
export const hostKey = text(
  { allowed: "give the line of /etc/ssh/ssh_host_ed25519_key.pub on the host" },
  [/^ssh-rsa /, "which is an RSA key; a current sshd does not prove it in a way that the SSH client accepts"],
  [/^ssh-dss |^sk-/, "which is of a type that cannot be pinned"],
  [/^-----BEGIN/, "which is a private key or a certificate"],
  [/^SHA256:|^MD5:/, "which is a fingerprint"],
  [/^\S+ (ssh-|ecdsa-)/, "which is a line of known_hosts; leave out the name at its start"],
  [(value) => !Object.hasOwn(HOST_KEYS, value.split(" ")[0] ?? ""), "which is not a public key"],
  [(value) => !isPublicKey(value), "which is damaged or not complete"],
);

/** A private key for SSH. */
export const privateKey = secretText(
  { allowed: "give the text of the private key file", lines: true },
  [/^(ssh-|ecdsa-)/, "which is a public key"],
  [/^[~./][^\n]*$/, "which is the name of a file"],
  [
    /^-----BEGIN ENCRYPTED /,
    "which is encrypted in a way (PKCS #8) that the SSH client cannot read; `ssh-keygen -p -f` on a copy of the file writes " +
      "it as OpenSSH does",
  ],
  [(value) => !/^-----BEGIN ([A-Z0-9]+ )?PRIVATE KEY-----\r?\n/.test(value), "which is not a private key in PEM form"],
  [(value) => !/\n-----END ([A-Z0-9]+ )?PRIVATE KEY-----\s*$/.test(value), "which is cut off before its last line"],
);

/** Whether a private key can be read only with a passphrase; undefined where its form does not tell. */
export function isEncrypted(pem: string): boolean | undefined {
  const [, kind, body = ""] = /^-----BEGIN ([A-Z0-9]+ )?PRIVATE KEY-----([^-]*)/.exec(pem) ?? [];
  if (kind !== "OPENSSH ") return /^Proc-Type: 4,ENCRYPTED/m.test(pem);
  // After a mark stands the name of the cipher, with its length before it.
  const bytes = Buffer.from(body, "base64").toString("latin1");
  return bytes.startsWith(OPENSSH) ? !bytes.startsWith(`${OPENSSH}\0\0\0\x04none`) : undefined;
}

const OPENSSH = "openssh-key-v1\0";

/** Whether the text holds certificates, and each can be read. */
function areCertificates(pem: string): boolean {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((certificate) => new X509Certificate(certificate)).length > 0;
  } catch {
    return false;
  }
}

/** Certificate authorities, in PEM form. The file is public on the host, so a private key in it is refused. */
export const caCertificate = text(
  { allowed: "give the PEM text of one or more CA certificates", hidden: true, lines: true },
  [/PRIVATE KEY-----/, "which contains a private key"],
  [/^[~./][^\n]*$/, "which is the name of a file"],
  [/^#% /m, "which has a line that starts with `#% `"],
  [(value) => !areCertificates(value), "which has no certificate in it, or a damaged one"],
);

/** The SHA-256 fingerprint of a certificate or of a public key. */
export const fingerprint = text(
  { allowed: "give 32 bytes in hexadecimal with colons between them, as openssl prints them" },
  [/=/, "which has a name in front of it"],
  [/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/i, "which is a SHA-1 fingerprint"],
  [/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i, "which is an MD5 fingerprint"],
  [/^[0-9a-f]{64}$/i, "which has no colons"],
  [(value) => !/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i.test(value), "which is not a SHA-256 fingerprint"],
);
