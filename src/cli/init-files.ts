// The files of a new project, from the answers to a few questions.

import { providers } from "../providers/providers.ts";
import { didYouMean } from "../settings/nearest.ts";
import { parse } from "../settings/parse.ts";
import { type Problem, pathText } from "../settings/problems.ts";

/** What is asked. */
export interface Answers {
  /** USER@HOST:PORT; without a user root, without a port 22. */
  readonly address: string;
  readonly hostKey: string;
  /** Name of the host in the project. */
  readonly name: string;
  readonly domain: string;
  /** Name of a provider, or HOST:PORT. */
  readonly relay: string;
  readonly username: string;
  /** Who gets the test message. */
  readonly to: string;
}

/** A login that was written as USER@HOST:PORT; an IPv6 address with a port stands in brackets. */
export function loginOf(address: string): { host: string; port?: number; user?: string } {
  const [, user, host = "", port] = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:]+|[^[]*:.*:.*?)(?::(\d+))?$/.exec(address) ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ""),
    ...(port && { port: Number(port) }),
    ...(user && user !== "root" && { user }),
  };
}

/** The arguments of the Relay, without its password; `extra` are further ones. */
export function argumentsOf({ address, hostKey, domain, relay, username, to }: Answers, extra: Extra = {}) {
  return {
    domain,
    ...(Object.hasOwn(providers, relay) ? { provider: relay } : { relayHost: relayHostOf(relay) }),
    credentials: username ? { username } : {},
    ...extra,
    testDelivery: { to },
    connection: { ...loginOf(address), hostKey },
  };
}

/** Arguments that nobody is asked for. */
export type Extra = Readonly<Record<string, unknown>>;

/** Whether the provider has a user name that need not be given. */
export const hasUsername = (relay: string | undefined): boolean =>
  Object.hasOwn(providers, relay ?? "") && providers[relay as keyof typeof providers].username === "password";

function relayHostOf(relay: string) {
  const [, host = relay, port] = /^(.*?)(?::(\d+))?$/.exec(relay) ?? [];
  return { host, ...(port && { port: Number(port) }) };
}

/** Arguments of which each entry stands for itself. */
const COLLECTIONS = ["accounts", "senders", "senderDependent", "limits"];

/** Further arguments without what cannot be used of them, and why it cannot. */
export function usableExtra(answers: Answers, extra: Extra): { usable: Extra; problems: readonly Problem[] } {
  const wrong = problemsOf(answers, extra).filter(({ path: [key] }) => Object.hasOwn(extra, String(key)));
  if (wrong.length === 0) return { usable: extra, problems: [] };
  const usable: Record<string, unknown> = { ...extra };
  for (const { path } of wrong) {
    const [key = "", entry = ""] = path.map(String);
    const { [entry]: _, ...others } = (usable[key] ?? {}) as Record<string, unknown>;
    if (COLLECTIONS.includes(key) && Object.keys(others).length > 0) usable[key] = others;
    else delete usable[key];
  }
  // What one of them was needed for may be wrong without it.
  const rest = usableExtra(answers, usable);
  return { usable: rest.usable, problems: [...wrong, ...rest.problems] };
}

function problemsOf(answers: Answers, extra: Extra): readonly Problem[] {
  const { credentials, ...others } = argumentsOf(answers, extra);
  const password = "not asked for";
  const accounts = Object.entries((extra.accounts ?? {}) as Record<string, object>);
  return parse(answers.name, {
    ...others,
    credentials: { ...credentials, password },
    ...(accounts.length > 0 && {
      accounts: Object.fromEntries(accounts.map(([key, one]) => [key, { ...one, password }])),
    }),
  }).problems;
}

/** What is wrong with the answers: each with the name of what was asked. */
export function wrongAnswers(answers: Answers, extra: Extra = {}): string[] {
  const problems = problemsOf(answers, extra);
  const of = ({ path: [first, second] }: Problem) =>
    ({ connection: "address", credentials: "username", testDelivery: "to", provider: "relay", relayHost: "relay" })[
      String(first)
    ] ?? (second === undefined ? String(first) : pathText([String(first), second]));
  // Without a dot it is a mistyped provider rather than a host.
  const isMistyped = !answers.relay.includes(".") && !Object.hasOwn(providers, answers.relay);
  const meant = isMistyped ? didYouMean(answers.relay, Object.keys(providers)) : "";
  return problems.map((problem) => `--${of(problem)}: ${of(problem) === "relay" ? meant : ""}${problem.reason}`);
}

/** A project that is to be written. */
export interface NewProject {
  readonly name: string;
  readonly stack: string;
  readonly answers: Answers;
  readonly extra: Extra;
  /** What of a Postfix that was set up by hand has no place, a line each. */
  readonly left: readonly string[];
}

/** The files by their names; none of them holds a secret. */
export function filesFor(project: NewProject, version: string): Record<string, string> {
  const { name, stack, answers, extra, left } = project;
  const { connection, ...common } = argumentsOf(answers, extra);
  const lines = Object.entries(common).map(([key, value]) => `  postfix-relay:${key}: ${JSON.stringify(value)}\n`);
  return {
    "Pulumi.yaml": `name: ${name}\ndescription: Mail of these hosts leaves through an authenticated relay host\nruntime: { name: nodejs, options: { typescript: false } }\n`,
    "index.js": 'module.exports = require("postfix-relay/stack");\n',
    [`Pulumi.${stack}.yaml`]: `config:\n${lines.join("")}  postfix-relay:hosts:\n    - name: ${JSON.stringify(answers.name)}\n      connection: ${JSON.stringify(connection)}\n${left.map((line) => `# Not taken over: ${line}\n`).join("")}`,
    ".gitignore": "node_modules/\n",
    "package.json": `${JSON.stringify(
      {
        name,
        private: true,
        // By name too: pnpm shows a project only what it asks for, and Pulumi looks for its SDK there.
        dependencies: { "@pulumi/pulumi": "^3.270.0", "postfix-relay": `^${version}` },
      },
      null,
      2,
    )}\n`,
  };
}

/** What to do next, as commands for a shell. */
export const nextSteps = (stack: string, { accounts = {} }: Extra, install: string): string => `\
Next:
  ${install}
  pulumi stack init ${stack}      # without a backend yet: pulumi login --local
  pulumi config set --secret --path postfix-relay:credentials.password
${Object.keys(accounts as object)
  .map((key) => `  pulumi config set --secret --path 'postfix-relay:accounts["${key}"].password'\n`)
  .join("")}  pulumi up
`;
