// The seam between Pulumi's inputs, some of which are known only during `pulumi up`, and the checks, which know nothing
// of Pulumi.

import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "../args/connection.ts";
import type { RelayArgs } from "../args/relay.ts";
import { LOGIN_USER } from "../settings/defaults.ts";
import { kindsIn, kindsOf, type LoginKinds } from "../settings/logins.ts";
import {
  type Checked,
  check,
  matchAccounts,
  type Parsed,
  parse,
  parseConnection,
  parseCredentials,
  parseMailboxes,
  parseSettings,
} from "../settings/parse.ts";
import type { Path, Problem } from "../settings/problems.ts";
import * as schema from "../settings/schema.ts";
import type { Connection, Credentials, Mailboxes, Settings } from "../settings/settings.ts";
import { hasLater, hasLaterPart, isLater, leadsToLater, publicPart, standsByLater, withoutLater } from "./outputs.ts";
import { parsedBefore } from "./parsed.ts";

/** Checks the arguments of one Relay as far as they are known. */
export function parseKnown(name: string, args: RelayArgs): Parsed {
  const before = args && parsedBefore(args);
  if (before) return before;
  const { connection, credentials, accounts, ...mail } = args ?? {};
  const isKnown = { settings: !hasLaterPart(mail, schema.relay), accounts: !hasLater([credentials, accounts]) };
  const parsed = parse(name, withoutLater(args ?? {}) as Record<string, unknown>, isKnown);
  const problems = parsed.problems.filter(({ path }) => !(leadsToLater(args, path) || mayHaveAnother(args, path)));
  const late = isLater(args?.gone) ? [{ path: ["gone"], reason: "is known too late; give a plain true or false" }] : [];
  return {
    problems: [...problems, ...late],
    settings: isKnown.settings ? parsed.settings : undefined,
    credentials: isKnown.accounts ? parsed.credentials : undefined,
    connection: hasLater(connection) ? undefined : parsed.connection,
    mailboxes: hasLater(mail.testDelivery) ? undefined : parsed.mailboxes,
  };
}

/** Whether the path is that of the password of an account, in whose place another secret may be given, known later. */
const mayHaveAnother = (args: RelayArgs, path: Path) =>
  /^(credentials|accounts)$/.test(String(path[0])) && path.at(-1) === "password" && standsByLater(args, path);

/** The problems of earlier owners that are given for a whole fleet, as far as they are known. */
export function formerlyProblems(formerly: RelayArgs["formerly"]): Problem[] {
  const { problems = [] } = check(schema.formerly, withoutLater(formerly), ["formerly"]);
  return problems.filter(({ path }) => !leadsToLater({ formerly }, path));
}

/** The arguments in groups, each checked as soon as it is known. None of them rejects. */
export interface CheckedInputs {
  /** All that is public. */
  readonly settings: pulumi.Output<Checked<Settings>>;
  /** How the host logs in with each account; public. */
  readonly kinds: pulumi.Output<LoginKinds>;
  /** The accounts; a secret. */
  readonly account: pulumi.Output<Checked<Credentials>>;
  /** The passwords of the mailboxes; a secret. */
  readonly mailboxes: pulumi.Output<Checked<Mailboxes>>;
  /** The connection to the host; a secret. */
  readonly access: pulumi.Output<Checked<Connection>>;
  /** The login user; public. */
  readonly user: pulumi.Output<string>;
}

/**
 * The checked arguments; those that were checked already are not checked again. An Output of a secret is a secret, so
 * they come in groups: main.cf, made from the public settings, stays readable in a preview.
 */
export function checkInputs(
  name: string,
  { connection, credentials, accounts, ...mail }: RelayArgs,
  parsed: Parsed,
): CheckedInputs {
  const settings: pulumi.Output<Checked<Settings>> = parsed.settings
    ? pulumi.output({ value: parsed.settings })
    : pulumi
        .output(publicPart(mail, schema.relay) as typeof mail)
        .apply((input): Checked<Settings> => parseSettings(name, input));
  const given: pulumi.Output<Checked<Credentials>> = parsed.credentials
    ? pulumi.secret({ value: parsed.credentials })
    : pulumi
        .all([pulumi.secret(credentials), pulumi.secret(accounts)])
        .apply(([main, others]): Checked<Credentials> => parseCredentials(main, others));
  const account =
    parsed.settings && parsed.credentials
      ? given
      : pulumi
          .all([settings, given])
          .apply(([mail, given]) => (mail.value && given.value ? matchAccounts(mail.value, given.value) : given));
  const access: pulumi.Output<Checked<Connection>> = parsed.connection
    ? pulumi.secret({ value: parsed.connection })
    : pulumi.secret(connection).apply((input): Checked<Connection> => parseConnection(input));
  const mailboxes: pulumi.Output<Checked<Mailboxes>> = parsed.mailboxes
    ? pulumi.secret({ value: parsed.mailboxes })
    : pulumi.secret(mail.testDelivery).apply((input): Checked<Mailboxes> => parseMailboxes(input));
  const kinds = parsed.credentials
    ? pulumi.output(kindsIn(parsed.credentials))
    : kindsOfAccounts({ credentials, accounts });
  return { settings, kinds, account, mailboxes, access, user: loginUser(connection) };
}

/** How the host logs in with accounts that are not known yet: which values there are decides, not what they are. */
function kindsOfAccounts(given: Pick<RelayArgs, "credentials" | "accounts">): pulumi.Output<LoginKinds> {
  const open = publicPart(given, schema.relay) as typeof given;
  return pulumi.output(open).apply(({ credentials, accounts }) => kindsOf(credentials, accounts));
}

/** The login user, which is public although the private key beside it is not. */
function loginUser(connection: RelayArgs["connection"]): pulumi.Output<string> {
  const open = publicPart(connection, schema.connection) as typeof connection;
  const user = isLater(open) ? pulumi.output(open).apply((open) => open?.user) : (open as ConnectionArgs).user;
  return pulumi.output(user).apply((user) => user ?? LOGIN_USER);
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;

/** Fails to compile when the documented arguments and the schema differ. */
true satisfies Same<Flat<pulumi.Unwrap<RelayArgs>>, Flat<schema.RelayInput>>;
