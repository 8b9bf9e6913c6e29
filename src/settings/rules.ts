// Contradictions between valid values, found before a host is touched. What only the host can know is checked there.

import type { Problem } from "./problems.ts";
import { loginRules } from "./rules/account.ts";
import { hostRules } from "./rules/host.ts";
import { inboxRules } from "./rules/inbox.ts";
import { mailRules } from "./rules/mail.ts";
import { ownedProblems } from "./rules/owned.ts";
import { relayHostRules } from "./rules/relay-host.ts";
import type { AccountRule, Rule } from "./rules/rule.ts";
import { tlsRules } from "./rules/tls.ts";
import { tokenRules } from "./rules/tokens.ts";
import type { Credentials, Settings } from "./settings.ts";

/** The rules about what is public. */
export const rules: readonly Rule[] = [...relayHostRules, ...tlsRules, ...mailRules, ...inboxRules, ...hostRules];

/** The rules about accounts, and whether they fit what is public. */
export const accountRules: readonly AccountRule[] = [...loginRules, ...tokenRules];

const problemsOf = <T extends unknown[]>(rules: readonly Rule<T>[], ...given: T): Problem[] =>
  rules.flatMap(({ finds, message, change }) =>
    finds(...given).map((path) => ({ path, reason: `${message}; ${change}` })),
  );

/** The problems between public values. */
export const brokenRules = (settings: Settings): Problem[] => [
  ...problemsOf(rules, settings),
  ...ownedProblems(settings.mainCf),
];

/** The problems between the accounts and the relay hosts. */
export const accountProblems = (settings: Settings, credentials: Credentials): Problem[] =>
  problemsOf(accountRules, settings, credentials);
