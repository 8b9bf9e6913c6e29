// The kinds of programs that people write.

import { inLanguage } from "./languages.ts";
import { installed } from "./node.ts";
import { inline, typescript } from "./program.ts";
import type { Kind } from "./recording.ts";

const node = {
  ways: ["secret", "output", "promise", "later"],
  objects: ["secret", "output", "promise", "later"],
  stops: true,
} as const;

/** Values that are known late are known to the plugin all the same. */
const plugin = { ways: ["secret", "output"], objects: ["secret"], stops: false } as const;

/** All of them, by their names. */
export const kinds = {
  commonjs: { name: "a CommonJS module", open: (around) => installed("commonjs", around), ...node },
  esm: { name: "an ES module", open: (around) => installed("esm", around), ...node },
  typescript: { name: "TypeScript", open: typescript, ...node },
  inline: { name: "an inline program", open: (around) => inline(around), ...node },
  yaml: { name: "YAML", open: (around) => inLanguage("yaml", around), ...plugin },
  python: {
    name: "Python",
    open: (around) => inLanguage("python", around),
    ...plugin,
    ways: ["secret", "output", "promise", "later"],
  },
  go: { name: "Go", open: (around) => inLanguage("go", around), ...plugin },
} as const satisfies Record<string, Kind>;
