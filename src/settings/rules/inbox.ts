import type { Path } from "../problems.ts";
import type { Settings } from "../settings.ts";
import { at, type Rule } from "./rule.ts";

/** Servers of Outlook.com, Hotmail and Microsoft 365. */
const MICROSOFT = /(^|\.)(outlook|office365|office|hotmail|live|microsoft)\.com$/i;

/** The mailboxes with which something is wrong. */
const mailboxesWhere = ({ testDelivery }: Settings, wrong: (host: string) => boolean): Path[] =>
  (["inbox", "bounces"] as const).flatMap((name) =>
    at(wrong(testDelivery[name]?.host ?? ""), "testDelivery", name, "host"),
  );

/** The mailboxes in which the test message is looked for. */
export const inboxRules: readonly Rule[] = [
  {
    id: "mailbox-of-microsoft",
    finds: (settings) => mailboxesWhere(settings, (host) => MICROSOFT.test(host)),
    message: "is a server of Microsoft, which takes no password over IMAP",
    change:
      "give a mailbox at another provider, such as one with an app password, and its address in `testDelivery.to`",
    source: "learn.microsoft.com: deprecation of Basic authentication in Exchange Online; Outlook.com since 9/2024",
  },
  {
    id: "bounces-without-inbox",
    finds: ({ testDelivery }) =>
      at(testDelivery.bounces !== undefined && testDelivery.inbox === undefined, "testDelivery", "bounces"),
    message: "is looked at only while the message is looked for in `inbox`, which is not given",
    change: "give `inbox` too, or leave it out",
    source: "docs/deliverability.md",
  },
];
