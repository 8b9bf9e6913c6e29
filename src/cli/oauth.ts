// The command `oauth`, from what was asked for to its exit code: a user's consent, and the refresh token into the file
// of the stack. The token is in memory and on the stdin of `pulumi` alone.

import { clean } from "../host/clean.ts";
import { problemText } from "../settings/problems.ts";
import { USAGE } from "./exit-codes.ts";
import { INTERRUPTED } from "./hidden.ts";
import { noStack } from "./inventory.ts";
import { type Login, loginFor } from "./oauth-account.ts";
import { type BrowserWorld, byLoopback, byPaste } from "./oauth-browser.ts";
import { byDevice, type DeviceWorld } from "./oauth-device.ts";
import { endpointOf, type Granted } from "./oauth-endpoint.ts";
import { placeIn, tokenPath } from "./oauth-place.ts";
import { type Project, shortName } from "./project.ts";
import { configOf, type Pulumi, type SetConfig, selectedStack } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { OauthRequest } from "./request.ts";
import { span } from "./span.ts";

/** All that the command touches. */
export interface OauthWorld extends DeviceWorld, BrowserWorld {
  readonly pulumi: Pulumi;
  readonly project: Pick<Project, "stacks">;
  readonly set: SetConfig;
  readonly env: NodeJS.ProcessEnv;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly print: (text: string) => void;
}

/** Runs it; the exit code. */
export async function oauth(request: OauthRequest, world: OauthWorld): Promise<number> {
  const { interrupted, say } = world;
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(request.timeout * 1000)]);
  const { stack, login, token } = await beforeWriting(request, world, signal);
  await write(stack, request, token, world);
  const file = `Pulumi.${shortName(stack)}.yaml`;
  const how = login.replaces ? "in the place of the one that was there" : "as a secret";
  world.print(`Written to ${file}, ${how}: ${tokenPath(request.path)}\n`);
  for (const left of login.left) say(`Before the next step, ${left}`);
  say(`Next: \`pulumi up --stack ${stack}\`, which proves it by a delivery.`);
  return 0;
}

/** Everything until there is a token; whatever ends it says that nothing was written. */
async function beforeWriting(request: OauthRequest, world: OauthWorld, signal: AbortSignal) {
  try {
    const stack = request.stack ?? (await selectedStack(world.pulumi));
    const login = await checked(stack, request, world);
    signal.throwIfAborted();
    const granted = await consent(login, request, world, signal);
    signal.throwIfAborted();
    return { stack, login, token: tokenOf(granted, login, world.say) };
  } catch (error) {
    if (world.interrupted.aborted) throw new Refusal("interrupted; nothing was written", INTERRUPTED);
    if (signal.aborted)
      throw new Refusal(`nobody has given consent within ${span(request.timeout)}; nothing was written`, 1);
    if (!(error instanceof Refusal)) throw error;
    if (error.code === INTERRUPTED) throw new Refusal("interrupted; nothing was written", INTERRUPTED);
    throw new Refusal(`${error.message}\nnothing was written`, error.code);
  }
}

/** The login, if nothing is in its way. */
async function checked(stack: string, request: OauthRequest, { pulumi, project }: OauthWorld): Promise<Login> {
  const configuration = await configOf(pulumi, stack).catch((error) => {
    throw error instanceof Refusal && error.code === USAGE ? noStack(stack, project) : error;
  });
  const login = loginFor(request, stack, configuration);
  if (!("problems" in login)) return login;
  const { problems, lines } = login;
  const add = `These lines are missing in Pulumi.${shortName(stack)}.yaml:\n\n${lines}\n`;
  const text = problemText(`stack ${stack} lacks what a login needs`, problems);
  throw new Refusal([text, ...(lines ? [add] : [])].join("\n"), USAGE);
}

function consent(login: Login, { paste }: OauthRequest, world: OauthWorld, signal: AbortSignal): Promise<Granted> {
  const endpoint = endpointOf(login, signal);
  if (login.flow === "device") return byDevice(login, endpoint, world, signal);
  const { SSH_CONNECTION, SSH_CLIENT, SSH_TTY } = world.env;
  const isRemote = Boolean(SSH_CONNECTION || SSH_CLIENT || SSH_TTY);
  return (paste ?? isRemote) ? byPaste(login, endpoint, world, signal) : byLoopback(login, endpoint, world, signal);
}

/** The refresh token, with what is odd about the consent. */
function tokenOf({ refreshToken, scope, who }: Granted, login: Login, say: OauthWorld["say"]): string {
  if (who) say(`Consent was given by ${who}.`);
  const { username } = login;
  if (who && username && who.toLowerCase() !== username.toLowerCase())
    say(
      `The account has the user name ${clean(username)}; if that is another mailbox, sign in there and run it again.`,
    );
  const refused = notIn(scope ?? login.scope, login.scope);
  if (refused.length > 0) say(`The endpoint does not list what was asked for: ${clean(refused.join(" "))}`);
  if (refreshToken === undefined) throw new Refusal(NO_TOKEN, 1);
  if (!/^[\x21-\x7e]+$/.test(refreshToken)) throw new Refusal("the refresh token has characters that none may have", 1);
  return refreshToken;
}

/** The scopes of a resource that are missing in an answer. */
function notIn(given: string, asked: string): string[] {
  const there = given.toLowerCase().split(/\s+/);
  return asked.split(/\s+/).filter((one) => one.includes("/") && !there.includes(one.toLowerCase()));
}

const NO_TOKEN = `there was consent, and the endpoint has given no refresh token:
  Microsoft gives one where the scope has the word offline_access
  Google gives one for access_type=offline and prompt=consent; --authorize-endpoint URL may have more such parameters`;

/** Writes it, and reads it back: what is said of the file is true, also where Ctrl-C has reached `pulumi`, too. */
async function write(stack: string, { path }: OauthRequest, token: string, { set, pulumi }: OauthWorld): Promise<void> {
  const at = tokenPath(path);
  let why = "somebody else has written its file at the same time";
  await set(stack, at, token, "secret").catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    why = error.message;
  });
  const now = await configOf(pulumi, stack).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(
      `it is not known whether ${at} was written: ${why}; look with \`pulumi config --stack ${stack}\``,
    );
  });
  if (placeIn(now, path).token === token) return;
  throw new Refusal(`${at} could not be written to stack ${stack}: ${why}\nnothing was written; run it again`);
}
