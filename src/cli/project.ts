// The project on the disk: its name, and the files of its stacks.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { JSON_SCHEMA, load } from "js-yaml";
import { isTree } from "../stack/tree.ts";
import { USAGE } from "./exit-codes.ts";
import { Refusal } from "./refusal.ts";

/** A Pulumi project. */
export interface Project {
  readonly name: string;
  /** The names of the stacks that have a file, without their organization. */
  readonly stacks: readonly string[];
  /**
   * The text of a stack's file, which may be called by its full name; undefined where there is none, or where the
   * project adds to it.
   */
  readonly file: (stack: string) => string | undefined;
}

/** Where it lies. */
export interface ProjectOnDisk extends Project {
  readonly folder: string;
  /** The file Pulumi.yaml. */
  readonly own: string;
  /** The path of the file of a stack; undefined where it has none. */
  readonly path: (stack: string) => string | undefined;
  /** The program, as Pulumi.yaml names it. */
  readonly main: string;
}

const PROJECT = /^Pulumi\.(yaml|yml|json)$/;
const STACK = /^Pulumi\.(.+)\.(?:yaml|yml|json)$/;

/** The folder of a command, which has to be there. */
export function folderOf(given: string): string {
  const folder = resolve(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new Refusal(`there is no folder ${folder}`, USAGE);
}

/** The project that a folder is in. */
export function projectIn(cwd: string): ProjectOnDisk {
  const folder = above(cwd, (one) => readdirSync(one).some((name) => PROJECT.test(name)));
  if (folder === undefined)
    throw new Refusal(`no Pulumi.yaml in ${cwd} or above it; go to the folder of the project, or name it with -C DIR`);
  const own = readdirSync(folder).find((name) => PROJECT.test(name)) ?? "";
  const { name, stackConfigDir, config, main } = mapping(join(folder, own));
  const place = join(folder, typeof stackConfigDir === "string" ? stackConfigDir : ".");
  const names = statSync(place, { throwIfNoEntry: false }) ? readdirSync(place) : [];
  const files = new Map(
    names.flatMap(
      (file) =>
        STACK.exec(file)
          ?.slice(1)
          .map((stack) => [stack, file]) ?? [],
    ) as [string, string][],
  );
  // Values that stand there count for all stacks, and are not in their files.
  const isWhole = !isTree(config) || !Object.keys(config).some((key) => key.startsWith("postfix-relay:"));
  const path = (stack: string) => {
    const file = files.get(shortName(stack));
    return file && join(place, file);
  };
  return {
    name: String(name),
    stacks: [...files.keys()],
    file: (stack) => {
      const file = path(stack);
      return isWhole && file ? readFileSync(file, "utf8") : undefined;
    },
    folder,
    own: join(folder, own),
    path,
    main: join(folder, typeof main === "string" ? main : "."),
  };
}

/** The name of a stack without organization and project. */
export const shortName = (stack: string): string => stack.split("/").at(-1) ?? stack;

/** The nearest folder at or above one for which that is true. */
function above(folder: string, is: (folder: string) => boolean): string | undefined {
  if (is(folder)) return folder;
  return dirname(folder) === folder ? undefined : above(dirname(folder), is);
}

function mapping(file: string): Record<string, unknown> {
  try {
    const value = load(readFileSync(file, "utf8"), { schema: JSON_SCHEMA });
    return isTree(value) ? value : {};
  } catch {
    throw new Refusal(`${file} cannot be read, or is not YAML`);
  }
}
