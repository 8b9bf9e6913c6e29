import { rewritings } from "../../settings/senders.ts";
import type { Settings } from "../../settings/settings.ts";
import { map, path } from "../files.ts";
import type { Row } from "./row.ts";

/** The default, and 2bounce for all but `sendmail -bv`, which would leave a report of each probe. */
const REPORTS = `resource, software\${{$service_name} != {trace} ? {, 2bounce}}`;

/** Rewriting of mail that leaves, and delivery of mail that stays. */
export function local(settings: Settings): Row[] {
  const { allAliases, stripHeaders } = settings;
  const aliases = "$default_database_type:/etc/aliases";
  const hasAliases = Object.keys(allAliases).length > 0;
  return [
    ["smtputf8_enable", "no", "Cron mail with a raw UTF-8 subject would bounce at relay hosts without SMTPUTF8."],
    [
      "sender_canonical_maps",
      rewritings(settings).length > 0 ? `regexp:${path("senderCanonical")}` : undefined,
      "Senders in the SMTP envelope and in headers; a pattern in smtp_generic_maps would rewrite recipients too.",
    ],
    [
      "smtp_header_checks",
      stripHeaders.length > 0 ? `regexp:${path("headerChecks")}` : undefined,
      "Header fields that are removed from mail that leaves.",
    ],
    [
      "alias_maps",
      hasAliases ? `${map("aliases")}, ${aliases}` : aliases,
      hasAliases ? "Aliases for local mail; ours take precedence over those of the host." : "Aliases for local mail.",
    ],
    ["alias_database", aliases, "What newaliases builds: the host's own aliases."],
    ["mailbox_size_limit", "0", "A limit below message_size_limit would stop local delivery."],
    ["biff", "no", "Nobody watches a terminal for new mail."],
    // `mainCf` may have these two.
    [
      "notify_classes",
      REPORTS,
      "A report of undelivered mail that is refused itself is kept. One of a probe, which is the service trace, is not.",
    ],
    [
      "2bounce_notice_recipient",
      "$mail_owner@localhost",
      "It is kept here, in the mailbox of the user postfix: mail to root may leave by the relay that has refused it.",
    ],
  ];
}
