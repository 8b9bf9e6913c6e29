// `init --from`: what a host says of the Postfix that somebody has set up on it by hand. It changes nothing there.

import { failedLook } from "../drift/look.ts";
import type { Login, Output } from "../ssh/session.ts";
import { USAGE } from "./exit-codes.ts";
import { handMadeCommand, parseHandMade, type Unread } from "./hand-made.ts";
import { loginOf } from "./init-files.ts";
import { Refusal } from "./refusal.ts";
import { type TakenOver, takeOver } from "./take-over.ts";

/** Runs a command on a host. */
export type Run = (login: Login, command: string) => Promise<Output>;

/** Asks the host behind an address, whose key is known. */
export async function takenFrom(address: string, hostKey: string, run: Run, name?: string): Promise<TakenOver> {
  const { host, port = 22, user = "root" } = loginOf(address);
  const login = { host, port, user, hostKey };
  const { stdout } = await run(login, handMadeCommand(user)).catch((error: unknown) => {
    throw new Refusal(`${host} cannot be asked: ${reasonOf(error, login)}`);
  });
  const made = parseHandMade(stdout);
  if ("why" in made) throw refusalFor(made, host, user);
  return takeOver(made, name);
}

const NO_KEY = "start an SSH agent and load the key for it (ssh-add); SSH_AUTH_SOCK names it";

function reasonOf(error: unknown, login: Login): string {
  const seen = failedLook(error, login);
  const reason = "reason" in seen ? seen.reason : "no answer";
  return reason.startsWith("it refuses the login")
    ? `it refuses the login of ${login.user}; load the key that it accepts into the SSH agent (ssh-add), or name another user`
    : /^the SSH agent/.test(reason)
      ? `${reason}; ${NO_KEY}`
      : reason;
}

function refusalFor({ why, words }: Unread, host: string, user: string): Refusal {
  switch (why) {
    case "no-postfix":
      return new Refusal(`there is no Postfix on ${host}, so there is nothing to take over; leave --from out`, USAGE);
    case "managed":
      return new Refusal(
        `${host} is managed by postfix-relay already; \`postfix-relay status\` in its project shows it`,
        USAGE,
      );
    case "no-root":
      return new Refusal(
        `${user} cannot become root on ${host}, and only root can read its passwords' file: let \`sudo -n true\` work for ` +
          `${user}, or take --from root@${host}${words.startsWith("sudo: ") ? ` (${words})` : ""}`,
      );
    case "silent":
      return new Refusal(`${host} does not say how its Postfix is set up${words ? `: ${words}` : ""}`);
  }
}
