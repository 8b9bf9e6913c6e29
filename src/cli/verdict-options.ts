// What `postfix-relay verdict` is asked.

import type { Argv } from "yargs";
import { USAGE } from "./exit-codes.ts";

/** What is judged, and the form of the answer. */
export interface VerdictRequest {
  readonly command: "verdict";
  readonly cwd: string;
  readonly stacks: readonly string[];
  readonly all: boolean;
  /** Names of hosts; none for all of them. */
  readonly hosts: readonly string[];
  /** Senders; none for those of the stacks. */
  readonly addresses: readonly string[];
  /** The relay host of these senders, in the words of the arguments of a Relay. */
  readonly relay: Readonly<Record<string, unknown>>;
  readonly habits: Readonly<Record<string, unknown>>;
  /** Only the records to publish. */
  readonly zone: boolean;
  readonly json: boolean;
}

const VERDICT_CODES = `Exit codes: 0 all accepted, 1 one will be refused, 2 else, ${USAGE} wrong usage`;

/** Its options, which `verdictOf` turns into the arguments of a Relay. */
export const verdictOptions = {
  provider: { type: "string", describe: "Provider of the relay host, such as sendgrid" },
  region: { type: "string", describe: "Region of the account there" },
  "relay-host": { type: "string", describe: "Name of the relay host, where no provider has it" },
  selector: { type: "string", array: true, describe: "Selector of DKIM; may be repeated" },
  "return-path": { type: "string", describe: "Your own domain in the envelope" },
  "signing-domain": { type: "string", describe: "Domain that is signed for, if not the sender's" },
  "sent-from": { type: "string", array: true, describe: "Address of the relay host; may be repeated" },
  zone: { type: "boolean", describe: "Print only the records to publish" },
} as const;

/** Adds them to its parser. */
export const withVerdictOptions = (parser: Argv) =>
  parser
    .epilogue(VERDICT_CODES)
    .positional("address", { type: "string", array: true, describe: "Sender; without one, those of the stack's hosts" })
    .options(verdictOptions)
    .conflicts("zone", "json");

/** What is left out is as if it were not there. */
const given = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && String(value) !== ""));

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The request in what the parser has found. */
export function verdictOf(argv: Record<string, unknown>): VerdictRequest {
  const host = argv["relay-host"];
  return {
    command: "verdict",
    cwd: String([argv.cwd].flat().at(-1)),
    stacks: texts(argv.stack),
    all: Boolean(argv.all),
    hosts: texts(argv.host),
    addresses: texts(argv.address),
    relay: given({
      provider: argv.provider,
      region: argv.region,
      relayHost: host === undefined ? undefined : { host },
    }),
    habits: given({
      selectors: argv.selector,
      returnPath: argv["return-path"],
      signingDomain: argv["signing-domain"],
      sentFrom: argv["sent-from"],
    }),
    zone: Boolean(argv.zone),
    json: Boolean(argv.json),
  };
}
