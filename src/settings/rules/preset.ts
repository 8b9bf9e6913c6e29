// The choice of the relay host. Checked before the rules, which need one.

import type { RelayProvider } from "../../args/provider.ts";
import { presetHost, providers } from "../../providers/providers.ts";
import { same } from "../domains.ts";
import type { Problem } from "../problems.ts";

interface Given {
  readonly relayHost?: { readonly host?: string };
  readonly provider?: RelayProvider;
  readonly region?: string;
}

/** The problems between `provider`, `region` and `relayHost`. */
export function presetProblems({ provider, region, relayHost }: Given): Problem[] {
  const preset = provider && providers[provider];
  const problem = (path: Problem["path"], reason: string): Problem[] => [{ path, reason }];
  if (!preset) {
    if (region !== undefined) return problem(["region"], "is that of a provider; give `provider` too, or leave it out");
    if (relayHost?.host !== undefined) return [];
    return relayHost
      ? problem(["relayHost", "host"], "missing; give the full name of the relay host, such as smtp.example.net")
      : problem(["relayHost"], "missing; needs the server that takes the mail, with its `host`, or give `provider`");
  }
  const { regions, hostPattern, title } = preset;
  const allowed = regions instanceof RegExp ? "such as eu-west-1" : `known: ${Object.keys(regions ?? {}).join(", ")}`;
  if (region !== undefined && !regions)
    return problem(["region"], `got "${region}", but ${title} has no regions; leave it out`);
  const host = presetHost(preset, region);
  if (regions && host === undefined)
    return problem(
      ["region"],
      region === undefined
        ? `missing; ${title} has a relay host for each region, ${allowed}`
        : `got "${region}", which ${title} does not have; ${allowed}`,
    );
  if (hostPattern && relayHost?.host === undefined)
    return problem(["relayHost", "host"], `missing; give the account's own server at ${title}`);
  const other = relayHost?.host;
  const fits = other === undefined || (hostPattern ? hostPattern.test(other) : same(other, host ?? ""));
  return fits
    ? []
    : problem(
        ["relayHost", "host"],
        `got "${other}", which is not a relay host of ${title}; leave \`provider\` out, or \`host\``,
      );
}
