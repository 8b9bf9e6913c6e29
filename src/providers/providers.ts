import type { RelayProvider } from "../args/provider.ts";
import { mailboxes } from "./mailboxes.ts";
import type { Preset } from "./preset.ts";
import { services } from "./services.ts";

/** The facts about each provider. */
export const providers: Readonly<Record<RelayProvider, Preset>> = { ...mailboxes, ...services };

/** The relay host of a provider: undefined if the customer, or a region, has to name it. */
export function presetHost({ host, regions }: Preset, region: string | undefined): string | undefined {
  if (region === undefined || regions === undefined) return host?.includes("{region}") ? undefined : host;
  if (regions instanceof RegExp) return regions.test(region) ? host?.replace("{region}", region) : undefined;
  return Object.hasOwn(regions, region) ? regions[region] : undefined;
}
