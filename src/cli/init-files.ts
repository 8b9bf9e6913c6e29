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

/** The arguments of the Relay, without its password. */
export function argumentsOf({ address, hostKey, domain, relay, username, to }: Answers) {
  return {
    domain,
    ...(Object.hasOwn(providers, relay) ? { provider: relay } : { relayHost: relayHostOf(relay) }),
    credentials: { username },
    testDelivery: { to },
    connection: { ...loginOf(address), hostKey },
  };
}

function relayHostOf(relay: string) {
  const [, host = relay, port] = /^(.*?)(?::(\d+))?$/.exec(relay) ?? [];
  return { host, ...(port && { port: Number(port) }) };
}

/** What is wrong with the answers: each with the name of what was asked. */
export function wrongAnswers(answers: Answers): string[] {
  const { credentials, ...others } = argumentsOf(answers);
  const { problems } = parse(answers.name, { ...others, credentials: { ...credentials, password: "not asked for" } });
  const of = ({ path: [first, second] }: Problem) =>
    ({ connection: "address", credentials: "username", testDelivery: "to", provider: "relay", relayHost: "relay" })[
      String(first)
    ] ?? (second === undefined ? String(first) : pathText([String(first), second]));
  // Without a dot it is a mistyped provider rather than a host.
  const isMistyped = !answers.relay.includes(".") && !Object.hasOwn(providers, answers.relay);
  const meant = isMistyped ? didYouMean(answers.relay, Object.keys(providers)) : "";
  return problems.map((problem) => `--${of(problem)}: ${of(problem) === "relay" ? meant : ""}${problem.reason}`);
}

/** The files by their names; none of them holds a secret. */
export function filesFor(project: string, stack: string, answers: Answers, version: string): Record<string, string> {
  const { connection, ...common } = argumentsOf(answers);
  const lines = Object.entries(common).map(([key, value]) => `  postfix-relay:${key}: ${JSON.stringify(value)}\n`);
  return {
    "Pulumi.yaml": `name: ${project}\ndescription: Mail of these hosts leaves through an authenticated relay host\nruntime: { name: nodejs, options: { typescript: false } }\n`,
    "index.js": 'module.exports = require("postfix-relay/stack");\n',
    [`Pulumi.${stack}.yaml`]: `config:\n${lines.join("")}  postfix-relay:hosts:\n    - name: ${JSON.stringify(answers.name)}\n      connection: ${JSON.stringify(connection)}\n`,
    ".gitignore": "node_modules/\n",
    "package.json": `${JSON.stringify(
      {
        name: project,
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
export const nextSteps = (stack: string): string => `\
Next:
  npm install
  pulumi stack init ${stack}      # without a backend yet: pulumi login --local
  pulumi config set --secret --path postfix-relay:credentials.password
  pulumi up
`;
