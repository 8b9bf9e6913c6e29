import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./shell.ts";

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Creates a certificate authority in a folder unless there is one, and returns the path of its certificate. */
export async function authority(folder: string, name: string): Promise<string> {
  const pem = join(folder, "ca.pem");
  if (existsSync(pem)) return pem;
  mkdirSync(folder, { recursive: true });
  const key = ["-keyout", join(folder, "ca.key"), "-out", pem];
  await must("openssl", ["req", "-x509", ...newKey, "-days", "3650", "-subj", `/CN=${name}`, ...key]);
  return pem;
}

/**
 * A key and a certificate for a DNS name, and for an address where one is given, signed by the authority of a folder,
 * as one PEM text.
 */
export async function certificate(
  folder: string,
  name: string,
  { expired = false, address }: { expired?: boolean; address?: string } = {},
): Promise<string> {
  const serial = String(randomInt(2 ** 47));
  const key = join(folder, `${name}.${serial}.key`);
  const alternative = ["-addext", `subjectAltName = DNS:${name}${address ? `,IP:${address}` : ""}`];
  const input = await must("openssl", ["req", ...newKey, "-subj", `/CN=${name}`, ...alternative, "-keyout", key]);
  const signer = ["-CA", join(folder, "ca.pem"), "-CAkey", join(folder, "ca.key")];
  const days = expired ? "-1" : "3650"; // the one negative number that OpenSSL takes, for tests such as these
  const options = ["-days", days, "-set_serial", serial, "-copy_extensions", "copy"];
  return readFileSync(key, "utf8") + (await must("openssl", ["x509", "-req", ...signer, ...options], { input }));
}

/** The certificates that a server of a lab can show: the right one, and those that a client must not accept. */
export const certificates = ["normal", "expired-certificate", "foreign-certificate", "wrong-name"] as const;

/** One of them, for a server of the lab in a folder, with its key as one PEM text. */
export async function certificateOf(lab: string, host: string, kind: (typeof certificates)[number]): Promise<string> {
  const foreign = join(lab, "foreign-ca");
  if (kind === "foreign-certificate") await authority(foreign, "Foreign CA");
  const name = kind === "wrong-name" ? `not-${host}` : host;
  const expired = kind === "expired-certificate";
  return await certificate(kind === "foreign-certificate" ? foreign : join(lab, "ca"), name, { expired });
}
