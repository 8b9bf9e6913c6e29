// The device code flow (RFC 8628): somebody types a code into a page, on any machine, while this one asks again and
// again.

import { clean } from "../host/clean.ts";
import type { Login } from "./oauth-account.ts";
import type { Endpoint, Granted } from "./oauth-endpoint.ts";
import { EndpointError } from "./oauth-error.ts";
import { Refusal } from "./refusal.ts";
import { span } from "./span.ts";

/** What the flow touches. */
export interface DeviceWorld {
  /** A line for the user. */
  readonly say: (text: string) => void;
  /** Waits these seconds; the signal ends it with an error. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Seconds of a clock that nobody sets. */
  readonly now: () => number;
}

/** Seconds between two questions at most, however often the connection fails, and whatever the endpoint asks for. */
const LONGEST = { failing: 60, asked: 300 };

/** Gets consent. A Refusal where there is none; one of exit code 1 where the code has expired. */
export async function byDevice(
  { username }: Login,
  endpoint: Pick<Endpoint, "deviceCode" | "poll">,
  { say, wait, now }: DeviceWorld,
  signal: AbortSignal,
): Promise<Granted> {
  const { deviceCode, userCode, address, expiresIn, interval } = await endpoint.deviceCode();
  const end = now() + expiresIn;
  say(`Open ${clean(address)} in a browser, on any machine,`);
  say(`and enter the code ${clean(userCode)}`);
  say(`${username ? `Sign in as ${clean(username)}. ` : ""}The code is good for ${span(expiresIn)}; Ctrl-C ends this.`);
  let pause = Math.min(Math.max(interval, 1), LONGEST.asked);
  let told = "";
  while (now() < end) {
    await wait(Math.min(pause, end - now()), signal);
    const answer = await endpoint.poll(deviceCode).catch((error) => {
      if (error instanceof EndpointError && error.temporary) return error;
      throw error;
    });
    if (answer === "slow down") pause += 5;
    else if (answer instanceof EndpointError) {
      // RFC 8628 (3.5): who has no answer asks less often.
      pause = Math.min(pause * 2, Math.max(pause, LONGEST.failing));
      if (answer.message !== told) say(`${answer.message}; this goes on asking`);
      told = answer.message;
    } else if (answer !== "pending") return answer;
  }
  throw new Refusal("the code has expired before somebody has entered it and agreed: run it again", 1);
}
