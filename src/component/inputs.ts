// The seam between Pulumi's inputs, some of which are known only during `pulumi up`, and the checks, which know nothing of
// Pulumi.

import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "../args/connection.ts";
import type { RelayArgs } from "../args/relay.ts";
import { LOGIN_USER } from "../settings/defaults.ts";
import {
  type Checked,
  check,
  matchAccounts,
  type Parsed,
  parse,
  parseConnection,
  parseCredentials,
  parseSettings,
} from "../settings/parse.ts";
import type { Problem } from "../settings/problems.ts";
import * as schema from "../settings/schema.ts";
import type { Connection } from "../settings/settings.ts";
import { refuse } from "./invalid-args.ts";
import { examined } from "./looks.ts";
import { hasLater, isLater, leadsToLater, plain, publicPart } from "./outputs.ts";
import { parsedBefore } from "./parsed.ts";

/** What is already known of the arguments of one Relay, and what is wrong with it. */
export function known(name: string, args: RelayArgs): Parsed {
  const before = args && parsedBefore(args);
  if (before) return before;
  const { connection, credentials, accounts, ...mail } = args ?? {};
  const isKnown = { settings: !hasLater(mail), accounts: !hasLater(accounts) };
  const parsed = parse(name, plain(args ?? {}) as Record<string, unknown>, isKnown);
  const problems = parsed.problems.filter(({ path }) => !leadsToLater(args, path));
  const late = isLater(args?.gone) ? [{ path: ["gone"], reason: "is known too late; give a plain true or false" }] : [];
  return {
    problems: [...problems, ...late],
    settings: isKnown.settings ? parsed.settings : undefined,
    credentials: hasLater(credentials) || !isKnown.accounts ? undefined : parsed.credentials,
    connection: hasLater(connection) ? undefined : parsed.connection,
  };
}

/** What is already known to be wrong with earlier owners that are given for a whole fleet. */
export function formerlyProblems(formerly: RelayArgs["formerly"]): Problem[] {
  const { problems = [] } = check(schema.formerly, plain(formerly), ["formerly"]);
  return problems.filter(({ path }) => !leadsToLater({ formerly }, path));
}

/** What SSH says much later as "attempted methods [none]". A preview in a pipeline may do without a key. */
const KEYLESS =
  "there is no key to log in with: start an SSH agent (SSH_AUTH_SOCK is not set here), or set privateKey as a secret";

/** Whether there is nothing to log in with. */
export const isKeyless = ({ privateKey, agentSocketPath }: Connection) =>
  !privateKey && !agentSocketPath && !process.env.SSH_AUTH_SOCK;

/**
 * The checked arguments, each as soon as it is known; what is known already is not checked again. What is made from a
 * secret is a secret, so they come in groups: main.cf, made from the public settings, stays readable in a preview.
 */
export function resolved(
  name: string,
  { connection, credentials, accounts, ...mail }: RelayArgs,
  known: Parsed,
  taken: (connection: Connection) => Problem[],
) {
  const right = <T>({ value, problems }: Checked<T>): T => {
    refuse(`Relay ${name}`, problems ?? []);
    return value as T;
  };
  const settings = (
    known.settings
      ? pulumi.output(known.settings)
      : pulumi.output(publicPart(mail, schema.relay) as typeof mail).apply((input) => right(parseSettings(name, input)))
  ).apply((settings) => examined(name, settings));
  const accountsGiven = known.credentials
    ? pulumi.secret(known.credentials)
    : pulumi
        .all([pulumi.secret(credentials), pulumi.secret(accounts)])
        .apply(([main, others]) => right(parseCredentials(main, others)));
  const account =
    known.settings && known.credentials
      ? accountsGiven
      : pulumi.all([settings, accountsGiven]).apply(([mail, given]) => right(matchAccounts(mail, given)));
  const access = (
    known.connection
      ? pulumi.secret(known.connection)
      : pulumi.secret(connection).apply((input) => right(parseConnection(input)))
  ).apply((access) => {
    refuse(`Relay ${name}`, taken(access));
    if (isKeyless(access) && !mail.gone) pulumi.log.warn(`Relay ${name}: connection: ${KEYLESS}`);
    return access;
  });
  return {
    settings,
    account,
    access,
    user: loginUser(connection),
    allChecked: pulumi.all([settings, account, access]),
  };
}

/** The login user, which is public although the private key beside it is not. */
function loginUser(connection: RelayArgs["connection"]): pulumi.Output<string> {
  const open = publicPart(connection, schema.connection) as typeof connection;
  const user = isLater(open) ? pulumi.output(open).apply(({ user }) => user) : (open as ConnectionArgs).user;
  return pulumi.output(user).apply((user) => user ?? LOGIN_USER);
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;

/** Fails to compile when the documented arguments and the schema differ. */
true satisfies Same<Flat<pulumi.Unwrap<RelayArgs>>, Flat<schema.RelayInput>>;
