import { expect } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { hostReport } from "../../../src/drift/host-report.ts";
import { openWorld } from "../world.ts";

/** What the files begin with that change a host behind Pulumi's back: a stack with two hosts, `web` and `other`. */
export async function openTwoHosts() {
  const { world, relay, web, other } = await openWorld({ web: {}, other: {} });
  const stack = await world.stack("drift", relay, [web, other]);
  await stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);

  const preview = (...options: string[]) => stack.pulumi(["preview", ...options, "--stack", stack.name]);

  /** Looks that there is nothing to do, and nothing to say. */
  async function empty(): Promise<void> {
    const result = await preview("--expect-no-changes");
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).not.toMatch(/warning|web: /i);
  }
  return { relay, web, other, stack, preview, empty };
}

/** The steps of a host that a preview shows as changed, in their order. */
export const changed = (text: string, host: string) =>
  [...text.matchAll(new RegExp(`^ ~ +command:remote:Command ${host}-(\\S+) update`, "gm"))].map(([, step]) => step);

/** What a host says of itself. */
export async function report(host: LabHost) {
  const { code, stdout } = await host.run("postrelay check");
  return { code, ...hostReport.parse(JSON.parse(stdout)) };
}
