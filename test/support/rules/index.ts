// What each rule refuses, at which path, and what is close to it and can work: a file for each one of
// src/settings/rules.
import { accounts } from "./account.ts";
import type { Cases } from "./case.ts";
import { host } from "./host.ts";
import { inboxes } from "./inbox.ts";
import { mail } from "./mail.ts";
import { relayHost } from "./relay-host.ts";
import { tls } from "./tls.ts";
import { tokens } from "./tokens.ts";

export type { Case } from "./case.ts";

/** By the id of the rule. */
export const cases: Cases = { ...relayHost, ...tls, ...mail, ...inboxes, ...host, ...accounts, ...tokens };
