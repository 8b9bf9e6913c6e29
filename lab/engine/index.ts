// The engine of the lab: the Pulumi CLI with what it needs to run a Node.js program with remote commands, in a
// PULUMI_HOME of its own. Official programs where they can be downloaded, else built from source or stand-ins.
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { cache } from "../cache.ts";
import { withLock } from "../lock.ts";
import type { Log } from "../shell.ts";
import { build, cli } from "./build.ts";
import { CHECKOUT_VARIABLE, isLauncher, writeLauncher } from "./launchers.ts";
import { downloadCli, downloadProvider, officialVersion, reachable } from "./official.ts";

/** One of the programs that an `up` needs. */
export interface Program {
  name: string;
  version: string;
  origin: "official" | "built from source" | "stand-in";
}

/** The engine, ready for use. */
export interface Engine {
  /** The PULUMI_HOME of the lab; never the user's. */
  home: string;
  /** The `pulumi` program. */
  bin: string;
  /** The command provider. */
  provider: string;
  /** What a shell needs on top of its environment. */
  env: Record<string, string>;
  programs: Program[];
  /** One line with the programs in use, for the first line of a test run. */
  describe(): string;
}

const checkout = resolve(import.meta.dirname, "../..");

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Provides the engine. The first call on a machine downloads or builds it, under a lock; later calls use the cache. To
 * look for the official programs again, delete the cache.
 */
export async function engine(options: { log?: Log } = {}): Promise<Engine> {
  const log = options.log ?? (() => undefined);
  const home = join(cache(), "pulumi");
  const waiting = () => log("waiting for another run that is preparing the engine");
  return withLock("engine", () => prepare(home, log), waiting);
}

async function prepare(home: string, log: Log): Promise<Engine> {
  let online: Promise<boolean> | undefined;
  const isOnline = () => {
    online ??= reachable();
    return online;
  };
  const pulumi = await findCli(home, isOnline, log);
  const host = join(dirname(pulumi.bin), "pulumi-language-nodejs");
  if (isLauncher(host) !== false) writeLauncher(host, "language-host", checkout);
  const hostIsStandIn = isLauncher(host) === true;
  const { file, provider } = await findProvider(home, pulumi.bin, isOnline, log);
  const programs: Program[] = [
    { name: "pulumi", version: pulumi.version, origin: pulumi.origin },
    { name: "pulumi-language-nodejs", version: pulumi.version, origin: hostIsStandIn ? "stand-in" : "official" },
    provider,
  ];
  const nodeFolder = join(checkout, "node_modules/node/bin");
  const path = [dirname(pulumi.bin), ...(existsSync(nodeFolder) ? [nodeFolder] : []), process.env.PATH ?? ""];
  return {
    home,
    bin: pulumi.bin,
    provider: file,
    env: {
      PULUMI_HOME: home,
      PULUMI_VERSION: pulumi.version,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Otherwise every parallel run would look for a missing plugin on the network.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      [CHECKOUT_VARIABLE]: checkout,
      // The official language host is a compiled program; its stand-in has to be loaded anew for each command.
      ...(hostIsStandIn && { NODE_COMPILE_CACHE: join(cache(), "compiled") }),
      PATH: path.join(delimiter),
    },
    programs,
    describe: () => `engine: ${programs.map(describeProgram).join(", ")}`,
  };
}

function describeProgram({ name, version, origin }: Program): string {
  if (origin !== "stand-in") return `${name} ${version} (${origin})`;
  return name === "command provider" ? `${name} ${version} (stand-in)` : `${name} (stand-in)`;
}

interface Cli extends Pick<Program, "version" | "origin"> {
  bin: string;
}

async function findCli(home: string, isOnline: () => Promise<boolean>, log: Log): Promise<Cli> {
  const binary = (version: string) => join(home, "versions", version, "bin/pulumi");
  const official = officialVersion(checkout);
  const downloaded: Cli = { bin: binary(official), version: official, origin: "official" };
  const built: Cli = { bin: binary(cli.version), version: cli.version, origin: "built from source" };
  if (isProgram(downloaded.bin)) return downloaded;
  if (isProgram(built.bin)) return built;
  if ((await isOnline()) && (await downloadCli(checkout, home, log))) return downloaded;
  await build(cli, home, built.bin, log);
  return built;
}

async function findProvider(home: string, cli: string, isOnline: () => Promise<boolean>, log: Log) {
  const manifest = readFileSync(join(checkout, "node_modules/@pulumi/command/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const file = join(home, "plugins", `resource-command-v${version}`, "pulumi-resource-command");
  const there = isLauncher(file);
  const official: Program = { name: "command provider", version, origin: "official" };
  if (there === false) return { file, provider: official };
  if (there === undefined && (await isOnline()) && (await downloadProvider(cli, home, version, log)))
    return { file, provider: official };
  writeLauncher(file, "command-provider", checkout);
  const standIn: Program = { name: "command provider", version, origin: "stand-in" };
  return { file, provider: standIn };
}
