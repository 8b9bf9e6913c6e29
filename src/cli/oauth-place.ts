// Where an account with `oauth2` stands in the configuration of a stack, and how that reads in its file. Pure.

import { dump } from "js-yaml";
import { providerOf } from "../providers/providers.ts";
import { type Path, type Problem, pathText } from "../settings/problems.ts";
import type { Configuration } from "../stack/account.ts";
import { mergedHosts, NAMESPACE, ownPart } from "../stack/read.ts";
import { isTree, type Tree, valueAt } from "../stack/tree.ts";
import { type ConsentPreset, consentPreset } from "./oauth-consent.ts";

/** An account in the configuration, with what counts for its host. */
export interface Place {
  readonly path: Path;
  /** The account; undefined where there is none. */
  readonly account: Tree | undefined;
  /** Its `oauth2`; undefined where it has none. */
  readonly oauth2: Tree | undefined;
  /**
   * The refresh token at this very place, and not what stands at the top for all hosts; undefined where there is none.
   */
  readonly token: string | undefined;
  /** What its provider fills in; undefined where there is none, or one without tokens. */
  readonly preset: ConsentPreset | undefined;
  /** The name of its host, where it stands below one. */
  readonly host: string | undefined;
  /** Why it can stand nowhere. */
  readonly problems: readonly Problem[];
}

/** Finds it. Below a host counts, too, what stands at the top for all hosts. */
export function placeIn({ config }: Configuration, path: Path): Place {
  const tree = ownPart(config);
  const [top, index] = path;
  const host = top === "hosts" ? mergedHosts(tree)?.[Number(index)] : undefined;
  const [around, below] = top === "hosts" ? [host ?? {}, path.slice(2)] : [tree, path];
  const account = treeOf(valueAt(around, below));
  const reason = "there is no such host in the configuration of the stack";
  return {
    ...{ path, account, oauth2: treeOf(account?.oauth2), host: host && String(host.name) },
    token: textIn(treeOf(valueAt(tree, [...path, "oauth2"])), "refreshToken"),
    preset: consentPreset(providerFor(around, below)),
    problems: top === "hosts" && !host ? [{ path: own(path.slice(0, 2)), reason }] : [],
  };
}

/**
 * The provider of an account: of one of `accounts` that which its relay host belongs to, if it is known by its name.
 */
function providerFor({ provider, senderDependent }: Tree, path: Path): unknown {
  const key = String(path.at(-1));
  if (path.at(-2) !== "accounts") return provider;
  const relay = key.includes("@") ? valueAt(senderDependent, [key, "host"]) : key;
  return (typeof relay === "string" && providerOf(relay)) || provider;
}

/** A path as it begins in the file of a stack. */
export const own = ([top, ...rest]: Path): Path => [`${NAMESPACE}${top}`, ...rest];

/** The path of the refresh token of an account, as `pulumi config set --path` takes it. */
export const tokenPath = (path: Path): string => pathText(own([...path, "oauth2", "refreshToken"]));

/** The text under a key; undefined where there is none, or another kind of value. */
export function textIn(tree: Tree | undefined, key: string): string | undefined {
  const value = tree?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The lines of the file that give an account these values, word for word. */
export function linesFor({ path: [top = "", ...rest], host }: Place, account: Tree): string {
  const below = host === undefined ? rest : rest.slice(1);
  const inner = below.reduceRight<Tree>((value, key) => ({ [key]: value }), account);
  const value = host === undefined ? inner : [{ name: host, ...inner }];
  return dump({ config: { [`${NAMESPACE}${top}`]: value } }, { lineWidth: -1 }).trimEnd();
}

const treeOf = (value: unknown): Tree | undefined => (isTree(value) ? value : undefined);
