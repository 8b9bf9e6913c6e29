// The hosts of all stacks that a command is about. One call of `pulumi` for each stack, several at a time; a stack that
// cannot be opened stops nothing.

import { nearest } from "../settings/nearest.ts";
import { USAGE } from "./exit-codes.ts";
import type { Project } from "./project.ts";
import { shortName } from "./project.ts";
import { type Pulumi, selectedStack, stacksOf, stateOf } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import { relaysIn } from "./state.ts";
import { type LeftOut, type Target, type Targets, targetsOf } from "./targets.ts";

/** The stacks that were asked for: by name, all, or else the selected one. */
export interface Asked {
  readonly stacks: readonly string[];
  readonly all: boolean;
}

/** What is known of them. */
export interface Inventory {
  readonly targets: readonly Target[];
  readonly gone: readonly string[];
  /** Stacks that cannot be read, or not as a whole. */
  readonly unread: readonly LeftOut[];
  /** Stacks of `all` that have no hosts for us. */
  readonly skipped: readonly LeftOut[];
}

interface Place {
  readonly pulumi: Pulumi;
  readonly project: Project;
  /** Gets how many stacks are read, and how many there are so far. */
  readonly progress: (done: number, all: number) => void;
}

const NO_RELAY = "it has no Relay: neither its state nor its file has a host";

/** Reads the stacks. */
export async function inventoryOf({ stacks, all }: Asked, place: Place): Promise<Inventory> {
  const found = all ? await everyStack(place) : await namedStacks(stacks, place);
  const isEmpty = ({ targets, gone, why }: Targets) => targets.length + gone.length === 0 && why === undefined;
  const empty = found.flatMap(([stack, of]) => (isEmpty(of) ? [{ stack, why: of.none ?? NO_RELAY }] : []));
  return {
    targets: found.flatMap(([, of]) => of.targets),
    gone: found.flatMap(([, of]) => of.gone),
    unread: [
      ...found.flatMap(([stack, { why }]) => (why === undefined ? [] : [{ stack, why }])),
      ...(all ? [] : empty),
    ],
    skipped: all ? empty : [],
  };
}

type Found = readonly [stack: string, Targets & { readonly none?: string }];

/** Those that were named, or the selected one. A name that no stack has is a mistake in typing. */
async function namedStacks(names: readonly string[], place: Place): Promise<Found[]> {
  const { pulumi, project, progress } = place;
  if (names.length === 0) {
    // Both questions at once: the second one needs no name.
    const [name, state] = await Promise.all([selectedStack(pulumi), stateOf(pulumi)]);
    return [[name, targetsOf(name, relaysIn(state), project.file(name))]];
  }
  const unique = [...new Set(names)];
  let done = 0;
  return await Promise.all(
    unique.map(async (stack): Promise<Found> => {
      const found = await read(stack, place).catch((error) => {
        throw error instanceof Refusal && error.code === USAGE ? noStack(stack, project) : error;
      });
      done += 1;
      progress(done, unique.length);
      return [stack, found];
    }),
  );
}

/** Those that have a file, at once; and those that only Pulumi knows, as soon as it has listed them. */
async function everyStack(place: Place): Promise<Found[]> {
  const { pulumi, project, progress } = place;
  const found = new Map<string, Promise<Found>>();
  let done = 0;
  const start = (stack: string) => {
    const key = shortName(stack);
    if (found.has(key)) return;
    const none = { targets: [], gone: [], none: `Pulumi.${key}.yaml belongs to no stack of this backend` };
    const reading = read(stack, place)
      .catch((error) => {
        if (error instanceof Refusal && error.code === USAGE) return none;
        throw error;
      })
      .then((targets): Found => {
        done += 1;
        progress(done, found.size);
        return [stack, targets];
      });
    // Whoever waits for all of them hears of it.
    reading.catch(() => {});
    found.set(key, reading);
  };
  const listing = stacksOf(pulumi, { stacks: [], all: true });
  for (const stack of project.stacks) start(stack);
  const listed = await listing;
  for (const stack of listed) start(stack);
  return await Promise.all(found.values());
}

/** The hosts of a stack; what stops that is part of them, unless there is no such stack or no `pulumi`. */
async function read(stack: string, { pulumi, project }: Place): Promise<Targets> {
  try {
    return targetsOf(stack, relaysIn(await stateOf(pulumi, stack)), project.file(stack));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === USAGE) throw error;
    return { targets: [], gone: [], why: error.message };
  }
}

/** The refusal of a name that no stack has. */
export function noStack(stack: string, { stacks }: Pick<Project, "stacks">): Refusal {
  const meant = nearest(shortName(stack), stacks);
  const there = stacks.length > 0 ? `known here: ${stacks.join(", ")}` : "`pulumi stack ls` lists them";
  return new Refusal(`there is no stack ${stack}; ${meant ? `did you mean ${meant}? ` : ""}${there}`, USAGE);
}
