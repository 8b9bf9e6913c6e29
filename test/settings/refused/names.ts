// Names, addresses and numbers that are wrong wherever they stand.

/** A wrong value by itself, and what its problem says. */
export type Row = [path: string, value: unknown, reason: string];

/** A long label. */
export const long = (length: number) => "a".repeat(length);
/** The error for an unknown key. */
export const fields = (...keys: string[]) => `known here: ${keys.join(", ")}`;

/** Errors that every DNS name can have. */
export const names = (path: string): Row[] => [
  [path, "", "which is empty"],
  [path, "http://example.com", "which is a URL"],
  [path, "ops@example.com", "which is a mail address"],
  [path, "exa mple.com", "which contains a space"],
  [path, "example.com ", "which contains a space"],
  [path, "example.com\u00a0", "which contains a space"],
  [path, "example.com\u3000", "which contains a space"],
  [path, "example.com\nrelayhost = evil.example", "which contains a line break"],
  [path, "example.com\r", "which contains a line break"],
  [path, "example.com\u2028", "which contains a line break"],
  [path, "example.com\0", "which contains a control character"],
  [path, "example.com\t", "which contains a control character"],
  [path, "例え.jp", "which is not ASCII"],
  [path, "example.com.", "which ends with a dot"],
  [path, "example..com", "which is not a DNS name"],
  [path, ".example.com", "which is not a DNS name"],
  [path, "-x.example.com", "which is not a DNS name"],
  [path, "x_y.example.com", "which is not a DNS name"],
  [path, "$mydomain.com", "which is not a DNS name"],
  [path, "example.com#x", "which is not a DNS name"],
  [path, "'example.com'", "which is not a DNS name"],
  [path, "example.com,example.org", "which is not a DNS name"],
  [path, `${long(64)}.example.com`, "which is not a DNS name"],
  [path, `${`${long(60)}.`.repeat(5)}com`, "which is not a DNS name"],
  [path, 42, "got the number 42"],
  [path, ["example.com"], "got a list"],
  [path, null, "got null"],
];

/** Errors that a name with a domain can have. */
export const fullNames = (path: string): Row[] => [
  ...names(path),
  [path, "example", "which has no domain"],
  [path, "localhost", "which is a name of every host"],
  [path, "localhost.localdomain", "which is a name of every host"],
  [path, "192.0.2.1", "which is an IP address"],
  [path, "2001:db8::1", "which is an IP address"],
  [path, "example.com:587", "which has a port"],
];

/** Errors that a port can have. */
export const ports = (path: string): Row[] => [
  [path, 0, "got the number 0"],
  [path, -1, "got the number -1"],
  [path, 65536, "got the number 65536"],
  [path, 587.5, "got the number 587.5"],
  [path, Number.NaN, "got the number NaN"],
  [path, Number.POSITIVE_INFINITY, "got the number Infinity"],
  [path, "587", 'got "587"'],
  [path, null, "got null"],
];

/** Errors that a mail address can have. */
export const addresses = (path: string): Row[] => [
  [path, "", "which is empty"],
  [path, "ops", "which needs exactly one @"],
  [path, "a@b@example.org", "which needs exactly one @"],
  [path, "@example.org", "whose part before the @ is not valid"],
  [path, ".ops@example.org", "whose part before the @ is not valid"],
  [path, "o..ps@example.org", "whose part before the @ is not valid"],
  [path, '"o ps"@example.org', "which is more than one address"],
  [path, `${long(65)}@example.org`, "whose part before the @ is longer than 64 characters"],
  [path, "ops@", "whose part after the @ is not a full DNS name"],
  [path, "ops@localhost", "whose part after the @ is not a full DNS name"],
  [path, "ops@exa_mple.org", "whose part after the @ is not a full DNS name"],
  [path, "Ops <ops@example.org>", "which has angle brackets"],
  [path, "ops@example.org, root@example.org", "which is more than one address"],
  [path, "ops@example.org\nBcc: x@example.org", "which contains a line break"],
  [path, "öps@example.org", "which is not ASCII"],
  [path, true, "got the boolean true"],
];
