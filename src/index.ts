// The components.

export { Relay } from "./component/relay.ts";
export { RelayFleet } from "./component/relay-fleet.ts";

// The words that arguments take.

export { DeliverabilityMode } from "./args/deliverability.ts";
export { Drift } from "./args/host.ts";
export { IpVersion, Listen, MxCheck, OwnDomainMail } from "./args/mail.ts";
export { RelayProvider } from "./args/provider.ts";
export { Rotation, TlsLevel } from "./args/relay-host.ts";

// The error, and the types.

export type { ConnectionArgs, ProxyArgs } from "./args/connection.ts";
export type { DeliverabilityArgs } from "./args/deliverability.ts";
export type { FleetHostArgs, RelayFleetArgs } from "./args/fleet.ts";
export type { MonitoringArgs } from "./args/host.ts";
export type { InboxArgs, LimitsArgs, MailboxArgs, TestDeliveryArgs } from "./args/mail.ts";
export type { RelayArgs } from "./args/relay.ts";
export type { AccountArgs, CredentialsArgs, OtherRelayHostArgs, RelayHostArgs, TlsArgs } from "./args/relay-host.ts";
export { InvalidArgs } from "./component/invalid-args.ts";
export type { Acceptance } from "./deliverability/acceptance.ts";
export type { Arrival } from "./deliverability/inbox/arrival.ts";
export type { Delivery } from "./host/delivery.ts";
