// Why a connection has failed, in the words of people. The same failure has the same words on each host, so that many
// of them can be told as one.

const reasons: readonly (readonly [says: RegExp, reason: string])[] = [
  [/ECONNREFUSED/, "nothing listens on its SSH port (connection refused)"],
  [/ENOTFOUND/, "its name is not in the DNS"],
  [/EAI_AGAIN/, "the DNS does not answer"],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, "there is no route to it"],
  [/ECONNRESET|EPIPE|socket hang up|before handshake|Connection lost/, "it has closed the connection"],
  [/ETIMEDOUT|Timed out/, "no answer"],
  [/connect to agent|ENOENT.*agent|agent.*(ENOENT|ECONN)/i, "the SSH agent does not answer (SSH_AUTH_SOCK)"],
];

/** The reason in the error of a connection; the words of the error where it is none of these. */
export function plainReason(error: unknown): string {
  const { code = "", message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  return reasons.find(([says]) => says.test(`${code} ${message}`))?.[1] ?? message;
}
