// The command line of `hostkey`: what may be written, and what was asked for.

import type { HostKeyRequest } from "./request.ts";
import { COMMON } from "./rollout-options.ts";
import { last, readVerb, refuseEmpty, text, type Verb, type VerbCommand, verbName } from "./verb-parser.ts";

/** What `--help` says of its exit codes. */
export const HOSTKEY_CODES = `Exit codes:
  0    the host shows the key of the stack file, or that was written
  1    it shows another one, or the stack file has none
  2    it does not answer, or cannot be asked
  64   wrong usage, an unknown stack or host; another key is there, and --replace is missing
  70   a fault of this program`;

const { cwd, json, color } = COMMON;

const VERBS: readonly Verb[] = [
  [
    "add <stack> <host>",
    "Fetch the host key, show its fingerprint, and write it into the stack file",
    {
      yes: { type: "boolean", describe: "Do not ask whether the fingerprint is right" },
      replace: { type: "boolean", describe: "With --yes: also where another key is there" },
    },
  ],
  ["check <stack> [host]", "Compare the keys that hosts show with those of the stack file", {}],
];

/** The command. */
export const HOSTKEY: VerbCommand = {
  name: "hostkey",
  does: "The host keys in the files of stacks: `connection.hostKey`.",
  common: { cwd, json, color },
  verbs: VERBS,
  names: {
    stack: { type: "string", describe: "Name of the stack" },
    host: { type: "string", describe: "Name of the host in `postfix-relay:hosts`" },
  },
  codes: HOSTKEY_CODES,
  conflicts: {},
  missing: "name a stack, and a host of it: `postfix-relay hostkey add STACK HOST`, `hostkey check STACK [HOST]`",
  check: (argv) => refuseEmpty(argv, "cwd", "stack", "host"),
};

/** What can be done with them. */
export const hostkeyVerbs: readonly string[] = VERBS.map(verbName);

/** Reads the arguments after `hostkey`. */
export async function readHostKey(
  args: readonly string[],
  program: string,
  version: string,
): Promise<{ hostkey: HostKeyRequest } | { text: string; code: number }> {
  const asked = await readVerb(HOSTKEY, args, program, version);
  if ("text" in asked) return asked;
  const { verb, argv } = asked;
  return {
    hostkey: {
      verb,
      stack: text(argv.stack) ?? "",
      host: text(argv.host),
      cwd: String(last(argv.cwd)),
      replace: Boolean(argv.replace),
      yes: Boolean(argv.yes),
      json: Boolean(argv.json),
      color: last(argv.color) as boolean | undefined,
    },
  };
}
