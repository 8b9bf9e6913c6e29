// Which stacks a rollout is about, from the files of the project alone: nobody asks Pulumi, and no secret is opened.

import { didYouMean } from "../settings/nearest.ts";
import { addressOf } from "../settings/one-host.ts";
import { hostsInFile, labelsInFile } from "../stack/file.ts";
import { tagProblems } from "../stack/read.ts";
import { Refused } from "./refused.ts";

/** A stack, as its file tells. */
export interface ListedStack {
  readonly stack: string;
  readonly tags: readonly string[];
  readonly hosts: readonly { readonly name: string; readonly address?: string }[];
  readonly passphrase: boolean;
}

/** What was asked for. Of several tags a stack needs one. */
export interface Selection {
  readonly stacks: readonly string[];
  readonly tags: readonly string[];
  readonly exclude: readonly string[];
  readonly all: boolean;
}

/** The tag of stacks that are tried first. */
export const CANARY = "canary";

/** Reads the file of a stack. */
export function listStack(stack: string, text: string): ListedStack {
  const { tags, passphrase } = labelsInFile(text);
  const file = `Pulumi.${stack}.yaml`;
  const [wrong] = tagProblems(tags);
  if (wrong) throw new Refused(`${file}: postfix-relay:tags ${wrong.reason}`);
  const named = hostsInFile(text);
  if (named.wrong !== undefined) throw new Refused(`${file} ${named.wrong}`);
  const hosts = named.hosts
    .filter(({ args }) => args.gone !== true)
    .map(({ name, args }) => ({ name, address: addressOf(args.connection) }));
  return { stack, tags: (tags ?? []) as string[], hosts, passphrase };
}

/** The stacks that were asked for: those with the tag `canary` first, then by name. */
export function select(all: readonly ListedStack[], { stacks, tags, exclude, all: every }: Selection): ListedStack[] {
  const names = all.map(({ stack }) => stack);
  const known = [...new Set(all.flatMap(({ tags }) => tags))];
  if (stacks.length + tags.length === 0 && !every)
    throw new Refused("nothing is chosen; name stacks with --stack NAME or --tag TAG, or take all with --all");
  for (const stack of [...stacks, ...exclude]) {
    if (!names.includes(stack)) throw new Refused(`there is no stack ${stack}; ${meant(stack, names)}`);
  }
  for (const tag of tags) {
    if (!known.includes(tag)) throw new Refused(`no stack has the tag ${tag}; ${meant(tag, known)}`);
  }
  const chosen = all
    .filter(({ stack, tags: own }) => every || stacks.includes(stack) || tags.some((tag) => own.includes(tag)))
    .filter(({ stack }) => !exclude.includes(stack));
  if (chosen.length === 0) throw new Refused("no stack is left; --exclude leaves out all that were chosen");
  const shared = sharedAddress(chosen);
  if (shared) throw new Refused(shared);
  const rank = ({ tags }: ListedStack) => (tags.includes(CANARY) ? 0 : 1);
  return chosen.toSorted((a, b) => rank(a) - rank(b) || a.stack.localeCompare(b.stack, "en", { numeric: true }));
}

const meant = (word: string, known: readonly string[]) =>
  didYouMean(word, known) + (known.length > 0 ? `known here: ${known.join(", ")}` : "none is known here");

/** Two stacks with one host would overwrite each other's configuration. */
function sharedAddress(stacks: readonly ListedStack[]): string | undefined {
  const seen = new Map<string, string>();
  for (const { stack, hosts } of stacks) {
    for (const { address } of hosts) {
      const other = address === undefined ? undefined : seen.get(address);
      if (other !== undefined && other !== stack)
        return `the stacks ${other} and ${stack} both have the host ${address}, and a host has one owner; remove it from one`;
      if (address !== undefined) seen.set(address, stack);
    }
  }
  return undefined;
}
