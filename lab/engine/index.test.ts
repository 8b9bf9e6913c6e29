// How engine() uses a cache folder: nothing half-written is used, official programs win, launchers follow
// checkouts.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cache } from "../cache.ts";
import { withLock } from "../lock.ts";
import { unpack } from "./go.ts";
import { engine } from "./index.ts";
import { isLauncher, writeLauncher } from "./launchers.ts";
import { downloadCli, officialVersion } from "./official.ts";

const checkout = resolve(import.meta.dirname, "../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-cache-"));
  vi.stubEnv("POSTFIX_RELAY_LAB", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

function put(file: string, text = "#!/bin/sh\necho stub\n", mode = 0o755): string {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text, { mode });
  return join(folder, file);
}
const built = "pulumi/versions/3.274.1/bin/pulumi";
const provider = "pulumi/plugins/resource-command-v1.2.1/pulumi-resource-command";
const offline = () => vi.stubGlobal("fetch", () => Promise.reject(new Error("offline")));

test("the cache folder is the lab's variable, else the user's cache", () => {
  expect(cache()).toBe(folder);
  vi.stubEnv("POSTFIX_RELAY_LAB", "");
  vi.stubEnv("XDG_CACHE_HOME", "/elsewhere");
  expect(cache()).toBe("/elsewhere/postfix-relay-lab");
});

describe("engine()", () => {
  test("with a built CLI adds the stand-ins that are missing, and says so", async () => {
    offline();
    put(built);
    const { bin, home, env, describe } = await engine();
    expect([home, bin]).toEqual([join(folder, "pulumi"), join(folder, built)]);
    expect(env).toMatchObject({ PULUMI_HOME: home, PULUMI_VERSION: "3.274.1" });
    expect(env.PATH?.split(":")[0]).toBe(dirname(bin));
    expect(describe()).toBe(
      "engine: pulumi 3.274.1 (built from source), pulumi-language-nodejs (stand-in), command provider 1.2.1 (stand-in)",
    );
  });

  test("prefers official programs and leaves them as they are", async () => {
    offline();
    const version = officialVersion(checkout);
    put(built);
    put(`pulumi/versions/${version}/bin/pulumi`);
    const host = put(`pulumi/versions/${version}/bin/pulumi-language-nodejs`, "official host");
    const plugin = put(provider, "official provider");
    const { programs } = await engine();
    expect(programs.map(({ origin }) => origin)).toEqual(["official", "official", "official"]);
    expect(readFileSync(host, "utf8")).toBe("official host");
    expect(readFileSync(plugin, "utf8")).toBe("official provider");
  });

  test("never uses an incomplete download", async () => {
    vi.stubGlobal("fetch", async () => new Response(""));
    const script = 'mkdir -p "$3/bin"; echo half >"$3/bin/pulumi"; chmod 755 "$3/bin/pulumi"; exit 1';
    const preload = put("preload.mjs", `globalThis.fetch = async () => new Response(${JSON.stringify(script)});`);
    vi.stubEnv("NODE_OPTIONS", `--import ${preload}`);
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    expect(await downloadCli(checkout, join(folder, "pulumi"), log)).toBe(false);
    expect(lines.at(-1)).toContain("could not be downloaded");
    expect(readdirSync(join(folder, "pulumi"))).toEqual(["versions"]);
    expect(readdirSync(join(folder, "pulumi/versions"))).toEqual([]);
  });

  test("takes over a complete download", async () => {
    vi.stubGlobal("fetch", async () => new Response(""));
    const script = 'mkdir -p "$3/bin"; for i in pulumi pulumi-language-nodejs; do cp /bin/true "$3/bin/$i"; done';
    const preload = put("preload.mjs", `globalThis.fetch = async () => new Response(${JSON.stringify(script)});`);
    vi.stubEnv("NODE_OPTIONS", `--import ${preload}`);
    const { describe } = await engine();
    const version = officialVersion(checkout);
    expect(describe()).toBe(
      `engine: pulumi ${version} (official), pulumi-language-nodejs ${version} (official), command provider 1.2.1 (stand-in)`,
    );
  });

  test("points the launchers to the checkout of the last call, and a run to its own", async () => {
    offline();
    put(built);
    writeLauncher(join(folder, provider), "command-provider", "/gone/checkout");
    const { env } = await engine();
    expect(readFileSync(join(folder, provider), "utf8")).toContain(`:-'${checkout}'}`);
    expect(env.POSTFIX_RELAY_CHECKOUT).toBe(checkout);
  });
});

test("a launcher, a program and a missing file are told apart", () => {
  const file = join(folder, "launcher");
  expect(isLauncher(file)).toBeUndefined();
  writeFileSync(file, "\x7fELF");
  expect(isLauncher(file)).toBe(false);
  writeLauncher(file, "language-host", "/it's/here");
  expect(isLauncher(file)).toBe(true);
});

test("a lock admits one at a time, and reports a wait", async () => {
  const order: string[] = [];
  let release = () => {};
  const first = withLock("lock", async () => {
    order.push("first in");
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    order.push("first out");
  });
  await expect.poll(() => order).toEqual(["first in"]);
  const second = withLock(
    "lock",
    async () => void order.push("second in"),
    () => {
      order.push("second waits");
      release();
    },
  );
  await Promise.all([first, second]);
  expect(order).toEqual(["first in", "second waits", "first out", "second in"]);
});

test("a tool chain that is damaged, cut off, or another one is refused, and leaves nothing", () => {
  const prefix = "golang.org/toolchain@v0.0.1-go1.0.0.linux-amd64/";
  const root = join(folder, "go1.0.0");
  const good = zipSync({ [`${prefix}bin/go`]: strToU8("#!/bin/sh\n"), [`${prefix}VERSION`]: strToU8("go1.0.0\n") });
  const lines = ["VERSION", "bin/go"].map((name) => {
    const text = name === "VERSION" ? "go1.0.0\n" : "#!/bin/sh\n";
    return `${createHash("sha256").update(text).digest("hex")}  ${prefix}${name}\n`;
  });
  const sum = `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
  for (const size of [100, good.length - 30]) expect(() => unpack(good.slice(0, size), prefix, sum, root)).toThrow();
  expect(() => unpack(good, prefix, "h1:other", root)).toThrow(`checksum ${sum} instead of h1:other`);
  const stray = zipSync({ [`${prefix}../go`]: strToU8("x") });
  expect(() => unpack(stray, prefix, sum, root)).toThrow("unexpected file");
  expect(readdirSync(folder)).toEqual([]);
  unpack(good, prefix, sum, root);
  expect(statSync(join(root, "bin/go")).mode & 0o777).toBe(0o755);
});
