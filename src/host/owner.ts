// The owner of a host, and the earlier owners that it follows. A host has one, and runs only commands of that one and
// of those that may follow it.

/** A Relay by its name, in a stack of a project. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
  readonly name: string;
}

/** A resource with the URNs that it had before, as far as its aliases name them. */
export interface NamedResource {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** An owner as the host writes it. */
export const ownerText = ({ project, stack, name }: Owner): string => `${project}/${stack}/${name}`;

/** The owner that a URN names: `urn:pulumi:STACK::PROJECT::TYPES::NAME`. */
export function ownerOf(urn: string): Owner[] {
  const [, stack, project, name] = /^urn:pulumi:(.*?)::(.*?)::.*?::(.*)$/s.exec(urn) ?? [];
  return stack && project && name ? [{ project, stack, name }] : [];
}

/**
 * The owners that aliases name, those of the parents included: a child follows its parent into another stack, and into
 * another name where its own begins with that of the parent. So does the engine.
 */
function aliasOwners([own, ...parents]: readonly NamedResource[]): Owner[] {
  if (!own) return [];
  const itself = own.aliases.flatMap(ownerOf);
  const before = parents[0]?.name ?? "";
  const names = [own.name, ...itself.map(({ name }) => name)];
  const inherited = aliasOwners(parents).flatMap((parent) =>
    names.map((name) => ({
      ...parent,
      name: name.startsWith(before) ? parent.name + name.slice(before.length) : name,
    })),
  );
  return [...itself, ...inherited];
}

/**
 * The owners that this one may follow: those of the aliases of the Relay and of its parents (the nearest first), and
 * those in `formerly`, which are a stack or a Relay in it.
 */
export function earlierOwners(own: Owner, resources: readonly NamedResource[], formerly: readonly string[]): string[] {
  const given = formerly.map((text) => (text.split("/").length > 2 ? text : `${text}/${own.name}`));
  const all = new Set([...aliasOwners(resources).map(ownerText), ...given]);
  all.delete(ownerText(own));
  return [...all];
}
