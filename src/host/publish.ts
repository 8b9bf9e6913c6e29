// Prints what the package has instead of the nouns: `node publish.ts tool`, or `bootstrap`, which unpacks it.

import { gzipAsync } from "@gfx/zopfli";
import { strToU8 } from "fflate";
import { bootstrap, tool } from "./pack.ts";

/** The compressed tool, in fewer bytes than `packed` makes, and more time. */
export const published = async (): Promise<Buffer> =>
  Buffer.from(await gzipAsync(strToU8(tool()), { numiterations: 15, blocksplitting: true, blocksplittingmax: 0 }));

if (import.meta.main) process.stdout.write(process.argv[2] === "tool" ? await published() : bootstrap());
