// The seam between Pulumi's inputs, some of which are known only during `pulumi up`, and the checks, which know nothing
// of Pulumi.

import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./args/connection.ts";
import type { RelayArgs } from "./args.ts";
import { refuse } from "./invalid-args.ts";
import { mxProblem } from "./mx-check.ts";
import { type Problem, problemText } from "./problems.ts";
import type { RelayInput } from "./schema.ts";
import { isSecret } from "./secrets.ts";
import {
  type Checked,
  type Connection,
  checkAccounts,
  checkConnection,
  checkCredentials,
  checkFormerly,
  checkSettings,
  problemsOf,
  type Settings,
} from "./settings.ts";

const isLater = (value: unknown) => pulumi.Output.isInstance(value) || value instanceof Promise;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The same value without what only an Output or a Promise will tell. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (isLater(value) || !isObject(value)) return isLater(value) ? undefined : value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

function hasLater(value: unknown): boolean {
  return isLater(value) || (isObject(value) && Object.values(value).some(hasLater));
}

function leadsToLater(value: unknown, [key, ...rest]: Problem["path"]): boolean {
  return isLater(value) || (key !== undefined && isObject(value) && leadsToLater(value[key], rest));
}

/** What is already known to be wrong with the arguments of one Relay. */
export function problemsNow(name: string, args: RelayArgs): Problem[] {
  const known = plain(args ?? {}) as Record<string, unknown>;
  const { connection, credentials, ...others } = args ?? {};
  const problems = problemsOf(name, known, !hasLater(others)).filter(({ path }) => !leadsToLater(args, path));
  return isLater(args?.gone)
    ? [...problems, { path: ["gone"], reason: "comes too late; give a plain true or false" }]
    : problems;
}

/** What is already known to be wrong with earlier owners that are given for a whole fleet. */
export function formerlyProblems(formerly: RelayArgs["formerly"]): Problem[] {
  return checkFormerly(plain(formerly)).problems?.filter(({ path }) => !leadsToLater({ formerly }, path)) ?? [];
}

const HOLDS_SECRETS = /^(connection|proxy|credentials|accounts)$/;

/** The arguments as they go into the state: passwords and keys are secrets there, however the caller wrote them. */
export function sealed<T>(value: T, key = ""): T {
  if (value === undefined) return value;
  if (isSecret(key) || (HOLDS_SECRETS.test(key) && isLater(value))) return pulumi.secret(value) as T;
  if (Array.isArray(value)) return value.map((entry) => sealed(entry)) as T;
  if (isLater(value) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, sealed(entry, name)])) as T;
}

/**
 * The connection of a step. The first one tries once: a wrong key, which stays wrong, must not end in a ban by fail2ban.
 * Through a bastion it cannot, since sshd drops connections there when there are many.
 */
function dialled({ dialErrorLimit, proxy, ...direct }: Connection, isFirst: boolean) {
  const limits = { dialErrorLimit: dialErrorLimit ?? (isFirst && !proxy ? 0 : 3), perDialTimeout: 15 };
  return { ...direct, ...limits, proxy: proxy && { ...proxy, ...limits } };
}

/** What SSH says much later as "attempted methods [none]". A preview in a pipeline may do without a key. */
const KEYLESS =
  "there is no key to log in with: start an SSH agent (SSH_AUTH_SOCK is not set here), or set privateKey as a secret";

const isKeyless = ({ privateKey, agentSocketPath }: Connection) =>
  !privateKey && !agentSocketPath && !process.env.SSH_AUTH_SOCK;

/**
 * The checked arguments, each as soon as it is known. What is made from a secret is a secret, so they come in groups:
 * main.cf, made from the public settings, stays readable in a preview.
 */
export function resolved(
  name: string,
  { connection, credentials, accounts, ...mail }: RelayArgs,
  taken: (connection: unknown) => Problem[],
) {
  const checked = <T>({ value, problems }: Checked<T>): T => {
    refuse(`Relay ${name}`, problems ?? []);
    return value as T;
  };
  const settings = pulumi.output(mail).apply((input) => withMxCheck(name, checked(checkSettings(name, input))));
  const account = pulumi
    .all([settings, pulumi.secret(credentials), pulumi.secret(accounts)])
    .apply(([mail, main, others]) => checked(checkAccounts(mail, checked(checkCredentials(main, others)))));
  const access = pulumi.secret(connection).apply((input) => {
    const known = checked(checkConnection(input));
    refuse(`Relay ${name}`, taken(known));
    if (isKeyless(known) && !mail.gone) pulumi.log.warn(`Relay ${name}: connection: ${KEYLESS}`);
    return known;
  });
  const login = (isFirst: boolean) => access.apply((checked) => dialled(checked, isFirst));
  return { settings, account, login, user: loginUser(connection), allChecked: pulumi.all([settings, account, access]) };
}

/** The settings, after a look at the MX record of the domain: a warning, or an error on request. */
export async function withMxCheck(name: string, settings: Settings, look = mxProblem): Promise<Settings> {
  const problem = await look(settings);
  if (problem && settings.mxCheck === "error") refuse(`Relay ${name}`, [problem]);
  if (problem) pulumi.log.warn(problemText(`Relay ${name}`, [problem]));
  return settings;
}

/** The login user, without the secrecy of the private key beside it. */
function loginUser(connection: RelayArgs["connection"]): pulumi.Output<string> {
  const user = isLater(connection)
    ? pulumi.output(connection).apply(({ user }) => user)
    : pulumi.output((connection as ConnectionArgs).user);
  return user.apply((user) => user ?? "root");
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;

/** Fails to compile when the documented arguments and the schema differ. */
true satisfies Same<Flat<pulumi.Unwrap<RelayArgs>>, Flat<RelayInput>>;
