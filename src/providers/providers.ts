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

/** The provider that a relay host belongs to, known by its name. */
export function providerOf(host: string): RelayProvider | undefined {
  const isOf = ({ host: own, hostPattern, regions }: Preset) => {
    if (hostPattern?.test(host)) return true;
    const names = [...(own ? [own] : []), ...(regions && !(regions instanceof RegExp) ? Object.values(regions) : [])];
    return names.some((name) => {
      const [before, after] = name.toLowerCase().split("{region}");
      const given = host.toLowerCase();
      if (after === undefined) return given === before;
      return given.startsWith(before ?? "") && given.endsWith(after) && given.length > name.length - "{region}".length;
    });
  };
  return (Object.keys(providers) as RelayProvider[]).find((provider) => isOf(providers[provider]));
}
