export type { ConnectionArgs, ProxyArgs } from "./args/connection.ts";
export {
  IpVersion,
  type LimitsArgs,
  Listen,
  MxCheck,
  OwnDomainMail,
  type TestDeliveryArgs,
} from "./args/mail.ts";
export { RelayProvider } from "./args/provider.ts";
export {
  type AccountArgs,
  type CredentialsArgs,
  type OtherRelayHostArgs,
  type RelayHostArgs,
  Rotation,
  type TlsArgs,
  TlsLevel,
} from "./args/relay-host.ts";
export type { FleetHostArgs, RelayArgs, RelayFleetArgs } from "./args.ts";
export type { Delivery } from "./delivery.ts";
export { InvalidArgs } from "./invalid-args.ts";
export { Relay } from "./relay.ts";
export { RelayFleet } from "./relay-fleet.ts";
