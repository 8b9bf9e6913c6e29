// The command line of `oauth`: what may be written, and what was asked for.

import { ACCOUNT, accountPath, checkAccount } from "./account-options.ts";
import type { ConsentFlow, OauthRequest } from "./request.ts";
import { COMMON, secondsIn } from "./rollout-options.ts";
import { fail, last, readVerb, refuseEmpty, text, type Verb, type VerbCommand, verbName } from "./verb-parser.ts";

/** What `--help` says of its exit codes. */
export const OAUTH_CODES = `Exit codes:
  0    the refresh token is in the file of the stack
  1    no consent: refused, expired, not in time; or the endpoint says no
  2    the stack cannot be read or written, or the endpoint does not answer
  64   wrong usage, an unknown stack, or its configuration lacks something
  70   a fault of this program
  130  interrupted; nothing was written`;

const LOGIN = {
  stack: { alias: "s", type: "string", describe: "Stack [default: the selected one]" },
  ...ACCOUNT,
  flow: {
    choices: ["device", "browser"],
    describe: "A code for a page, or a browser that comes back [default: device at Microsoft, browser at Google]",
  },
  paste: {
    type: "boolean",
    describe: "Paste the address that the browser was sent to, or --no-paste [default: over SSH]",
  },
  "client-id": { type: "string", describe: "Client ID, where the stack has none" },
  "token-endpoint": { type: "string", describe: "Token endpoint, where neither stack nor provider has one" },
  scope: { type: "string", describe: "Scope, where neither stack nor provider has one" },
  "device-endpoint": { type: "string", describe: "Where a device code is asked for [default: that of the provider]" },
  "authorize-endpoint": { type: "string", describe: "Where a browser begins [default: that of the provider]" },
  timeout: { type: "string", default: "15m", describe: "Time for the consent: 90s, 10m, 2h" },
} as const;

const VERBS: readonly Verb[] = [
  ["login", "Ask a user for consent, and write the refresh token into the file of the stack", LOGIN],
];

/** Seconds that somebody may take at most: a day. */
const LONGEST = 86_400;

/** How long somebody may take; undefined for what is no time. */
const timeoutIn = (argv: Record<string, unknown>) => secondsIn(text(argv.timeout) ?? "15m");

/** The command. */
export const OAUTH: VerbCommand = {
  name: "oauth",
  does: "Accounts at relays that take tokens: `oauth2` in the configuration of a stack.",
  common: { cwd: COMMON.cwd },
  verbs: VERBS,
  names: {},
  codes: OAUTH_CODES,
  conflicts: { account: ["path"] },
  missing: "a verb is missing",
  check: (argv) => {
    checkAccount(argv);
    refuseEmpty(argv, "cwd", "stack", "client-id", "token-endpoint", "scope", "device-endpoint", "authorize-endpoint");
    const seconds = timeoutIn(argv);
    if (!seconds || seconds > LONGEST) fail(argv, "timeout", "which is no time up to a day; give 90s, 10m or 2h");
    if (last(argv.flow) === "device" && last(argv.paste) === true)
      throw new Error("--paste goes with --flow browser: a device code is typed into a page, and nothing comes back");
  },
};

/** What can be done with them. */
export const oauthVerbs: readonly string[] = VERBS.map(verbName);

/** Reads the arguments after `oauth`. */
export async function readOauth(
  args: readonly string[],
  program: string,
  version: string,
): Promise<{ oauth: OauthRequest } | { text: string; code: number }> {
  const asked = await readVerb(OAUTH, args, program, version);
  if ("text" in asked) return asked;
  const { verb, argv } = asked;
  return {
    oauth: {
      verb,
      stack: text(argv.stack),
      path: accountPath(argv),
      cwd: String(last(argv.cwd)),
      flow: last(argv.flow) as ConsentFlow | undefined,
      paste: last(argv.paste) as boolean | undefined,
      clientId: text(argv["client-id"]),
      tokenEndpoint: text(argv["token-endpoint"]),
      scope: text(argv.scope),
      deviceEndpoint: text(argv["device-endpoint"]),
      authorizeEndpoint: text(argv["authorize-endpoint"]),
      timeout: timeoutIn(argv) ?? 0,
    },
  };
}
