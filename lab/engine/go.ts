// The Go tool chain that builds the Pulumi CLI: the machine's own if it is new enough, else one from the Go module
// proxy, which serves tool chains as modules.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import semver from "semver";
import { type Log, run } from "../shell.ts";

/** A `go` program and the environment to run it with. */
export interface Go {
  program: string;
  env: Record<string, string>;
}

// The sums of these modules, as go.sum would have them. Go itself never writes them there for a tool chain.
const sums: Record<string, string> = {
  "1.26.6.linux-amd64": "h1:owmNw4SPM9h46FGOeGJVUWzFEEDSmO6g7gAtWoXp28s=",
  "1.26.6.linux-arm64": "h1:YU5g0Kv9+YZGTJQ8l89vdVDpHOHzXHCuxsoUJm1d1TU=",
};

function wanted(): string {
  const file = readFileSync(join(import.meta.dirname, "build/go.mod"), "utf8");
  return /^go (\S+)$/m.exec(file)?.[1] ?? "";
}

/** Finds Go or downloads it. The machine's own Go stays unchanged. */
export async function findGo(home: string, log: Log): Promise<Go> {
  const version = wanted();
  for (const program of ["go", "/usr/local/go/bin/go"]) {
    const found = await run(program, ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } }).catch(() => undefined);
    const have = semver.coerce(found?.stdout);
    if (have && semver.gte(have, version)) return { program, env: { GOTOOLCHAIN: "local" } };
  }
  const root = join(home, `go${version}`);
  const program = join(root, "bin/go");
  if (!existsSync(program)) await fetchGo(version, root, log);
  return { program, env: { GOTOOLCHAIN: "local", GOROOT: root } };
}

function advice(reason: string): Error {
  return new Error(
    `The lab builds the Pulumi CLI from source here, and needs Go ${wanted()} or later for it: ${reason}. ` +
      "Install Go (https://go.dev/dl) so that `go` is on the PATH, or let this machine reach get.pulumi.com, then try again.",
  );
}

async function fetchGo(version: string, root: string, log: Log): Promise<void> {
  const platform = `${version}.${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const sum = sums[platform];
  if (!sum) throw advice(`none is installed, and no tool chain is known for ${platform}`);
  const proxy = process.env.GOPROXY?.split(/[,|]/).find((name) => name.startsWith("https://"));
  if (!proxy) throw advice("none is installed, and GOPROXY names no module proxy to download it from");
  const module = "golang.org/toolchain";
  log(`downloading Go ${version} (70 MB)`);
  const archive = await fetch(`${proxy}/${module}/@v/v0.0.1-go${platform}.zip`).then(
    async (answer) => {
      if (!answer.ok) throw advice(`the module proxy ${proxy} answered ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    (error: Error) => {
      throw advice(`the module proxy ${proxy} cannot be reached (${error.cause ?? error.message})`);
    },
  );
  unpack(archive, `${module}@v0.0.1-go${platform}/`, sum, root);
}

/** Unpacks the module of a tool chain to `root`, which appears only when complete and with the right checksum. */
export function unpack(archive: Uint8Array, prefix: string, sum: string, root: string): void {
  mkdirSync(dirname(root), { recursive: true });
  const partial = mkdtempSync(`${root}-partial-`);
  try {
    const lines: [string, string][] = [];
    for (const [name, content] of Object.entries(unzipSync(archive))) {
      if (name.endsWith("/")) continue;
      if (!name.startsWith(prefix) || name.includes("..")) throw advice(`the archive has an unexpected file, ${name}`);
      lines.push([name, createHash("sha256").update(content).digest("hex")]);
      const file = join(partial, name.slice(prefix.length));
      mkdirSync(dirname(file), { recursive: true });
      // Modules carry no file modes: programs are known by their folder.
      const mode = /^(bin|pkg\/tool)\//.test(name.slice(prefix.length)) ? 0o755 : 0o644;
      writeFileSync(file, content, { mode });
    }
    lines.sort(([a], [b]) => (a < b ? -1 : 1));
    const text = lines.map(([name, digest]) => `${digest}  ${name}\n`).join("");
    const found = `h1:${createHash("sha256").update(text).digest("base64")}`;
    if (found !== sum) throw advice(`the download has checksum ${found} instead of ${sum}`);
    renameSync(partial, root);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
