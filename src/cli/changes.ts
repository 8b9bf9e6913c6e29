// What a stack file says of a host, beside what was applied to it.

import { isDeepStrictEqual } from "node:util";
import { parse } from "../settings/parse.ts";
import { type Path, type Problem, pathText } from "../settings/problems.ts";
import { argumentNames } from "../settings/schema.ts";
import { type FileHost, SEALED } from "../stack/file.ts";
import { isTree, pick, type Tree } from "../stack/tree.ts";
import type { RelayInState } from "./state.ts";

/** What has changed: the paths of the arguments. Or what is wrong with them in the file. */
export interface Changes {
  readonly paths: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * The arguments of a host that the file has and the state does not. A secret in the file is taken for the one that was
 * applied, unless none was: to open it would take another call of `pulumi` for each stack.
 */
export function changesOf({ name, args }: FileHost, { args: before }: RelayInState): Changes {
  const added: Path[] = [];
  const now = filled(pick(args, argumentNames), before, [], added) as Tree;
  if (added.length > 0) return { paths: added.map(pathText), problems: [] };
  const [file, state] = [parse(name, now), parse(name, before)];
  if (file.problems.length > 0) return { paths: [], problems: file.problems };
  const what = ({ settings, credentials, connection, mailboxes }: typeof file) => ({
    ...{ settings, credentials, connection, mailboxes },
  });
  // The state may be that of another version, whose arguments are not all known here.
  const isSame = state.problems.length === 0 && isDeepStrictEqual(what(file), what(state));
  return { paths: isSame ? [] : differences(now, before).map(pathText), problems: [] };
}

/** The value with what was applied in the place of each secret of the file. `added` gets those that are new. */
function filled(value: unknown, before: unknown, path: Path, added: Path[]): unknown {
  if (value === SEALED) {
    if (before === undefined) added.push(path);
    return before;
  }
  const entry = (key: string | number) => (before as Tree | undefined)?.[key];
  if (Array.isArray(value)) return value.map((one, index) => filled(one, entry(index), [...path, index], added));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, filled(one, entry(key), [...path, key], added)]),
  );
}

/** The paths at which two values differ, a list as a whole. */
function differences(one: unknown, other: unknown, path: Path = []): Path[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isTree(one) || !isTree(other)) return [path];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => differences(one[key], other[key], [...path, key]));
}
