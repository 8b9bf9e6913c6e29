// A host that sends by smtp.example.net, beside zones that are only in memory.

import { adviseOn } from "../../src/deliverability/acceptance.ts";
import { identities } from "../../src/deliverability/identities.ts";
import { settings } from "../support/args.ts";
import { looksAt, type Zones } from "./zones.ts";

const RELAY = { "smtp.example.net": ["A 203.0.113.25", "AAAA 2001:db8::25"] };

/** The verdict about the first sender, and what to do. */
export async function verdict(zones: Zones, values: Record<string, unknown> = {}, account?: string) {
  const own = settings({ "relayHost.host": "smtp.example.net", sender: "ops@example.com", ...values });
  const [identity] = identities(own);
  if (!identity) throw new Error("no sender");
  const around = { habits: own.deliverability, mailDomain: own.domain, account };
  return await adviseOn(looksAt({ ...RELAY, ...zones }), identity, around);
}
