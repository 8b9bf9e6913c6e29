// What of a main.cf made by hand has no place among the arguments, in words.

import { owned } from "../settings/rules/owned.ts";
import type { HandMade } from "./hand-made.ts";

/** Parameters that end without a word: nobody misses them, or what they said is decided again and proven. */
const QUIET = new RegExp(
  [
    "^(myhostname|mydomain|mail_name|append_dot_mydomain|append_at_myorigin|compatibility_level|mynetworks_style)$",
    "^(biff|mailbox_size_limit|recipient_delimiter|alias_maps|alias_database|mail_owner|setgid_group)$",
    "_(directory|path)$|^(maillog|syslog|debug)",
    "^smtp_sasl_(password_maps|security_options|tls_security_options|type|path)$",
    "^smtp_tls_(loglevel|note_starttls_offer|session_cache_|mandatory_|protocols$|ciphers$|exclude_ciphers$)",
    "^smtp_tls_(cert_file|key_file|chain_files|connection_reuse|scert_verifydepth|block_early_mail_reply)$",
    "^smtp_(connect|helo|mail|rcpt|quit|data|starttls)[a-z_]*_timeout$|^(lmtp|tls)_",
    "^smtpd_(banner|use_tls|tls_|sasl_(?!auth_enable)|helo_required|timeout|delay_reject|discard_)",
    "^smtpd_(relay|recipient|client|sender|helo)_restrictions$|^smtpd_(client|error|soft|hard|forbid)_",
    "^milter_|^(broken_sasl_auth_clients|disable_vrfy_command|strict_rfc821_envelopes|smtputf8_enable|tls_random_source)$",
    "^(queue_run_delay|(minimal|maximal)_backoff_time|default_process_limit|max_idle|max_use)$",
  ].join("|"),
);

/** The lines about parameters of which only the names are known. */
export const namedLines = ({ named, maps, otherRows }: HandMade): string[] => [
  ...named
    .filter((name) => !QUIET.test(name) && !maps.has(name) && !otherRows.includes(name))
    .map((name) => `${name}: ${fate(name)}`),
  ...otherRows.map((name) => `${name}: not all of its rows are taken over; ${instead(name)}`),
];

function fate(name: string): string {
  if (Object.hasOwn(owned, name)) return `not taken over; ${instead(name)}`;
  return "it ends with the first `pulumi up`, unless `mainCf` has it with the same value";
}

/** The argument to use, or the reason why there is none. */
function instead(name: string): string {
  const text = owned[name] ?? "";
  return text.startsWith("nothing: ") ? text.slice("nothing: ".length) : `use ${text}`;
}
