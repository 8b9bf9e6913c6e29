// JSON Web Tokens (RFC 7519) with RS256, as the token endpoints of Microsoft and Google give them, and PS256, which
// Microsoft takes.
import { constants, type KeyLike, sign, verify } from "node:crypto";

/** What a token claims, or its header. */
export type Claims = Readonly<Record<string, unknown>>;

const encoded = (value: Claims) => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * A token with these claims, signed with a private RSA key. With `bytes` a claim `pad` makes it that long, or one less,
 * since base64 has no text of each length; one that is longer without it stays as it is.
 */
export function signed(claims: Claims, key: KeyLike, { head = {}, bytes = 0 }: { head?: Claims; bytes?: number } = {}) {
  const make = (payload: Claims) => {
    const text = `${encoded({ alg: "RS256", typ: "JWT", ...head })}.${encoded(payload)}`;
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  };
  const token = make(claims);
  const missing = Math.floor(((bytes - token.length) * 3) / 4) - ',"pad":""'.length;
  return missing > 0 ? make({ ...claims, pad: "x".repeat(missing) }) : token;
}

/** What is in a token, and whether a key or certificate verifies it; undefined where it is none. */
export function read(token: string): { head: Claims; claims: Claims; by: (key: KeyLike) => boolean } | undefined {
  const [head = "", claims = "", signature = "", ...more] = token.split(".");
  if (!signature || more.length) return undefined;
  const text = Buffer.from(`${head}.${claims}`);
  try {
    const parse = (part: string): Claims => JSON.parse(Buffer.from(part, "base64url").toString());
    const header = parse(head);
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const by = (key: KeyLike) =>
      verify("sha256", text, { key, ...(header.alg === "PS256" && pss) } as never, Buffer.from(signature, "base64url"));
    return { head: header, claims: parse(claims), by };
  } catch {
    return undefined;
  }
}
