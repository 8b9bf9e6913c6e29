export {
  type ConnectionArgs,
  type CredentialsArgs,
  type FleetHostArgs,
  OwnDomainMail,
  type ProxyArgs,
  type RelayArgs,
  type RelayFleetArgs,
  type RelayHostArgs,
  Rotation,
  type TestDeliveryArgs,
  type TlsArgs,
  TlsLevel,
} from "./args.ts";
export type { Delivery } from "./delivery.ts";
export { InvalidArgs } from "./invalid-args.ts";
export { Relay } from "./relay.ts";
export { RelayFleet } from "./relay-fleet.ts";
