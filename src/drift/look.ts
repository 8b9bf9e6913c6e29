// One look at a host: what it says of itself, or why it says nothing.

import { ABSENT, checkCommand } from "../host/command.ts";
import { plainReason } from "../ssh/reason.ts";
import { type Login, run } from "../ssh/session.ts";
import { type HostReport, hostReport } from "./host-report.ts";

/** The result of a look. */
export type Look =
  | { readonly kind: "report"; readonly report: HostReport }
  /** The host answers, and nothing of postfix-relay is on it. */
  | { readonly kind: "absent"; readonly id: string }
  /** Nobody answers, or the login fails. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The host answers, and its tool does not, or is of another version. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The time that a host has to answer, in milliseconds. */
export const LIMIT = 5000;

/** Looks that this process has under way at the same time: with more of them their times would run while they wait. */
const AT_ONCE = 32;

/** Looks at a host in its turn; its time begins then. It never fails: what is in the way is part of the result. */
export async function look(login: Login & { proxy?: Login }, milliseconds = LIMIT): Promise<Look> {
  await turn();
  try {
    const { stdout } = await run(login, checkCommand(login.user), milliseconds);
    return parseLook(stdout);
  } catch (error) {
    return { kind: "unreachable", reason: reasonOf(error, login) };
  } finally {
    next();
  }
}

let underWay = 0;
const waiting: (() => void)[] = [];

function turn(): Promise<void> {
  if (underWay === AT_ONCE) return new Promise((resolve) => waiting.push(resolve));
  underWay += 1;
  return Promise.resolve();
}

/** Gives the turn of a look that is done to the next one. */
function next(): void {
  const first = waiting.shift();
  if (first) first();
  else underWay -= 1;
}

/** The SSH library cannot use all that an agent has; a step may log in with it all the same. */
const AGENT_LIMITS =
  " (a look uses no certificates and no security keys of an SSH agent; drift: off leaves the look out)";

/** The words of the SSH library, and others where they tell too little. */
function reasonOf(error: unknown, { privateKey }: Login): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("verification failed")) return "it has another host key than `connection.hostKey`";
  if (text.includes("authentication methods failed")) return `it refuses the login${privateKey ? "" : AGENT_LIMITS}`;
  return plainReason(error);
}

/** Reads the output of a host, among whatever else a login shell prints. */
export function parseLook(stdout: string): Look {
  const mark = '{"postrelay":"check"';
  const line = stdout.split("\n").find((line) => line.includes(mark));
  if (line === undefined) {
    const lines = stdout.split(/[\r\n]+/).filter((line) => line.trim() !== "");
    if (lines.includes(ABSENT)) return { kind: "absent", id: stdout.match(/^\d{9,}$/gm)?.join("-") ?? "" };
    const last = lines.at(-1)?.replace(/\p{C}/gu, " ").trim().slice(0, 200);
    return { kind: "unknown", reason: `postrelay is there and does not answer${last ? `: ${last}` : ""}` };
  }
  try {
    const { data } = hostReport.safeParse(JSON.parse(line.slice(line.indexOf(mark))));
    if (data) return { kind: "report", report: data };
  } catch {
    // Cut off.
  }
  return {
    kind: "unknown",
    reason: "its postrelay is of another version; `pulumi up` puts the one of this program there",
  };
}
