import { digest, envelope, publicFiles, secretFiles } from "../postfix/generation.ts";
import type { Credentials, Settings } from "../settings.ts";
import { installer } from "./tool.ts";

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
  readonly stdin: (owner: string, settings: Settings) => string;
}

interface SecretStep extends Command {
  /** The stdin of both, with something in it that tells about the password. */
  readonly secretStdin: (owner: string, settings: Settings, credentials: Credentials) => string;
}

/** A command with what goes to its stdin. */
export type Step = PublicStep | SecretStep;

const tool = (verb: string) => (user: string) =>
  `${user === "root" ? "" : "sudo -n "}/usr/local/sbin/postfix-relay ${verb}`;

/** The digest of all files, the password's included: it is a secret, since guesses could be tested with it. */
const generation = (owner: string, settings: Settings, credentials: Credentials) =>
  digest({ ...publicFiles(owner, settings), ...secretFiles(settings, credentials) });

/** What happens on a host, in this order. */
export const steps: readonly Step[] = [
  {
    suffix: "packages",
    create: () => "sh -s install",
    delete: () => "sh -s restore packages",
    stdin: (owner) => installer(owner),
  },
  {
    suffix: "main-cf",
    create: tool("stage main-cf"),
    delete: tool("restore main-cf"),
    stdin: (owner, settings) => envelope({ owner }, publicFiles(owner, settings)),
  },
  {
    suffix: "sasl-passwd",
    create: tool("stage sasl-passwd"),
    delete: tool("restore sasl-passwd"),
    secretStdin: (owner, settings, credentials) =>
      envelope({ owner, rotation: settings.rotation }, secretFiles(settings, credentials)),
  },
  {
    suffix: "service",
    create: tool("activate"),
    delete: tool("restore service"),
    secretStdin: (owner, settings, credentials) =>
      envelope({ owner, digest: generation(owner, settings, credentials) }),
  },
  {
    suffix: "delivery",
    create: tool("deliver"),
    secretStdin: (owner, settings, credentials) => {
      const { from, to, timeoutSeconds: timeout } = settings.testDelivery;
      return envelope({ owner, digest: generation(owner, settings, credentials), from, to, timeout });
    },
  },
];
