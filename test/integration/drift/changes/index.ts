// What somebody or something changes on a host behind the tool's back: one table for all that has to notice it.

import type { Change } from "./change.ts";
import { byEngineAlone } from "./engine.ts";
import { ofAliases, ofFiles } from "./files.ts";
import { inNoFile, ofHost } from "./others.ts";
import { ofState } from "./state.ts";
import { ofUnits } from "./units.ts";

/** What `postrelay check` tells at once. */
export const toCheck: readonly Change[] = [...ofFiles, ...ofAliases, ...ofState, ...ofUnits, ...ofHost, ...inNoFile];

/** What a preview tells too, and `pulumi up` repairs. */
export const toRepair: readonly Change[] = [...byEngineAlone, ...toCheck].filter(({ steps }) => steps);
