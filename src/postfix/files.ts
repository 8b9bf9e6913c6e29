// The files of a generation, by the names that they have in /etc/postfix.

/** The names. Existing hosts have them, so they must not change. */
export const names = {
  mainCf: "main.cf",
  aliases: "relay_aliases",
  headerChecks: "relay_header_checks",
  senderCanonical: "sender_canonical",
  senderRelay: "sender_relay",
  senderTransport: "sender_transport",
  /** Changes of master.cf; never put into /etc/postfix itself. */
  masterEdits: "master_edits",
  ca: "relay_ca.pem",
  saslPasswd: "sasl_passwd",
  /** How the host gets tokens, and the secrets for that; never put into /etc/postfix itself. */
  saslTokens: "sasl_tokens",
  saslSecrets: "sasl_secrets",
} as const;

/** The path of a file for main.cf. */
export const path = (file: keyof typeof names) => `/etc/postfix/${names[file]}`;

/** A map for main.cf. The type of its database differs between releases; the host defines it in front of main.cf. */
export const map = (file: keyof typeof names) => `$default_database_type:${path(file)}`;
