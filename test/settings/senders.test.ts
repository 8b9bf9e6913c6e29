import fc from "fast-check";
import { expect, test } from "vitest";
import { sentAs } from "../../src/settings/senders.ts";
import { settings } from "../support/args.ts";

const senders = {
  root: "root@example.com",
  "shop@example.net": "sales@example.com",
  "@example.net": "net@example.com",
  "a+b@example.org": "ab@example.com",
};

test.each<[values: Record<string, unknown>, from: string, to: string]>([
  [{}, "root@web-1.example.com", "root@web-1.example.com"],
  [{ sender: "alerts@example.com" }, "root@web-1.example.com", "alerts@example.com"],
  [{ sender: "alerts@example.com" }, "alerts@example.com", "alerts@example.com"],
  // Any name that the host has for itself.
  [{ senders }, "root@web-1.example.com", "root@example.com"],
  [{ senders }, "Root@WEB-1", "root@example.com"],
  [{ senders }, "root@localhost", "root@example.com"],
  [{ senders }, "root@localhost.localdomain", "root@example.com"],
  [{ senders }, "root@localhost.example.com", "root@example.com"],
  [{ senders, ownDomainMail: "local" }, "root@example.com", "root@example.com"],
  // Not this host, not this user.
  [{ senders }, "root@web-2.example.com", "root@web-2.example.com"],
  [{ senders }, "root@localhost.localdomain.example.org", "root@localhost.localdomain.example.org"],
  [{ senders }, "chroot@web-1", "chroot@web-1"],
  // The address before the domain, and neither as a pattern.
  [{ senders }, "shop@example.net", "sales@example.com"],
  [{ senders }, "other@example.net", "net@example.com"],
  [{ senders }, "other@sub.example.net", "other@sub.example.net"],
  [{ senders }, "other@exampleXnet", "other@exampleXnet"],
  [{ senders }, "a+b@example.org", "ab@example.com"],
  [{ senders }, "aab@example.org", "aab@example.org"],
  // The one sender takes what is left.
  [{ senders, sender: "alerts@example.com" }, "cron@web-1.example.com", "alerts@example.com"],
  [{ senders, sender: "alerts@example.com" }, "net@example.com", "net@example.com"],
])("with %j %s is sent as %s", (values, from, to) => {
  expect(sentAs(settings(values), from)).toBe(to);
});

test("what comes out stays as it is", () => {
  const user = fc.stringMatching(/^[a-z0-9+_-]{1,12}$/);
  const mail = settings({ senders, sender: "alerts@example.com" });
  const domain = fc.constantFrom("web-1", "web-1.example.com", "example.net", "example.org", "localhost");
  fc.assert(
    fc.property(user, domain, (user, domain) => {
      const to = sentAs(mail, `${user}@${domain}`);
      expect(sentAs(mail, to)).toBe(to);
    }),
  );
});
