/** A parameter, and the reason for it; without a value it is left out. */
export type Row = readonly [name: string, value: string | undefined, reason: string];

/** Postfix expands `$` in values; a doubled one stands for itself. */
export const escapeDollars = (value: string) => value.replaceAll("$", "$$$$");

/** The value; undefined if it is empty. */
export const unlessEmpty = (value: string) => value || undefined;
