// What is known of the services at which a user gives consent: endpoints, and which flow takes mail scopes. Pure.
// Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code, …/v2-oauth2-auth-code-flow, …/reply-url;
// developers.google.com/identity/protocols/oauth2/native-app, …/limited-input-device. Nothing of it was tried against
// these services.

import type { Preset } from "../providers/preset.ts";
import { providers } from "../providers/providers.ts";
import type { ConsentFlow } from "./request.ts";

/** A service that gives tokens. */
export interface ConsentService {
  readonly title: string;
  /** Token endpoints by which it is known where no provider is named. */
  readonly known: RegExp;
  /** The flow that takes mail scopes. */
  readonly flow: ConsentFlow;
  /** Where a device code is asked for, beside that token endpoint; undefined where that is not known. */
  readonly deviceEndpoint: (tokenEndpoint: string) => string | undefined;
  /** Where a browser begins. */
  readonly authorizeEndpoint: (tokenEndpoint: string) => string | undefined;
  /** What it needs in the address to open, beside what OAuth 2.0 asks for. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The name of this machine in the address that a browser is sent back to. */
  readonly loopback: "127.0.0.1" | "localhost";
  /** Whether a client of the right type has a secret, too. */
  readonly needsSecret: boolean;
  /** The scope without which there is no refresh token. */
  readonly offlineScope?: string;
  /** Why the device flow cannot be used. */
  readonly noDevice?: string;
}

/** An endpoint of Microsoft's beside the token endpoint. */
const beside = (tokenEndpoint: string, name: string) =>
  /\/token$/.test(tokenEndpoint) ? tokenEndpoint.replace(/\/token$/, `/${name}`) : undefined;

const microsoft: ConsentService = {
  title: "Microsoft",
  known: /^https:\/\/login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn)\//,
  flow: "device",
  deviceEndpoint: (tokenEndpoint) => beside(tokenEndpoint, "devicecode"),
  authorizeEndpoint: (tokenEndpoint) => beside(tokenEndpoint, "authorize"),
  parameters: {},
  // For `http://localhost` the port is free; 127.0.0.1 can be registered in the manifest alone.
  loopback: "localhost",
  needsSecret: false,
  offlineScope: "offline_access",
};

const google: ConsentService = {
  title: "Google",
  known: /^https:\/\/oauth2\.googleapis\.com\//,
  flow: "browser",
  deviceEndpoint: () => undefined,
  authorizeEndpoint: () => "https://accounts.google.com/o/oauth2/v2/auth",
  // Without both a second consent gives no refresh token.
  parameters: { access_type: "offline", prompt: "consent" },
  loopback: "127.0.0.1",
  needsSecret: true,
  noDevice: "the device flow of Google takes no mail scope (invalid_scope); use --flow browser",
};

/** What a provider fills in where a user has given consent. */
export interface ConsentPreset {
  readonly service: ConsentService;
  readonly tokenEndpoint: string;
  readonly scope: string;
}

/** The service that has a token endpoint, known by its address. */
export const serviceAt = (tokenEndpoint: string): ConsentService | undefined =>
  [microsoft, google].find(({ known }) => known.test(tokenEndpoint));

function presetOf({ oauth2 }: Preset): ConsentPreset | undefined {
  const { userEndpoint: tokenEndpoint, userScope: scope } = oauth2 ?? {};
  const service = tokenEndpoint && serviceAt(tokenEndpoint);
  return service && scope ? { service, tokenEndpoint, scope } : undefined;
}

/** The providers whose users give consent, by the name in `postfix-relay:provider`. */
export const consentPresets: Readonly<Record<string, ConsentPreset>> = Object.fromEntries(
  Object.entries(providers).flatMap(([name, preset]) => {
    const found = presetOf(preset);
    return found ? [[name, found]] : [];
  }),
);

/** What a provider fills in; undefined for one without tokens, or for none. */
export const consentPreset = (provider: unknown): ConsentPreset | undefined =>
  typeof provider === "string" && Object.hasOwn(consentPresets, provider) ? consentPresets[provider] : undefined;
