// The name that somebody may have meant.

import { distance } from "fastest-levenshtein";

/** The known name that is nearest to a word, if it is near enough to be a slip of the keyboard. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, far: farness(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(Math.max(word.length, name.length) / 3)))
    .toSorted((a, b) => a.far - b.far);
  return near[0]?.name;
}

/** Changes of one letter between two words. Letters in another order are one change, as one makes it on a keyboard. */
const farness = (one: string, other: string): number =>
  one !== other && [...one].sort().join() === [...other].sort().join() ? 1 : distance(one, other);

/** The reason why a key is refused: the one that was meant, or all that are known. */
export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined ? `unknown; known here: ${known.join(", ")}` : `unknown; did you mean ${meant}?`;
}

/** `did you mean NAME? `, where there is such a name. */
export function didYouMean(word: string, known: readonly string[], shown = (name: string) => name): string {
  const name = nearest(word, known);
  return name === undefined ? "" : `did you mean ${shown(name)}? `;
}
