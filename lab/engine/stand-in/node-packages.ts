// Part of the stand-in for `pulumi-language-nodejs` (language-host.ts): what is installed in a program's node_modules.
// Unused where the official language host is installed.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What Pulumi's engine needs to know of an npm package. */
export interface NodePackage {
  name: string;
  version: string;
  /** Where the engine would download the plugin from; empty for Pulumi's own server. */
  server: string;
}

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

function manifest(directory: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The folder itself and all above it: where Node looks for packages, nearest first. */
function upwards(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

function packagesIn(modules: string): string[] {
  return entries(modules).flatMap((name) =>
    name.startsWith("@")
      ? entries(join(modules, name)).map((inner) => join(modules, name, inner))
      : [join(modules, name)],
  );
}

/** The folders named node_modules at or below a folder that is not in one. */
function modulesBelow(directory: string): string[] {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const inside = folders.map(({ name }) => name).filter((name) => name !== "node_modules");
  return [join(directory, "node_modules"), ...inside.flatMap((name) => modulesBelow(join(directory, name)))];
}

/**
 * The provider plugins that packages below a program's folder need, each once. Folders above it are not searched,
 * although Node resolves packages from there.
 */
export function requiredPackages(programDirectory: string): NodePackage[] {
  const found = new Map<string, NodePackage>();
  const visit = (modules: string): void => {
    for (const directory of packagesIn(modules)) {
      const { name = "", version = "", pulumi } = manifest(directory) ?? {};
      visit(join(directory, "node_modules"));
      if (!pulumi?.resource) continue;
      const plugin = pulumi.name ?? name.replace(/^@pulumi\//, "").replace(/^@/, "");
      const item = { name: plugin, version: `v${(pulumi.version ?? version).replace(/^v/, "")}` };
      found.set(JSON.stringify(item), { ...item, server: pulumi.server ?? "" });
    }
  };
  if (programDirectory) modulesBelow(programDirectory).forEach(visit);
  return [...found.values()];
}

/** The direct dependencies of the program's own package, with the installed versions. */
export function dependencies(programDirectory: string): NodePackage[] {
  const above = upwards(programDirectory);
  const own = above.map(manifest).find((found) => found !== undefined);
  const names = Object.keys({ ...own?.dependencies, ...own?.devDependencies });
  return names.flatMap((name) => {
    const installed = above.map((directory) => manifest(join(directory, "node_modules", name))).find(Boolean);
    return installed?.version ? [{ name, version: installed.version, server: "" }] : [];
  });
}
