// The code flow with PKCE: a browser is sent back to an address on this machine. Where it runs elsewhere, that address
// is pasted instead.

import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { clean } from "../host/clean.ts";
import { USAGE } from "./exit-codes.ts";
import type { Login } from "./oauth-account.ts";
import { type Endpoint, type Granted, newReturn, type Returned } from "./oauth-endpoint.ts";
import { Refusal } from "./refusal.ts";

/** What the flow touches, beside the loopback. */
export interface BrowserWorld {
  /** A line for the user. */
  readonly say: (text: string) => void;
  /** Asks on the terminal without showing the answer; undefined where there is none. */
  readonly hidden: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** What comes on stdin where there is no terminal. */
  readonly input: NodeJS.ReadableStream;
}

/** Gets consent by a browser on this machine. A Refusal where there is none. */
export async function byLoopback(
  login: Login,
  endpoint: Endpoint,
  { say }: BrowserWorld,
  signal: AbortSignal,
): Promise<Granted> {
  const server = createServer();
  try {
    const port = await listening(server);
    signal.throwIfAborted();
    const returned = newReturn(redirectTo(login, port));
    const answer = answerAt(server, endpoint, returned, signal);
    // Whoever waits for it hears of it.
    answer.catch(() => {});
    const address = await endpoint.addressFor(returned);
    say(`Open this address in a browser on this machine${as(login)}:\n\n${address}\n`);
    say("Where the browser is on another machine, press Ctrl-C and run it again with --paste.");
    return await endpoint.exchange(await answer, returned);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Gets consent by a browser on another machine. A Refusal where there is none. */
export async function byPaste(
  login: Login,
  endpoint: Endpoint,
  world: BrowserWorld,
  signal: AbortSignal,
): Promise<Granted> {
  // Nothing listens here, nor there: a port that programs are not known by.
  const returned = newReturn(redirectTo(login, randomInt(49_152, 65_536)));
  const { say } = world;
  say(`Open this address in a browser, on any machine${as(login)}:\n\n${await endpoint.addressFor(returned)}\n`);
  say(`The browser ends at an address that begins with ${returned.redirect} and shows an error: that is right.`);
  say("Copy that address from the browser, and paste it here. It is not shown.");
  return await endpoint.exchange(await pasted(endpoint, returned, world, signal), returned);
}

const as = ({ username }: Login) => (username ? `, and sign in as ${clean(username)}` : ", and sign in");

const redirectTo = ({ service }: Login, port: number) => `http://${service?.loopback ?? "127.0.0.1"}:${port}/`;

/** Listens at a free port of the loopback. */
function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", () => reject(new Refusal("no port of 127.0.0.1 can be listened at; use --paste")));
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

const PLAIN = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close",
};

/** What the browser brings. Whatever else asks there, such as for an icon, is sent away, and changes nothing. */
function answerAt(
  server: Server,
  endpoint: Endpoint,
  returned: Returned,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    server.on("request", (request, response) => {
      const say = (status: number, text: string) => response.writeHead(status, PLAIN).end(`${text}\n`);
      const address = URL.parse(request.url ?? "", returned.redirect);
      if (request.method !== "GET" || address?.pathname !== "/") return say(404, "There is nothing here.");
      try {
        const answer = endpoint.answerIn(address, returned);
        if (!answer) return say(400, "This is not the answer that postfix-relay waits for.");
        // The page is there before the end of the server can take it away.
        response.once("close", () => resolve(answer));
        say(200, "postfix-relay has the answer. Close this window; the terminal says how it ends.");
      } catch (error) {
        response.once("close", () => reject(error));
        say(200, "No consent was given. Close this window; the terminal says why.");
      }
    });
  });
}

/** What was pasted. On a terminal a wrong address is asked for again; a pipe has one line. */
async function pasted(
  endpoint: Endpoint,
  returned: Returned,
  { say, hidden, input }: BrowserWorld,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  for (;;) {
    const text = hidden ? await hidden("Address: ", signal) : await lineOf(input, signal);
    const address = URL.parse(text.trim());
    const answer = address ? endpoint.answerIn(address, returned) : undefined;
    if (answer) return answer;
    const why = wrong(address, returned);
    if (!hidden) throw new Refusal(why, USAGE);
    say(why);
  }
}

/** Why that is not it. */
function wrong(address: URL | null, { redirect, state }: Returned): string {
  const whole = `it begins with ${redirect}, and has \`code=\` in it; copy all of it`;
  if (!address) return `that is no address: ${whole}`;
  if (!address.searchParams.has("code")) return `that is not the address at which the browser has ended: ${whole}`;
  if (address.searchParams.get("state") !== state)
    return "that address belongs to another login: its `state` is not that of this one; use the address above, once more";
  return `that address cannot be read: ${whole}`;
}

/** The first line on stdin. */
async function lineOf(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input, signal });
  for await (const line of lines) return line;
  throw new Refusal("there is no address on stdin; run it on a terminal, which asks for it", USAGE);
}
