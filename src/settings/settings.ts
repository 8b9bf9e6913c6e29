// The checked arguments: what the rest of the code works with.

import type { z } from "zod";
import { presetHost, providers } from "../providers/providers.ts";
import { SUBMISSION_PORT } from "./defaults.ts";
import type * as schema from "./schema.ts";

/** The login to the host. */
export type Connection = z.output<typeof schema.connection>;

/** An account at a relay host. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/** All accounts: that of the relay host, and others by relay host or sender. */
export interface Credentials {
  readonly username?: string;
  readonly password: string;
  readonly accounts?: Readonly<Record<string, Account>>;
}

/** The passwords of the mailboxes in which the test message is looked for. */
export type Mailboxes = z.output<typeof schema.mailboxes>;

/** A relay host. */
export interface RelayHost {
  readonly host: string;
  readonly port: number;
  readonly lookupMx: boolean;
}

/** The public arguments of a Relay, with defaults filled in. */
export type Settings = ReturnType<typeof withDefaults>;

/** Fills in what depends on the name of the Relay, on the provider or on another argument. */
export function withDefaults(name: string, value: z.output<typeof schema.publicArgs>) {
  const { rootAlias, tls } = value;
  const hostname = value.hostname ?? `${name}.${value.domain}`;
  const preset = value.provider && providers[value.provider];
  const relayHost: RelayHost = {
    host: value.relayHost?.host ?? (preset && presetHost(preset, value.region)) ?? "",
    port: value.relayHost?.port ?? preset?.ports[0] ?? SUBMISSION_PORT,
    lookupMx: value.relayHost?.lookupMx ?? false,
  };
  return {
    ...value,
    hostname,
    relayHost,
    testDelivery: { ...value.testDelivery, from: value.testDelivery.from ?? value.sender ?? `root@${hostname}` },
    tls: { ...tls, level: tls.level ?? (tls.fingerprints ? "fingerprint" : "secure") },
    allAliases: { ...(rootAlias && { root: [rootAlias] }), ...value.aliases },
  };
}
