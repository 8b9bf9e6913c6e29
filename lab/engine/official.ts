// The official programs: the Pulumi CLI with its language host, and the command provider. Always preferred.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Log, must } from "../shell.ts";

const PROBE_MS = 4000;
const MINUTES = 60;
const lastLine = (error: unknown) => (error as Error).message.trim().split("\n").at(-1);

/** Whether Pulumi's download site answers promptly: without access to it, nobody should have to wait. */
export async function reachable(): Promise<boolean> {
  try {
    const answer = await fetch("https://get.pulumi.com/install.sh", { signal: AbortSignal.timeout(PROBE_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The CLI version that the npm package `pulumi` of this checkout installs. */
export function officialVersion(checkout: string): string {
  const manifest = readFileSync(join(checkout, "node_modules/pulumi/package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Downloads the CLI as `npx pulumi` does, into `home`; false if that failed. */
export async function downloadCli(checkout: string, home: string, log: Log): Promise<boolean> {
  const version = officialVersion(checkout);
  log(`downloading the Pulumi CLI ${version}`);
  mkdirSync(join(home, "versions"), { recursive: true });
  // The installer writes in place; an interrupted download must not look complete.
  const partial = mkdtempSync(join(home, "partial-"));
  try {
    await must(process.execPath, [join(checkout, "node_modules/pulumi/run.js"), "version"], {
      env: { PULUMI_HOME: partial, PULUMI_VERSION: version, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 10 * MINUTES,
    });
    renameSync(join(partial, "versions", version), join(home, "versions", version));
    return true;
  } catch (error) {
    log(`the Pulumi CLI could not be downloaded: ${lastLine(error)}`);
    return false;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Downloads the command provider with `pulumi plugin install`; false if that failed. */
export async function downloadProvider(pulumi: string, home: string, version: string, log: Log): Promise<boolean> {
  log(`downloading the command provider ${version}`);
  const folder = join(home, "plugins", `resource-command-v${version}`);
  try {
    await must(pulumi, ["plugin", "install", "resource", "command", version], {
      env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 5 * MINUTES,
    });
    return existsSync(join(folder, "pulumi-resource-command"));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.partial`, { force: true });
    log(`the command provider could not be downloaded: ${lastLine(error)}`);
    return false;
  }
}
