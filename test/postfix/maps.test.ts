import { expect, test } from "vitest";
import { publicFiles } from "../../src/postfix/generation.ts";
import { settings } from "../support/args.ts";

/** The files beside main.cf that these values make. */
function files(values: Record<string, unknown>) {
  const { "main.cf": _, ...others } = publicFiles("mail/prod/web-1", settings(values));
  return others;
}

test.each<[values: Record<string, unknown>, files: Record<string, string>]>([
  [{}, {}],
  [{ rootAlias: "ops@example.org" }, { relay_aliases: "root: ops@example.org\n" }],
  [
    { rootAlias: "ops@example.org", aliases: { deploy: ["root", "dev@example.org"] } },
    { relay_aliases: "root: ops@example.org\ndeploy: root, dev@example.org\n" },
  ],
  [{ sender: "a@example.com" }, { sender_canonical: "/^a@example\\.com$/ a@example.com\n/@/ a@example.com\n" }],
  [
    { sender: "a@example.com", senders: { root: "root@example.com", "@web-1.example.com": "host@example.com" } },
    {
      sender_canonical:
        "/^root@example\\.com$/ root@example.com\n" +
        "/^host@example\\.com$/ host@example.com\n" +
        "/^a@example\\.com$/ a@example.com\n" +
        "/^root@([^.@]+|web-1\\.example\\.com|localhost\\.example\\.com|localhost\\.localdomain)$/ root@example.com\n" +
        "/@web-1\\.example\\.com$/ host@example.com\n" +
        "/@/ a@example.com\n",
    },
  ],
  [
    { senders: { "@example.net": "net@example.com", "A+b@example.com": "ab@example.com" }, ownDomainMail: "local" },
    {
      sender_canonical:
        "/^net@example\\.com$/ net@example.com\n/^ab@example\\.com$/ ab@example.com\n" +
        "/^A\\+b@example\\.com$/ ab@example.com\n/@example\\.net$/ net@example.com\n",
    },
  ],
  [{ stripHeaders: ["X-Mailer", "Received"] }, { relay_header_checks: "/^X-Mailer:/ IGNORE\n/^Received:/ IGNORE\n" }],
  [
    {
      senderDependent: {
        "a@example.org": { host: "smtp.example.org" },
        "@example.net": { host: "mx.example.net", port: 465 },
      },
    },
    {
      sender_relay: "a@example.org [smtp.example.org]:587\n@example.net [mx.example.net]:465\n",
      sender_transport: "@example.net smtps:[mx.example.net]:465\n",
      master_edits: "M smtps/unix = smtps unix - - y - - smtp -o smtp_tls_wrappermode=yes -o smtp_fallback_relay=\n",
    },
  ],
])("%j", (values, expected) => {
  expect(files(values)).toEqual(expected);
});
