// The five steps on a host: their commands, and what each reads on its stdin.

import { digest, type Files, secretFiles } from "../postfix/generation.ts";
import { nextHop } from "../postfix/next-hop.ts";
import { routes } from "../postfix/routes.ts";
import { secondsOf } from "../settings/fields/duration.ts";
import type { Credentials, Settings } from "../settings/settings.ts";
import { type StepName, TOOL, tool } from "./command.ts";
import { type Field, payload } from "./payload.ts";
import { broughtInstaller, installer } from "./tool.ts";

/** The Relay that a step works for. */
export interface Origin {
  /** Project, stack and name of the Relay: a host has one owner. */
  readonly owner: string;
  /** URN of the Relay: of two that one owner had, one after the other, the newer one counts. */
  readonly resource: string;
  /** Earlier owners, which this one may follow. */
  readonly formerly: readonly string[];
}

/** A command on the host. It is a short constant, since errors, logs and `ps` show it; all data goes to its stdin. */
interface Command<Suffix = StepName> {
  /** The end of its name, which an operator sees in a preview. */
  readonly suffix: Suffix;
  /** The command for create and for update. */
  readonly create: (user: string) => string;
  /** The command that undoes it. */
  readonly delete?: (user: string) => string;
}

/** A step whose stdin everybody may read; a preview shows how it changes. */
interface PublicStep extends Command {
  /** The stdin of both commands; `files` are the public ones, rendered once for all steps. */
  readonly stdin: (origin: Origin, settings: Settings, files: Files) => string;
}

/** A step whose stdin holds a secret, or is made from one: all of it is secret, and a preview shows nothing of it. */
interface SecretStep extends Command {
  /** The stdin of both commands. */
  readonly secretStdin: (origin: Origin, settings: Settings, files: Files, credentials: Credentials) => string;
}

/** A step whose stdin the program finds out while it runs; everybody may read it. */
export interface ToldStep extends Command<"inbox"> {
  /** The stdin of both commands. */
  readonly toldStdin: (origin: Origin, found: FoundMessage) => string;
}

/** What was found in a mailbox. */
export interface FoundMessage {
  /** The word in the subject of the message that was looked for. */
  readonly token: string;
  /** What has become of it, as JSON. */
  readonly text: string;
  /** Why the step fails, and what to do, where that is not enough. */
  readonly refusal?: { readonly why: string; readonly todo: string };
}

/** A command with its stdin. */
export type Step = PublicStep | SecretStep;

/** One of any kind. */
export type AnyStep = Step | ToldStep;

/** Without the tool there is nothing to undo, except for `restore packages`, which brings the tool along. */
const undo = (verb: string) => (user: string) => `[ ! -e ${TOOL} ] || ${tool(verb)(user)}`;

const sentBy = ({ owner, resource, formerly }: Origin): Field[] => [
  ["owner", owner],
  ["resource", resource],
  ...formerly.map((earlier): Field => ["formerly", earlier]),
];

/** The generation to start. The digest of all files is secret, since it would confirm a guess of the password. */
const generation = (origin: Origin, settings: Settings, files: Files, credentials: Credentials): Field[] => [
  ...sentBy(origin),
  ["digest", digest({ ...files, ...secretFiles(settings, credentials) })],
  ["replace", settings.replaceMailServer ? "yes" : "no"],
  ["rotation", settings.rotation],
];

/** The test delivery that proves it. */
const proof = (settings: Settings): Field[] => [
  ["from", settings.testDelivery.from],
  ["to", settings.testDelivery.to],
  ["timeout", settings.testDelivery.timeoutSeconds],
  ["relay", nextHop(settings.relayHost)],
  ["hostname", settings.hostname],
  // A message that is looked for is one that was sent for that.
  ...(settings.testDelivery.inbox ? [["inbox", "yes"] as Field] : []),
  ...routes(settings).map(({ kind, from, via, label }): Field => ["route", `${kind} ${from} ${via} ${label}`]),
];

/** What the host tells a monitoring system. */
const monitored = (monitoring: Settings["monitoring"]): Field[] => {
  if (!monitoring) return [];
  const every = secondsOf(monitoring.probe ?? "");
  return [["textfile", monitoring.textfile], ...(every ? [["probe-every", every] as Field] : [])];
};

const installation = (origin: Origin, { monitoring, tokenLogins }: Settings): string =>
  payload([
    ...sentBy(origin),
    ...monitored(monitoring),
    ...(tokenLogins.length > 0 ? [["tokens", "yes"] as Field] : []),
  ]);

/** Puts the tool in place, which is in its stdin, and installs Postfix. */
export const packages: PublicStep = {
  suffix: "packages",
  create: () => "sh -s install",
  delete: () => "sh -s restore packages",
  stdin: (origin, settings) => installer(installation(origin, settings)),
};

/** The same, with a tool that was brought before. */
export const packagesBrought: PublicStep = {
  ...packages,
  stdin: (origin, settings) => broughtInstaller(installation(origin, settings)),
};

/** Stages main.cf and the public maps. */
export const mainCf: PublicStep = {
  suffix: "main-cf",
  create: tool("stage main-cf"),
  delete: undo("restore main-cf"),
  stdin: (origin, _, files) => payload(sentBy(origin), files),
};

/** Stages the passwords. */
export const saslPasswd: SecretStep = {
  suffix: "sasl-passwd",
  create: tool("stage sasl-passwd"),
  delete: undo("restore sasl-passwd"),
  secretStdin: (origin, settings, _, credentials) => payload(sentBy(origin), secretFiles(settings, credentials)),
};

/** Starts what is staged, beside the Postfix that runs. */
export const service: SecretStep = {
  suffix: "service",
  create: tool("start"),
  delete: undo("restore service"),
  secretStdin: (...given) => payload(generation(...given)),
};

/** Proves what was started, and puts it in place of what ran. */
export const delivery: SecretStep = {
  suffix: "delivery",
  create: tool("deliver"),
  secretStdin: (origin, settings, files, credentials) =>
    payload([...generation(origin, settings, files, credentials), ...proof(settings)]),
};

/** Keeps what was found in the mailbox. Only some have this step, and no drift repairs it. */
export const inbox: ToldStep = {
  suffix: "inbox",
  create: tool("seen"),
  delete: undo("restore inbox"),
  toldStdin: (origin, { token, text, refusal }) =>
    payload([
      ...sentBy(origin),
      ["token", token],
      ["found", text],
      ...(refusal ? [["refuse", refusal.why] as Field, ["todo", refusal.todo] as Field] : []),
    ]),
};

/** The steps in their order. */
export const steps: readonly Step[] = [packages, mainCf, saslPasswd, service, delivery];
