// The checked arguments: what the rest of the code works with.

import type { z } from "zod";
import { presetHost, providers } from "../providers/providers.ts";
import { SUBMISSION_PORT } from "./defaults.ts";
import type * as schema from "./schema.ts";

/** The login to the host. */
export type Connection = z.output<typeof schema.connection>;

/** How the host gets tokens for an account. */
export type OAuth2 = z.output<typeof schema.oauth2>;

/** An account at a relay host: it has a password, or tokens. */
export interface Account {
  readonly username?: string;
  readonly password?: string;
  readonly oauth2?: OAuth2;
}

/** All accounts: that of the relay host, if it wants one, and others by relay host or sender. */
export interface Credentials extends Account {
  readonly byAddress?: boolean;
  readonly accounts?: Readonly<Record<string, Account>>;
}

/** The passwords of the mailboxes in which the test message is looked for. */
export type Mailboxes = z.output<typeof schema.mailboxes>;

/** A relay host. */
export interface RelayHost {
  readonly host: string;
  readonly port: number;
  readonly lookupMx: boolean;
  /** Where this is the login proxy on the host itself: the relay host that it logs in at. */
  readonly behind?: RelayHost;
}

/** The relay host itself, where Postfix may know a login proxy in its place. */
export const realHost = (server: RelayHost): RelayHost => server.behind ?? server;

/** One login at a relay host by tokens, which the login proxy on the host makes. */
export interface TokenLogin {
  /** The key of its account in `accounts`; undefined: that of `credentials`. */
  readonly account: string | undefined;
  /** The relay host that it is at. */
  readonly server: RelayHost;
  /** Under which keys Postfix looks its password for the proxy up. */
  readonly keys: readonly string[];
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
    tokenLogins: [] as readonly TokenLogin[],
  };
}
