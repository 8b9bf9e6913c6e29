// The options that name an account in the configuration of a stack.

import { type Path, pathIn } from "../settings/problems.ts";
import { isAccountPath } from "../stack/account.ts";
import { fail, refuseEmpty, text } from "./verb-parser.ts";

/** The options; one excludes the other. */
export const ACCOUNT = {
  account: { type: "string", describe: "Relay host or sender of `accounts`, in place of the main account" },
  path: { type: "string", describe: "Where the account stands, such as hosts[0].credentials [default: credentials]" },
} as const;

/** The path of the account that is meant; undefined where the text is none of an account. */
function pathOf(argv: Record<string, unknown>): Path | undefined {
  const [account, given] = [text(argv.account), text(argv.path)];
  if (account !== undefined) return ["accounts", account];
  const path = pathIn((given ?? "credentials").replace(/^postfix-relay:/, ""));
  return path && isAccountPath(path) ? path : undefined;
}

/** The path of the account; that of the main one if no option names another. */
export const accountPath = (argv: Record<string, unknown>): Path => pathOf(argv) ?? ["credentials"];

/** Ends the parser where an option names no account. */
export function checkAccount(argv: Record<string, unknown>): void {
  refuseEmpty(argv, "account", "path");
  if (argv.path !== undefined && !pathOf(argv))
    fail(argv, "path", 'which is no account; give credentials, accounts["KEY"] or hosts[0].credentials');
}
