export type { ConnectionArgs, ProxyArgs } from "./args/connection.ts";
export type { FleetHostArgs, RelayFleetArgs } from "./args/fleet.ts";
export { Drift, type MonitoringArgs } from "./args/host.ts";
export {
  IpVersion,
  type LimitsArgs,
  Listen,
  MxCheck,
  OwnDomainMail,
  type TestDeliveryArgs,
} from "./args/mail.ts";
export { RelayProvider } from "./args/provider.ts";
export type { RelayArgs } from "./args/relay.ts";
export {
  type AccountArgs,
  type CredentialsArgs,
  type OtherRelayHostArgs,
  type RelayHostArgs,
  Rotation,
  type TlsArgs,
  TlsLevel,
} from "./args/relay-host.ts";
export { InvalidArgs } from "./component/invalid-args.ts";
export { Relay } from "./component/relay.ts";
export { RelayFleet } from "./component/relay-fleet.ts";
export type { Delivery } from "./host/delivery.ts";
