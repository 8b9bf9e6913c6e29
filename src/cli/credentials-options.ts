// The command line of `credentials`: what may be written, and what was asked for.

import { type AccountSecret, accountSecrets } from "../stack/account.ts";
import { ACCOUNT, accountPath, checkAccount } from "./account-options.ts";
import type { CredentialsRequest } from "./request.ts";
import { COMMON, checkPolicy, FILES, POLICY, rolloutRequest, SELECTOR, YES } from "./rollout-options.ts";
import { readVerb, refuseEmpty, text, type Verb, type VerbCommand, verbName } from "./verb-parser.ts";

/** What `--help` says of its exit codes. */
export const CREDENTIALS_CODES = `Exit codes of \`status\`:
  0    each host has what its stack's configuration says
  1    a host has another one
  2    of a host it is not known
  64   wrong usage, an unknown stack, nothing chosen
  70   a fault of this program
Those of \`rotate\` are those of \`rollout start\`; 1 also: it could not be written for all stacks.`;

const USER = {
  username: { type: "string", describe: "User name of the new account [default: the one that is there]" },
  secret: {
    choices: Object.keys(accountSecrets),
    default: "password",
    describe: "Which secret is a new one; those of `oauth2` are for relays that take tokens",
  },
} as const;

const { cwd, json, color, ...DATABASE } = COMMON;

const VERBS: readonly Verb[] = [
  [
    "rotate",
    "Write a new password or other secret, which is asked for or comes on stdin, and roll it out",
    { ...SELECTOR, ...USER, ...ACCOUNT, ...POLICY, ...YES, ...FILES, ...DATABASE },
  ],
  ["status", "Show which hosts have it, and whether the old one can be revoked", SELECTOR],
];

/** The command. */
export const CREDENTIALS: VerbCommand = {
  name: "credentials",
  does: "The passwords of many stacks: a new one, and who has it.",
  common: { cwd, json, color },
  verbs: VERBS,
  names: {},
  codes: CREDENTIALS_CODES,
  conflicts: { all: ["stack", "tag"], account: ["path"] },
  missing: "a verb is missing",
  check: (argv) => {
    checkPolicy(argv);
    refuseEmpty(argv, "username");
    checkAccount(argv);
  },
};

/** What can be done with them. */
export const credentialsVerbs: readonly string[] = VERBS.map(verbName);

/** Reads the arguments after `credentials`. */
export async function readCredentials(
  args: readonly string[],
  program: string,
  version: string,
): Promise<{ credentials: CredentialsRequest } | { text: string; code: number }> {
  const asked = await readVerb(CREDENTIALS, args, program, version);
  if ("text" in asked) return asked;
  const { verb, argv } = asked;
  const path = accountPath(argv);
  const secret = (text(argv.secret) ?? "password") as AccountSecret;
  const rollout = rolloutRequest("start", argv);
  return { credentials: { verb, path, secret, username: text(argv.username), rollout } };
}
