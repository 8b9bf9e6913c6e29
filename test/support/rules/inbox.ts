import type { Cases } from "./case.ts";

const mailbox = { user: "ops@example.org", password: "correct horse" };
const imap = (host: string) => ({ ...mailbox, host });
const inbox = imap("imap.example.org");

export const inboxes: Cases = {
  "mailbox-of-microsoft": {
    refused: [
      [{ "testDelivery.inbox": imap("outlook.office365.com") }, "testDelivery.inbox.host"],
      [{ "testDelivery.inbox": imap("IMAP-mail.Outlook.com") }, "testDelivery.inbox.host"],
      [{ "testDelivery.inbox": inbox, "testDelivery.bounces": imap("outlook.com") }, "testDelivery.bounces.host"],
    ],
    accepted: [
      [{ "testDelivery.inbox": imap("imap.gmail.com") }],
      [{ "testDelivery.inbox": imap("notoutlook.com") }],
      [{ "testDelivery.inbox": imap("outlook.com.example.org") }],
    ],
  },
  "bounces-without-inbox": {
    refused: [[{ "testDelivery.bounces": inbox }, "testDelivery.bounces"]],
    accepted: [[{ "testDelivery.inbox": inbox, "testDelivery.bounces": imap("imap.example.com") }]],
  },
};
