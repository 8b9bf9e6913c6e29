// One look at a host: what it says of itself, or why it says nothing.

import { type HostReport, hostReport } from "./host-report.ts";
import { type Login, run } from "./session.ts";

/** What a look has seen. */
export type Look =
  | { readonly kind: "report"; readonly report: HostReport }
  /** The host answers, and nothing of postfix-relay is on it, or a tool that knows no such report. */
  | { readonly kind: "absent"; readonly id: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** How long a host may take to answer, in milliseconds. */
export const LIMIT = 5000;

const TOOL = "/usr/local/sbin/postrelay";

/** Looks at a host. It never fails: whatever is in the way is part of what it has seen. */
export async function look(login: Login & { proxy?: Login }, milliseconds = LIMIT): Promise<Look> {
  const sudo = login.user === "root" ? "" : "sudo -n ";
  try {
    // The times of these folders tell one loss of the tool from the next.
    const { stdout } = await run(login, `${sudo}${TOOL} check || stat -c %Z /usr/local/sbin /var/lib`, milliseconds);
    return seen(stdout);
  } catch (error) {
    return { kind: "unreachable", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The report among whatever else a login shell prints. */
export function seen(stdout: string): Look {
  for (const line of stdout.split("\n")) {
    const at = line.indexOf('{"postrelay":"check"');
    if (at < 0) continue;
    try {
      const { data } = hostReport.safeParse(JSON.parse(line.slice(at)));
      if (data) return { kind: "report", report: data };
    } catch {
      // Cut off: as good as none.
    }
  }
  return { kind: "absent", id: stdout.match(/^\d{9,}$/gm)?.join("-") ?? "" };
}
