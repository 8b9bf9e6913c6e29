import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { images, live } from "./cache.ts";
import { withLock } from "./lock.ts";
import { aptSettings, mirror, type Release } from "./mirror.ts";
import { type Log, must } from "./shell.ts";

/** What a derived image adds to the base image of its release: packages, files, and a script that runs last. */
export interface Recipe {
  packages: string[];
  files?: Record<string, string>;
  script?: string;
}

// What a small VPS has; no MTA.
const include = "systemd,systemd-sysv,dbus,openssh-server,ca-certificates,iproute2,sudo";
const baseScript = readFileSync(new URL("base.sh", import.meta.url), "utf8");
// Package lists age: a new image every two weeks.
const age = Math.floor(Date.now() / (14 * 24 * 3600 * 1000));

/** The layers of a root file system, uppermost first; built when they are not in the cache. */
export async function image(release: Release, recipe: Recipe, log: Log): Promise<string[]> {
  const base = join(images(), `${release}-${digest(include, baseScript, age)}`);
  await build(base, log, (folder) => buildBase(release, folder));
  const parts = [recipe.packages, recipe.files, recipe.script];
  if (!parts.some((part) => part && Object.keys(part).length)) return [base];
  const derived = `${base}+${recipe.packages[0] ?? "files"}-${digest(...parts)}`;
  await build(derived, log, (folder) => buildDerived(base, recipe, folder));
  return [derived, base];
}

/** Removes images that no run will use again, unless a lab is open. */
export function prune(): void {
  if (readdirSync(live()).length > 0) return;
  const current = `-${digest(include, baseScript, age)}`;
  for (const name of readdirSync(images()))
    if (!name.includes(current)) rmSync(join(images(), name), { recursive: true, force: true });
}

const digest = (...parts: unknown[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 10);

async function build(path: string, log: Log, make: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const name = basename(path);
  await withLock(`image-${name}`, async () => {
    if (existsSync(path)) return;
    const start = Date.now();
    log(`lab: building image ${name} (once)`);
    const folder = `${path}.tmp`; // so that an interrupted build leaves no image
    rmSync(folder, { recursive: true, force: true });
    await make(folder);
    renameSync(folder, path);
    log(`lab: image ${name} took ${Math.round((Date.now() - start) / 1000)} s`);
  });
}

async function buildBase(release: Release, folder: string): Promise<void> {
  // A mirror may lag behind sid, whose index is valid for a week only.
  const settings = [...(await aptSettings()), ...(release === "sid" ? ['Acquire::Check-Valid-Until "false";'] : [])];
  const options = ["--quiet", "--mode=root", "--variant=minbase", `--include=${include}`];
  for (const setting of settings) options.push(`--aptopt=${setting.replace(/;$/, "")}`);
  await must("mmdebstrap", [...options, release, folder, ...[mirror()].filter((url) => url !== undefined)]);
  await inChroot(folder, baseScript, settings);
}

async function buildDerived(base: string, recipe: Recipe, folder: string): Promise<void> {
  const work = `${folder}.work`;
  rmSync(work, { recursive: true, force: true });
  for (const part of [folder, join(work, "work"), join(work, "root")]) mkdirSync(part, { recursive: true });
  for (const [path, text] of Object.entries(recipe.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
  }
  const install = `apt-get -qq install -y --no-install-recommends "$@" > /dev/null\n`;
  const script = (recipe.packages.length ? install : "") + (recipe.script ?? "");
  const layers = `lowerdir=${base},upperdir=${folder},workdir=${join(work, "work")}`;
  await inChroot(folder, script, recipe.packages, { root: join(work, "root"), layers });
  rmSync(work, { recursive: true, force: true });
}

/**
 * Runs a shell script inside a root file system, or inside the overlay whose upper layer it is, with this machine's
 * network. Its mounts are in a namespace that ends with the script, and it starts no services.
 */
async function inChroot(folder: string, script: string, args: string[], overlay = { root: folder, layers: "" }) {
  const policy = join(folder, "usr/sbin/policy-rc.d");
  mkdirSync(dirname(policy), { recursive: true });
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const enter = `set -eu
    root=$0 layers=$1
    shift
    [ -z "$layers" ] || mount -t overlay lab -o "$layers" "$root"
    touch "$root/etc/resolv.conf"
    mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" /bin/sh -eus "$@"`;
  await must("unshare", ["--mount", "sh", "-c", enter, overlay.root, overlay.layers, ...args], {
    input: script,
    timeout: 900,
    env: { DEBIAN_FRONTEND: "noninteractive", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  rmSync(policy);
}
