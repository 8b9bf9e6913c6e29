// Zones that are only in memory, for tests that ask no DNS server.

import { Looks, type RecordType } from "../../src/deliverability/dns.ts";

/** The records of names, as one writes them: `"A 192.0.2.1"`, `"MX mx.example.net"`, `"TXT v=spf1 -all"`. */
export type Zones = Readonly<Record<string, readonly string[]>>;

const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

/** Asks these zones. `"FAIL ETIMEOUT"` is a name that cannot be looked up; `asked` gets each question. */
export const askZones =
  (zones: Zones, asked: string[] = []) =>
  (name: string, type: RecordType): Promise<unknown[]> => {
    asked.push(`${type} ${name}`);
    const key = name.toLowerCase().replace(/\.$/, "");
    const lines = zones[key];
    // An empty non-terminal exists (RFC 8020).
    if (!lines) return fail(Object.keys(zones).some((other) => other.endsWith(`.${key}`)) ? "ENODATA" : "ENOTFOUND");
    const parts = lines.map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)] as const);
    const failure = parts.find(([kind]) => kind === "FAIL");
    if (failure) return fail(failure[1]);
    const alias = parts.find(([kind]) => kind === "CNAME");
    if (alias && type !== "CNAME") return askZones(zones, asked)(alias[1], type);
    const values = parts.filter(([kind]) => kind === type).map(([, value]) => value);
    if (values.length === 0) return fail("ENODATA");
    if (type === "TXT") return Promise.resolve(values.map((value) => value.match(/.{1,255}/g) ?? [""]));
    if (type === "MX")
      return Promise.resolve(values.map((exchange) => ({ exchange: exchange === "." ? "" : exchange, priority: 10 })));
    return Promise.resolve(values);
  };

/** The answers of such zones. */
export const looksAt = (zones: Zones, asked?: string[]) => new Looks(askZones(zones, asked));

/** A key of 2048 bits, as a zone has it. */
export const KEY =
  "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoRqtsPq6ldQ97aiHWyEMcZVpRyGb" +
  "Y9i9yuqQ4Myk2yZ1/Ll1dDB9NTg961gzQQ7AL1vxDFbbA5ExXqgKo5g3T3hwtiTfMfpq+JL66Qi8sc+d8kOGAw6BKh" +
  "mG6A0OBrEOGbDmonwC9pHBY9tPd2YAitf7sUqrS1unsjfYXb/RvcHtl9uaWp29gRjg3OF1G7SXEbclPTCJbqvuxoqF" +
  "774llINaMYdXfZM+X4ypJTQxzifZgubk20OQXjYbAPt95OG3IuaBMuo409smgz9R2myg8VgWovmU9R2RKDvR20FIsG" +
  "GybA5AWr7zjRIusqqqh8yf66MXwOJl9lYnAHhJc0/OVQIDAQAB";

/** One of 768 bits, which no receiver takes. */
export const WEAK_KEY =
  "v=DKIM1; p=MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAK8szqzBWgigHSwazr/Txn+guUjPqXsa2xw2wvAb8ut2n1M" +
  "p2rzs4xHB7YcpW+Nef8m2a5UMHQ/NJUN3GPwAwRxYW5e2POlmT65cUR8JglVmjv4UKIfQyifYKEgmLY5uiQIDAQAB";
