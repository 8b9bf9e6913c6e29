// Text from elsewhere on this terminal: a host may say what it likes, but it moves no cursor and hides nothing.

/** Control characters, invisible ones and those that turn the direction of a text. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** The text with a blank for each of them. */
export const clean = (text: string): string => text.replace(UNPRINTABLE, " ");

/** The same for every text in a value. */
export function cleanAll<T>(value: T): T {
  if (typeof value === "string") return clean(value) as T;
  if (Array.isArray(value)) return value.map(cleanAll) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cleanAll(part)])) as T;
}
