// The login at a relay host.

import { secretText, text } from "./kinds.ts";

/** The user name, which stands before a colon in sasl_passwd. */
export const saslUser = text(
  { allowed: "give the user name as the provider writes it" },
  [/^\s|\s$/u, "which begins or ends with a space"],
  [/:/, "which contains a colon; Postfix would take what follows as the password"],
  [/^.{321}/u, "which is longer than 320 characters"],
);

/** The password, which stands in sasl_passwd as it is. */
export const saslPassword = secretText(
  { allowed: "give the password as one line, without quotes around it" },
  [/\s$/u, "which ends with a space; Postfix would cut it off"],
  [/^.{1025}/u, "which is longer than 1024 characters"],
  // Taken out of every text on the host, a shorter one would damage what it stands in, and tell itself.
  [/^.{1,3}$/u, "which is shorter than 4 characters"],
);

const MECHANISMS = ["CRAM-MD5", "DIGEST-MD5", "LOGIN", "NTLM", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];

/** A SASL mechanism that works with a user name and a password. */
export const mechanism = text(
  { allowed: `known: ${MECHANISMS.join(", ")}` },
  [/^(XOAUTH2|OAUTHBEARER)$/i, "which takes tokens; leave `mechanisms` out and give `credentials.oauth2`"],
  [/^!/, "which excludes a mechanism; name the ones to use"],
  [(value) => !MECHANISMS.includes(value.toUpperCase()), "which is unknown"],
);
