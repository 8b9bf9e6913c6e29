// The public host key of an SSH server, asked for without a login: for a first walk, where nobody has it yet.

import { createHash } from "node:crypto";
import ssh2 from "ssh2";
import { plainReason } from "./reason.ts";

/** A host key, as `connection.hostKey` takes it, and its fingerprint as `ssh-keygen -l` prints it. */
export interface HostKey {
  readonly line: string;
  readonly fingerprint: string;
}

/** The types that can be pinned, the best first. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

/** Asks the server for its key. An error says why there is none. */
export function fetchHostKey(host: string, port: number, milliseconds = 10_000): Promise<HostKey> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const end = (then: () => void) => {
      client.destroy();
      then();
    };
    client.on("error", (error) => end(() => reject(new Error(plainReason(error)))));
    client.connect({
      host,
      port,
      username: "nobody",
      readyTimeout: milliseconds,
      algorithms: { serverHostKey: [...TYPES] },
      hostVerifier: (key: Buffer) => {
        end(() => resolve(describe(key)));
        return false;
      },
    });
  });
}

function describe(key: Buffer): HostKey {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
  const digest = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return { line: `${type} ${key.toString("base64")}`, fingerprint: `SHA256:${digest}` };
}
