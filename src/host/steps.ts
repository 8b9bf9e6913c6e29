import { digest, envelope, type Field, publicFiles, secretFiles } from "../postfix/generation.ts";
import { nextHop } from "../postfix/next-hop.ts";
import { ways } from "../postfix/ways.ts";
import type { Credentials, Settings } from "../settings/parse.ts";
import { installer } from "./tool.ts";

/** Who tells the host what to do. */
export interface Origin {
  /** Project, stack and name of the Relay: a host has one owner. */
  readonly owner: string;
  /** URN of the Relay: of two that one owner had, one after the other, the newer one counts. */
  readonly resource: string;
  /** Earlier owners, which this one may follow. */
  readonly formerly: readonly string[];
}

/** One command on the host. The data goes to its stdin: errors, logs and `ps` show the command itself. */
interface Command {
  /** What an operator sees behind the Relay's name in a preview. */
  readonly suffix: "packages" | "main-cf" | "sasl-passwd" | "service" | "delivery";
  /** The command that does it, for create and for update. */
  readonly create: (user: string) => string;
  /** The command that undoes it. */
  readonly delete?: (user: string) => string;
}

interface PublicStep extends Command {
  /** The stdin of both; a preview shows how it changes. */
  readonly stdin: (origin: Origin, settings: Settings) => string;
}

interface SecretStep extends Command {
  /** The stdin of both, with something in it that tells about the password. */
  readonly secretStdin: (origin: Origin, settings: Settings, credentials: Credentials) => string;
}

/** A command with what goes to its stdin. */
export type Step = PublicStep | SecretStep;

const TOOL = "/usr/local/sbin/postrelay";

const tool = (verb: string) => (user: string) => `${user === "root" ? "" : "sudo -n "}${TOOL} ${verb}`;

/** Without the tool there is nothing of ours to undo; what is left, `restore packages` finds, which brings its own. */
const undo = (verb: string) => (user: string) => `[ ! -e ${TOOL} ] || ${tool(verb)(user)}`;

const sentBy = ({ owner, resource, formerly }: Origin): Field[] => [
  ["owner", owner],
  ["resource", resource],
  ...formerly.map((earlier): Field => ["formerly", earlier]),
];

/** What to start. The digest of all files, the password's included, is a secret: guesses could be tested with it. */
const generation = (origin: Origin, settings: Settings, credentials: Credentials): Field[] => [
  ...sentBy(origin),
  ["digest", digest({ ...publicFiles(origin.owner, settings), ...secretFiles(settings, credentials) })],
  ["replace", settings.replaceMailServer ? "yes" : "no"],
];

/** How to prove it. */
const proof = (settings: Settings): Field[] => [
  ["from", settings.testDelivery.from],
  ["to", settings.testDelivery.to],
  ["timeout", settings.testDelivery.timeoutSeconds],
  ["relay", nextHop(settings.relayHost)],
  ["hostname", settings.hostname],
  ...ways(settings).map(({ kind, from, route, label }): Field => ["way", `${kind} ${from} ${route} ${label}`]),
];

/** What happens on a host, in this order. */
export const steps: readonly Step[] = [
  {
    suffix: "packages",
    create: () => "sh -s install",
    delete: () => "sh -s restore packages",
    stdin: (origin) => installer(envelope(sentBy(origin))),
  },
  {
    suffix: "main-cf",
    create: tool("stage main-cf"),
    delete: undo("restore main-cf"),
    stdin: (origin, settings) => envelope(sentBy(origin), publicFiles(origin.owner, settings)),
  },
  {
    suffix: "sasl-passwd",
    create: tool("stage sasl-passwd"),
    delete: undo("restore sasl-passwd"),
    secretStdin: (origin, settings, credentials) =>
      envelope([...sentBy(origin), ["rotation", settings.rotation]], secretFiles(settings, credentials)),
  },
  {
    suffix: "service",
    create: tool("start"),
    delete: undo("restore service"),
    secretStdin: (...given) => envelope(generation(...given)),
  },
  {
    suffix: "delivery",
    create: tool("deliver"),
    secretStdin: (origin, settings, credentials) =>
      envelope([...generation(origin, settings, credentials), ...proof(settings)]),
  },
];
