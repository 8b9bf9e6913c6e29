// What token endpoints say when they refuse, as Microsoft and Google word it.

/** A refusal: the HTTP status, and what its JSON says. */
export interface Refused {
  status: number;
  error: string;
  description: string;
}

/** A refusal on its way to the client. */
export class Refusal extends Error {
  readonly refused: Refused;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.refused = { status, error, description };
  }
}

/** Refusals of real endpoints, for `fail`. */
export const refusals = {
  /** Microsoft: nobody has used the refresh token for 90 days. */
  expired: {
    status: 400,
    error: "invalid_grant",
    description:
      "AADSTS700082: The refresh token has expired due to inactivity. The token was issued on " +
      '2026-01-05T09:30:00.0000000Z and was inactive for 90.00:00:00. Sign in to "Contoso Relay" again.',
  },
  /** Microsoft: the policy wants another factor from now on. */
  mfa: {
    status: 400,
    error: "interaction_required",
    description:
      "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new " +
      "location, you must use multi-factor authentication to access '00000002-0000-0ff1-ce00-000000000000'.",
  },
  /** Microsoft: the secret has reached its end. */
  oldSecret: {
    status: 401,
    error: "invalid_client",
    description:
      "AADSTS7000222: The provided client secret keys for app 'relay' are expired. Visit the Azure portal to create " +
      "new keys for your app: https://aka.ms/NewClientSecret.",
  },
  /** Google: taken back, or a week old in an application that is in testing. */
  google: { status: 400, error: "invalid_grant", description: "Token has been expired or revoked." },
} as const satisfies Record<string, Refused>;

/** The JSON of a refusal. Microsoft's has more in it, and line breaks in its description. */
export function asJson({ error, description }: Refused): Record<string, unknown> {
  const [, code] = /^AADSTS(\d+)/.exec(description) ?? [];
  if (!code) return { error, error_description: description };
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  const trace_id = "0000aaaa-11bb-cccc-dd22-eeeeee333333";
  const correlation_id = "aaaa0000-bb11-2222-33cc-444444dddddd";
  const more = `\r\nTrace ID: ${trace_id}\r\nCorrelation ID: ${correlation_id}\r\nTimestamp: ${timestamp}`;
  const ids = { error_codes: [Number(code)], timestamp, trace_id, correlation_id };
  return {
    error,
    error_description: description + more,
    ...ids,
    error_uri: `https://login.example.test/error?code=${code}`,
  };
}
