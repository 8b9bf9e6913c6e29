import type { RelayArgs } from "../../src/index.ts";

/** A host key that is none: right in form, for tests that connect to nothing. */
export const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/** The example of the README: the least a Relay needs. */
export function relayArgs(more: Partial<RelayArgs> = {}): RelayArgs {
  return {
    connection: { host: "203.0.113.10", hostKey: HOST_KEY },
    domain: "example.com",
    relayHost: { host: "example.sakura.ne.jp" },
    credentials: { username: "sample_user@example.sakura.ne.jp", password: "correct horse" },
    testDelivery: { to: "ops@example.org" },
    ...more,
  };
}
