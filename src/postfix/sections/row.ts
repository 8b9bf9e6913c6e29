/** A parameter, and the reason for it; without a value it is left out. */
export type Row = readonly [name: string, value: string | undefined, reason: string];

/** A map of ours. The type differs between releases; the host defines it in front of main.cf. */
export const map = (name: string) => `$default_database_type:/etc/postfix/${name}`;

/** Postfix expands `$` in values; a doubled one stands for itself. */
export const literal = (value: string) => value.replaceAll("$", "$$$$");

/** The value, if there is something to say. */
export const given = (value: string) => value || undefined;
