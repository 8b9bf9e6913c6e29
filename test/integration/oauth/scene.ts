// A relay host that takes tokens, the endpoint that issues them, and hosts that trust both.

import { afterAll } from "vitest";
import type { HostOptions, LabHost, Release } from "../../../lab/index.ts";
import { Scripted } from "../../../lab/scripted.ts";
import { TokenEndpoint } from "../../../lab/token-endpoint.ts";
import { everyRow } from "../rows.ts";
import { type Args, Steps } from "../steps.ts";
import { trusting } from "../trusting.ts";
import { openWorld } from "../world.ts";

/** The mailbox that tokens are for. */
export const USER = "relay@example.com";

/** The application, and its secret. */
export const APP = { id: "11111111-2222-3333-4444-555555555555", secret: "app-secret~+/=&%Qe7L" };

const SCOPE = "https://outlook.office365.com/.default";

/** The releases on which the login proxy is tried, in a whole run all. */
export const tokenReleases: Release[] = everyRow ? ["bullseye", "bookworm", "trixie", "sid"] : ["bookworm"];

/** The command after which all tokens of a host are due. */
export const DUE = "rm -f /var/lib/postfix-relay/login/logins/*/times";

/** What a file of tests begins with. */
export async function openTokens() {
  const { world, relay: passwords } = await openWorld();
  const [relay, endpoint] = await Promise.all([Scripted.open(world.lab, "smtp-tokens"), TokenEndpoint.open(world.lab)]);
  afterAll(() => Promise.all([relay.close(), endpoint.close()]));

  /** Everything is as at first: the relay host takes the tokens of the endpoint, and that gives them out. */
  async function reset(): Promise<void> {
    relay.set({ like: "exchange", tokens: endpoint.isValid });
    endpoint.accounts.addClient({ id: APP.id, secret: APP.secret, user: USER });
    await endpoint.set();
    endpoint.requests.length = 0;
  }
  await reset();

  /** A fresh host. */
  async function host(release: Release, name: string, more: Partial<HostOptions> = {}): Promise<LabHost> {
    const made = await world.lab.host({ release, name, ...more });
    await trusting(made, world.lab.ca);
    return made;
  }

  /** The arguments of a Relay whose mail goes there; `more` is of `oauth2`. */
  const args = (more: object = {}): Args => ({
    domain: "example.com",
    relayHost: { host: relay.host, port: relay.port },
    credentials: {
      username: USER,
      oauth2: { tokenEndpoint: endpoint.url, clientId: APP.id, clientSecret: APP.secret, scope: SCOPE, ...more },
    },
    testDelivery: { to: "ops@example.org", timeoutSeconds: 20 },
  });

  return {
    world,
    passwords,
    relay,
    endpoint,
    reset,
    host,
    args,
    steps: (one: LabHost, more = {}) => new Steps(one, args(more)),
  };
}

/** What a host says of itself. */
export const report = async (host: LabHost) => JSON.parse((await host.run("postrelay check --json")).stdout);
