// Why an endpoint of OAuth 2.0 gives nothing, in words.

import { clean } from "../host/clean.ts";
import { adviceOn } from "./oauth-advice.ts";
import { Refusal } from "./refusal.ts";

/** Seconds that an endpoint has for one answer. */
export const SECONDS = 30;

/** The reason why an endpoint gives nothing: exit code 1 where it says no, 2 where it does not answer as it has to. */
export class EndpointError extends Refusal {
  /** The word of the endpoint; "" where it has said none. */
  readonly error: string;
  /** Whether the same may work a little later. */
  readonly temporary: boolean;

  constructor(message: string, { error = "", temporary = false } = {}) {
    super(message, error === "" ? 2 : 1);
    this.error = error;
    this.temporary = temporary;
  }
}

/** The endpoint has said no. A sentence that repeats one of the secrets is left out. */
export function saidNo(host: string, error: string, sentence: unknown, secrets: readonly string[]): EndpointError {
  const said = typeof sentence === "string" ? sentence : "";
  const repeats = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .some((secret) => error.includes(secret) || said.includes(secret));
  const words = repeats ? "no, and repeats a secret, so it is not shown" : [clean(error), clean(said).trim()];
  const advice = adviceOn({ error, description: said });
  const lines = [`${host} says ${[words].flat().filter(Boolean).join(": ")}`, ...(advice ? [advice] : [])];
  return new EndpointError(lines.join("\n"), { error });
}

const reasons: readonly (readonly [says: RegExp, reason: string, temporary: boolean])[] = [
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ISSUER|ERR_TLS|ERR_SSL/,
    "TLS fails, or its certificate cannot be verified; for an authority of your own set NODE_EXTRA_CA_CERTS=FILE",
    false,
  ],
  [/ENOTFOUND/, "its name is not in the DNS", true],
  [/EAI_AGAIN/, "the DNS does not answer", true],
  [/ECONNREFUSED/, "nothing listens there (connection refused)", true],
  [/EHOSTUNREACH|ENETUNREACH/, "there is no route to it", true],
  [/TIMEOUT/i, `no answer within ${SECONDS} s`, true],
];

/** There is no answer at all: the error of Node's fetch. */
export function unreachable(error: unknown, host: string): EndpointError {
  const { name = "", cause } = error as { name?: string; cause?: { code?: unknown } };
  const code = typeof cause?.code === "string" ? cause.code : name;
  const [, reason, temporary = true] = reasons.find(([says]) => says.test(code)) ?? [];
  const shown = /^[A-Z_\d]+$/.test(code) ? ` (${code})` : "";
  return new EndpointError(`${host} cannot be asked: ${reason ?? "the connection has failed"}${shown}`, { temporary });
}
