// A key that signs, made anew for each process.

import { generateKeyPairSync } from "node:crypto";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Its text in PEM form. */
export const SIGNING_KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** What verifies its signatures. */
export const PUBLIC_KEY = publicKey.export({ type: "spki", format: "pem" }).toString();
