// One look at a host: what it says of itself, or why it says nothing.

import { atOnce } from "../host/at-once.ts";
import { clean } from "../host/clean.ts";
import { ABSENT, checkCommand } from "../host/command.ts";
import { LONGEST_ANSWER } from "../host/said.ts";
import { plainReason } from "../ssh/reason.ts";
import { type Login, LoginRefused, type Output, run, WrongHostKey } from "../ssh/session.ts";
import { type HostReport, hostReport } from "./host-report.ts";

/** The result of a look. */
export type Look =
  | { readonly kind: "report"; readonly report: HostReport }
  /** Who answers has another host key than `connection.hostKey`, or cannot prove that it has this one. */
  | { readonly kind: "wrong key"; readonly reason: string }
  /** The host answers, and postfix-relay is not installed on it. */
  | { readonly kind: "absent"; readonly id: string }
  /** Nobody answers, or the login fails; `agentRefused` where the host takes nothing of an agent that we can use. */
  | { readonly kind: "unreachable"; readonly reason: string; readonly agentRefused?: true }
  /** The host answers, and its tool is there and does not, or this login cannot run it. */
  | { readonly kind: "tool failed"; readonly reason: string }
  /** The tool is of another version. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The time that a host has to answer, in milliseconds. */
export const LIMIT = 5000;

/** Looks that this process has under way at the same time: with more of them their times would run while they wait. */
const inTurn = atOnce(32);

/** Looks at a host in its turn; its time begins then. It never fails: what is in the way is part of the result. */
export function look(login: Login & { proxy?: Login }, milliseconds = LIMIT): Promise<Look> {
  const limits = { time: milliseconds, bytes: LONGEST_ANSWER };
  return inTurn(async () => parseLook(await run(login, checkCommand(login.user), limits))).catch((error) =>
    failedLook(error, login),
  );
}

/** The SSH library cannot use all that an agent has; a step may log in with it all the same. */
const AGENT_LIMITS = " (the drift check cannot use SSH certificates or hardware keys; `drift: off` disables it)";

/** What is in the way of a look. The words of the SSH library may be those of whoever answered. */
export function failedLook(
  error: unknown,
  login: Pick<Login, "privateKey" | "user" | "agentSocketPath">,
  socket = process.env.SSH_AUTH_SOCK,
): Look {
  if (error instanceof WrongHostKey) return { kind: "wrong key", reason: wrongKey(error) };
  if (!(error instanceof LoginRefused)) return { kind: "unreachable", reason: clean(plainReason(error)) };
  if (login.privateKey) return { kind: "unreachable", reason: "it refuses the login" };
  const isKeyless = !(login.agentSocketPath ?? socket);
  if (isKeyless) return { kind: "unreachable", reason: NO_KEY };
  return { kind: "unreachable", reason: `it refuses the login${AGENT_LIMITS}`, agentRefused: true };
}

const NO_KEY = "there is no SSH key to log in with: start an SSH agent (SSH_AUTH_SOCK is not set here) and load one";

/** What has answered instead of the host, and what a person does about it. */
function wrongKey({ who, known, shown }: WrongHostKey): string {
  const [it, its, key] =
    who === "host"
      ? ["it", "its", "`connection.hostKey`"]
      : ["its bastion", "its bastion's", "`connection.proxy.hostKey`"];
  const shows =
    known === shown
      ? `${it} shows the host key of ${key} (${known}) and cannot prove that it has it`
      : `${its} host key does not match ${key}: ${shown} instead of ${known}`;
  return (
    `${shows}. It was reinstalled, or somebody else answers in its place: change the argument only if ` +
    "`cat /etc/ssh/*.pub | ssh-keygen -lf -`, run on its console, prints the fingerprint that it has now"
  );
}

/** Of a report that has another form. */
export const OTHER_VERSION = "its postrelay is of another version; `pulumi up` puts the one of this program there";

/** Reads the output of a host, among whatever else a login shell prints. */
export function parseLook({ code, stdout }: Output): Look {
  const mark = '{"postrelay":"check"';
  const line = stdout.split("\n").find((line) => line.includes(mark));
  if (line === undefined) {
    const lines = stdout.split(/[\r\n]+/).filter((line) => line.trim() !== "");
    if (lines.includes(ABSENT)) return { kind: "absent", id: stdout.match(/^\d{9,}$/gm)?.join("-") ?? "" };
    return { kind: "tool failed", reason: silence(code, lines.at(-1) ?? "") };
  }
  try {
    const { data } = hostReport.safeParse(JSON.parse(line.slice(line.indexOf(mark))));
    if (data) return { kind: "report", report: data };
  } catch {
    // Cut off.
  }
  return { kind: "unknown", reason: OTHER_VERSION };
}

/** Why a tool that is there has not answered, by its exit code and the last line that was printed. */
export function silence(code: number, line: string): string {
  const last = clean(line.trim());
  const what = isForbidden(code, last)
    ? "this login cannot run postrelay"
    : "postrelay is installed but does not answer";
  return last ? `${what}: ${last}` : what;
}

/** Whether the login cannot run the tool: sudo refuses, or the shell (126, 127), or the tool, since not root (77). */
const isForbidden = (code: number, last: string): boolean => /^sudo: /.test(last) || [77, 126, 127].includes(code);
