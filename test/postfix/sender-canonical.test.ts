// The rows that Postfix reads, and the checks of the arguments, agree on who mail is sent as.

import fc from "fast-check";
import { expect, test } from "vitest";
import { senderRows } from "../../src/postfix/sender-canonical.ts";
import { sentAs } from "../../src/settings/senders.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { settings } from "../support/args.ts";

/** What a table of regexp_table(5) makes of an address: patterns take no notice of case. */
function fromTable(mail: Settings, address: string): string {
  const row = senderRows(mail).find(([pattern]) => new RegExp(pattern.slice(1, -1), "i").test(address));
  return row?.[1] ?? address;
}

const users = ["root", "chroot", "Root", "a+b", "aab", "a.b", "axb", "shop"];
const domains = [
  "web-1",
  "web-1.example.com",
  "WEB-1.example.com",
  "localhost",
  "example.com",
  "localhost.localdomain",
];
const others = ["localhost.example.com", "web-2.example.com", "sub.example.net", "example.net", "exampleXnet"];
const user = fc.constantFrom(...users);
const address = fc.tuple(user, fc.constantFrom(...domains, ...others)).map(([user, domain]) => `${user}@${domain}`);
const key = fc.oneof(
  fc.constantFrom(...users, "@example.net", "@web-1.example.com"),
  address.filter((text) => /\..+$/.test(text.replace(/.*@/, ""))),
);
const to = fc.constantFrom("root@example.com", "shop@example.net", "a+b@example.net");

test("for any senders and any address", () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, to, { minKeys: 1, maxKeys: 4 }),
      fc.option(to, { nil: undefined }),
      fc.constantFrom("local", "relay"),
      address,
      (senders, sender, ownDomainMail, from) => {
        const mail = { ...settings({ ownDomainMail }), sender, senders } as Settings;
        expect(fromTable(mail, from)).toBe(sentAs(mail, from));
      },
    ),
    { numRuns: 2000 },
  );
});
