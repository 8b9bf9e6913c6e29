import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./shell.ts";

/** Debian releases that the lab can boot. */
export const releases = ["bullseye", "bookworm", "trixie", "sid"] as const;

/** A Debian release the lab can boot. */
export type Release = (typeof releases)[number];

/**
 * The Debian mirror of this machine: the first http source of apt with a suite of Debian's. Undefined (the builder's
 * own default) if there is none, as on Ubuntu.
 */
export function mirror(etc = "/etc/apt"): string | undefined {
  const folder = join(etc, "sources.list.d");
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const file of [join(etc, "sources.list"), ...files.map((name) => join(folder, name))]) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, "utf8").replace(/^\s*#.*\n?/gm, "");
    const found = (file.endsWith(".sources") ? stanzas(text) : lines(text)).find(isDebian);
    if (found) return found.uri;
  }
  return undefined;
}

interface Source {
  uri: string;
  suites: string[];
  components: string[];
}

const suite = /^(buster|bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)$/;
// Others publish for Debian too, under the same suite names; a component "main" only Debian has there.
const isDebian = ({ uri, suites, components }: Source) =>
  /^https?:/.test(uri) && suites.some((name) => suite.test(name)) && components.includes("main");

function stanzas(text: string): Source[] {
  return text.split(/\n\s*\n/).map((stanza) => {
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(stanza)?.[1]?.trim() ?? "";
    const off = /^no$/i.test(field("Enabled")) || !/\bdeb\b/.test(field("Types"));
    const [uri, suites, components] = ["URIs", "Suites", "Components"].map((name) => field(name).split(/\s+/));
    return { uri: off ? "" : (uri?.[0] ?? ""), suites: suites ?? [], components: components ?? [] };
  });
}

function lines(text: string): Source[] {
  return [...text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/gm)].map((found) => ({
    uri: found[1] as string,
    suites: [found[2] as string],
    components: (found[3] as string).split(/\s+/),
  }));
}

/** Why a release is not available, or undefined. Only a clear "not found" counts, not a slow network. */
export async function absent(release: Release): Promise<string | undefined> {
  const from = mirror();
  if (!from) return undefined;
  const url = `${from.replace(/\/$/, "")}/dists/${release}/InRelease`;
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(10_000) });
    return answer.status === 404 || answer.status === 410
      ? `${release}: this machine's mirror no longer has it`
      : undefined;
  } catch {
    return undefined;
  }
}

/** apt settings for hosts: a proxy of this machine's apt is theirs too, unless it is local to this machine. */
export async function aptSettings(): Promise<string[]> {
  const dump = (await run("apt-config", ["dump", "--no-empty", "Acquire"])).stdout;
  return dump.split("\n").filter((line) => /^Acquire::https?::Proxy /.test(line) && !/127\.|localhost|::1/.test(line));
}
