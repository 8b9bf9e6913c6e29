// Default values that more than one file needs. The documentation of the arguments is compared with them by a test.

/** The SSH port of a host. */
export const SSH_PORT = 22;

/** The login user on a host. */
export const LOGIN_USER = "root";

/** Failed attempts to connect that are tried again: for the first step on a direct connection, and for all others. */
export const DIAL_ERRORS = { first: 0, others: 3 } as const;

/** The port of a relay host that no provider is known for. */
export const SUBMISSION_PORT = 587;

/** The port of an IMAP server. */
export const IMAP_PORT = 993;

/** Seconds that the test message is looked for in a mailbox. */
export const INBOX_SECONDS = 120;

/** Postfix's own limits, where `limits` has none. */
export const postfixLimits = {
  concurrency: 20,
  messageSize: 10240000,
  queueLifetimeHours: 120,
  bounceLifetimeHours: 120,
} as const;

/** The sizes of the waves of a fleet: one host first, then all others. */
export const WAVES: readonly string[] = ["1", "100%"];
