// Any settings that are accepted, for property tests.

import fc from "fast-check";
import { changed, problemsOf } from "./args.ts";
import { CA } from "./keys.ts";

const label = fc.stringMatching(/^[a-zA-Z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const name = fc.tuple(label, label, fc.constantFrom("com", "net", "xn--p1ai")).map((labels) => labels.join("."));
const user = fc.stringMatching(/^[a-z_][a-z0-9_.+=-]{0,20}$/);
const address = fc.tuple(user, name).map(([user, domain]) => `${user}@${domain}`);
const port = fc.constantFrom(25, 465, 587, 2525, 443, 65535);
const hop = fc.record({ host: name, port, lookupMx: fc.boolean() }, { requiredKeys: ["host"] });
const text = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "binary-ascii", minLength: 1 }));
const fingerprint = fc
  .array(fc.stringMatching(/^[0-9a-fA-F]{2}$/), { minLength: 32, maxLength: 32 })
  .map((bytes) => bytes.join(":"));
const byte = fc.nat({ max: 255 });
const bridge = fc
  .tuple(byte, byte, byte, fc.integer({ min: 12, max: 30 }))
  .map(([b, c, d, size]) => `10.${b}.${c}.${d}/${size}`);
const list = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const dictionary = <T>(key: fc.Arbitrary<string>, one: fc.Arbitrary<T>) =>
  fc.dictionary(key, one, { minKeys: 1, maxKeys: 3 });

const optional: Record<string, fc.Arbitrary<unknown>> = {
  relayHost: hop,
  hostname: name,
  ownDomainMail: fc.constantFrom("relay", "local"),
  "tls.level": fc.constantFrom("secure", "encrypted"),
  "tls.fingerprints": list(fingerprint),
  "tls.certificateNames": list(name),
  mechanisms: list(fc.constantFrom("CRAM-MD5", "PLAIN", "login")),
  caCertificate: fc.constant(CA),
  sender: address,
  senders: dictionary(
    fc.oneof(
      address,
      user,
      name.map((domain) => `@${domain}`),
    ),
    address,
  ),
  rootAlias: address,
  aliases: dictionary(user, list(fc.oneof(address, user))),
  fallback: list(hop),
  senderDependent: dictionary(address, hop),
  "limits.rateDelaySeconds": fc.integer({ min: 1, max: 59 }),
  "limits.concurrency": fc.integer({ min: 1, max: 100 }),
  "limits.messageSize": fc.integer({ min: 65536, max: 2 ** 31 - 1 }),
  "limits.queueLifetimeHours": fc.integer({ min: 1, max: 720 }),
  "limits.bounceLifetimeHours": fc.integer({ min: 0, max: 720 }),
  "limits.delayWarningHours": fc.integer({ min: 1, max: 719 }),
  ipVersion: fc.constantFrom("any", "ipv4", "ipv6"),
  listen: fc.constantFrom("loopback", "none"),
  bridges: list(bridge),
  stripHeaders: list(fc.stringMatching(/^X-[A-Za-z0-9-]{1,20}$/)),
  // Whether `$name` names a parameter, and a brace is closed, Postfix on the host tells.
  mainCf: dictionary(
    fc.constantFrom("mail_name", "notify_classes", "smtp_helo_name"),
    fc.oneof(text, fc.constant("")).map((value) => value.replace(/[${}]/g, "")),
  ),
};

/** Every relay host that needs an account gets one. */
function withAccounts(values: Record<string, unknown>, account: object): Record<string, unknown> {
  const args = changed(values) as { relayHost: { host: string } } & Record<string, unknown>;
  const hosts = [...((args.fallback ?? []) as object[]), ...Object.values((args.senderDependent ?? {}) as object)];
  const names = hosts.map(({ host }) => host).filter((host) => host !== args.relayHost.host);
  return names.length > 0 ? { ...values, accounts: Object.fromEntries(names.map((name) => [name, account])) } : values;
}

/** Values put over the example, with which it is accepted. */
export const anySettings: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.record(optional, { requiredKeys: [] }),
    fc.subarray(Object.keys(optional), { minLength: 4, maxLength: 14 }),
    fc.record({ username: text, password: text }),
    fc.record({ username: text, password: text }),
  )
  .map(([all, chosen, main, further]) => {
    const some = Object.fromEntries(Object.entries(all).filter(([path]) => chosen.includes(path)));
    const account = { "credentials.username": main.username, "credentials.password": main.password };
    return withAccounts({ ...some, ...account }, further);
  })
  .filter((values) => problemsOf("web-1", changed(values)).length === 0);
