// The public host key of an SSH server, asked for without a login: for a first walk, where nobody has it yet.

import ssh2 from "ssh2";
import { fingerprintOf } from "./fingerprint.ts";
import { plainReason } from "./reason.ts";

/** A host key, as `connection.hostKey` takes it, and its fingerprint as `ssh-keygen -l` prints it. */
export interface HostKey {
  readonly line: string;
  readonly fingerprint: string;
}

/** The types that can be pinned, the best first. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

const LIMIT = 10_000;

/** Asks the server for its key; for one like a key that is known, where it has one. An error says why there is none. */
export function fetchHostKey(host: string, port: number, known = ""): Promise<HostKey> {
  const first = typeOf(known);
  const types = [...TYPES.filter((type) => type === first), ...TYPES.filter((type) => type !== first)];
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
      readyTimeout: LIMIT,
      algorithms: { serverHostKey: types },
      hostVerifier: (key: Buffer) => {
        end(() => resolve(describe(key)));
        return false;
      },
    });
  });
}

function describe(key: Buffer): HostKey {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
  return { line: `${type} ${key.toString("base64")}`, fingerprint: fingerprintOf(key) };
}

/** A key that is known, from its line; what stands behind the key is no part of it. */
export function hostKeyIn(text: string): HostKey {
  const [type = "", key = ""] = text.trim().split(/\s+/);
  return { line: `${type} ${key}`, fingerprint: fingerprintOf(Buffer.from(key, "base64")) };
}

const typeOf = (line: string): string => line.trim().split(/\s+/)[0] ?? "";

/** The command that prints the fingerprint of such a key, on the host itself. */
export const fingerprintCommand = ({ line }: HostKey): string =>
  `ssh-keygen -lf /etc/ssh/ssh_host_${typeOf(line).startsWith("ecdsa") ? "ecdsa" : "ed25519"}_key.pub`;
