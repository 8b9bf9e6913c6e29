// What a kind of program is.

import type { Program, Surroundings } from "./program.ts";
import type { How } from "./values.ts";

/** A kind of program. */
export interface Kind {
  readonly name: string;
  readonly open: (around?: Surroundings) => Promise<Program>;
  /** How this language gives a value, beside plainly. */
  readonly ways: readonly How[];
  /** Whether an object may come like that, too. */
  readonly objects: readonly How[];
  /** Whether an error of the program ends the steps; to the plugin it is not told. */
  readonly stops: boolean;
}
