/** Ports that speak TLS from the first byte. */
export const IMPLICIT_TLS = [443, 465, 2465, 8465];

/** Whether TLS is spoken from the first byte. */
export const implicitTls = ({ port }: { readonly port: number }): boolean => IMPLICIT_TLS.includes(port);

/** How sure a fact is. */
export type Certainty = "official page" | "third-party page" | "public configuration database" | "not confirmed";

/** The facts about a provider. */
export interface Preset {
  readonly title: string;
  /** Relay host; `{region}` stands for the region. Missing: each customer has one, which `hostPattern` describes. */
  readonly host?: string;
  readonly hostPattern?: RegExp;
  /** Relay hosts of regions, or the form of the regions' names. */
  readonly regions?: Readonly<Record<string, string>> | RegExp;
  /** Ports at the relay host; the first one is the default. */
  readonly ports: readonly number[];
  /** Mechanisms that the relay host offers. */
  readonly mechanisms: readonly string[];
  /** The user name that all customers share; "password": the same as the password. */
  readonly username?: string;
  /** Programs log in with an app password, which the provider's page shows in groups with spaces or as it is. */
  readonly appPassword?: "in groups" | "as it is";
  /** Further facts about the account. */
  readonly account: string;
  /** The mail that it takes. */
  readonly notes: string;
  /** It takes no password at all, so that programs need a token. */
  readonly onlyTokens?: true;
  /** How programs get a token there; missing: the provider takes none, or nothing is known. */
  readonly oauth2?: {
    /** Where tokens are issued to a program with a user's consent (a refresh token). */
    readonly userEndpoint?: string;
    readonly userScope?: string;
    /**
     * Where tokens are issued to a program that acts by itself (client secret, certificate or service account). Missing
     * beside `appScope`: its address names the tenant.
     */
    readonly appEndpoint?: string;
    readonly appScope?: string;
    /** Most connections at a time that the provider takes from one account. */
    readonly concurrency?: number;
  };
  /** The source of these facts, and how sure it is. */
  readonly source: string;
  readonly certainty: Certainty;
  /** Facts in this row that the source does not confirm. */
  readonly unsure?: string;
}
