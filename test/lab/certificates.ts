import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** A key and a certificate for a DNS name, signed by the authority of a folder, as one PEM text. */
export async function certificate(folder: string, name: string, { expired = false } = {}): Promise<string> {
  const work = join(folder, `${name}${expired ? ".expired" : ""}`);
  mkdirSync(work, { recursive: true });
  const file = (part: string) => join(work, part);
  await must("openssl", ["req", ...newKey, "-subj", `/CN=${name}`, "-keyout", file("key"), "-out", file("request")]);
  // `openssl ca`: before OpenSSL 3.4 it is the only command that takes a start and an end date.
  const config = `[ca]
default_ca = lab
[lab]
database = ${file("index")}
new_certs_dir = ${work}
rand_serial = yes
policy = any
unique_subject = no
default_md = sha256
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = DNS:${name}
`;
  writeFileSync(file("config"), config);
  writeFileSync(file("index"), "");
  const dates = expired
    ? ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
    : ["-startdate", "20200101000000Z", "-days", "3650"];
  const signer = ["-cert", join(folder, "ca.pem"), "-keyfile", join(folder, "ca.key")];
  const request = ["-in", file("request"), "-out", file("pem"), "-notext", "-batch"];
  await must("openssl", ["ca", "-config", file("config"), ...signer, ...dates, ...request]);
  return readFileSync(file("key"), "utf8") + readFileSync(file("pem"), "utf8");
}
