import { z } from "zod";
import { OwnDomainMail, Rotation, TlsLevel } from "./args.ts";
import { caCertificate, hostKey, privateKey } from "./fields/keys.ts";
import { listOf, object, oneOf, text, wholeNumber } from "./fields/kinds.ts";
import { fullName, loginUser, mailAddress, port, relayName, sshHost } from "./fields/names.ts";
import { mechanism, saslPassword, saslUser } from "./fields/sasl.ts";
import type { Problem } from "./problems.ts";
import { rules } from "./rules.ts";

const login = {
  host: sshHost,
  port: port.default(22),
  user: loginUser.default("root"),
  hostKey,
  privateKey: privateKey.optional(),
  privateKeyPassword: text({ allowed: "give the passphrase of `privateKey`", secret: true }).optional(),
  agentSocketPath: text({ allowed: "give the path of the agent's socket" }).optional(),
};
const connection = object({
  ...login,
  proxy: object(login).optional(),
  dialErrorLimit: wholeNumber("a number of further attempts", 0, 1000).optional(),
});

const credentials = object({ username: saslUser, password: saslPassword });

const mail = {
  domain: fullName("give the domain this host belongs to, such as example.com"),
  hostname: fullName("give the host's full name, such as web-1.example.com").optional(),
  relayHost: object({ host: relayName, port: port.default(587) }),
  ownDomainMail: oneOf(OwnDomainMail).default("relay"),
  tls: object({ level: oneOf(TlsLevel).default("secure") }).default({ level: "secure" }),
  mechanisms: listOf(mechanism, "name at least one mechanism, or leave it out").optional(),
  rotation: oneOf(Rotation).default("overlap"),
  caCertificate: caCertificate.optional(),
  testDelivery: object({
    to: mailAddress,
    from: mailAddress.optional(),
    timeoutSeconds: wholeNumber("a time in seconds", 5, 600).default(60),
  }),
};

/** The names of all arguments of a Relay. */
export const argumentNames = ["connection", "credentials", ...Object.keys(mail)];

const settings = object(mail, argumentNames);
const named = z.object({ hostname: mail.hostname });

/** All arguments of a Relay, as the schema has them. The compiler compares them with RelayArgs, in inputs.ts. */
export type RelayInput = z.input<typeof settings> & {
  connection: z.input<typeof connection>;
  credentials: z.input<typeof credentials>;
};

/** How to log in, checked. */
export type Connection = z.output<typeof connection>;

/** The account at the relay host, checked. */
export type Credentials = z.output<typeof credentials>;

/** All that is public about a Relay: checked, with defaults filled in. */
export type Settings = ReturnType<typeof withDefaults>;

/** A checked value, or what is wrong with it. */
export type Checked<T> = { value: T; problems?: undefined } | { value?: undefined; problems: Problem[] };

function check<T extends z.ZodType>(schema: T, input: unknown, at: string[] = []): Checked<z.output<T>> {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data };
  return {
    problems: result.error.issues.flatMap((issue) => {
      const path = [...at, ...issue.path] as Problem["path"];
      if (issue.code !== "unrecognized_keys") return [{ path, reason: issue.message }];
      return issue.keys.map((key) => ({ path: [...path, key], reason: issue.message }));
    }),
  };
}

/** Checks the name of the Relay, which goes into comments and messages on the host. */
const checkName = (input: unknown): Checked<string> =>
  check(text({ allowed: "give the Relay a name" }), input, ["name"]);

/** Checks how to log in. */
export const checkConnection = (input: unknown): Checked<Connection> => check(connection, input, ["connection"]);

/** Checks the account. */
export const checkCredentials = (input: unknown): Checked<Credentials> => check(credentials, input, ["credentials"]);

/** Checks all that is public; the name of the Relay is needed for the name of the host. */
export function checkSettings(name: string, input: unknown): Checked<Settings> {
  const { value, problems } = check(settings, input);
  if (problems) return { problems };
  const full = withDefaults(name, value);
  const wrong = check(named, full).problems ?? broken(full);
  return wrong.length > 0 ? { problems: wrong } : { value: full };
}

/** All that is wrong with the arguments of a Relay. */
export function problemsOf(name: string, args: Record<string, unknown>): Problem[] {
  const { connection, credentials, ...mail } = args;
  const checks = [
    checkName(name),
    checkConnection(connection),
    checkCredentials(credentials),
    checkSettings(name, mail),
  ];
  return checks.flatMap(({ problems = [] }) => problems);
}

function withDefaults(name: string, value: z.output<typeof settings>) {
  const hostname = value.hostname ?? `${name}.${value.domain}`;
  const testDelivery = { ...value.testDelivery, from: value.testDelivery.from ?? `root@${hostname}` };
  return { ...value, hostname, testDelivery };
}

const broken = (value: Settings): Problem[] =>
  rules
    .filter(({ when }) => when(value))
    .map(({ path, message, change }) => ({ path, reason: `${message}; ${change}` }));
