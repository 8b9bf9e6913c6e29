// JSON that Pulumi has printed.

import { Refusal } from "./refusal.ts";

/** Its value. JSON.parse shows a piece of the text in its error, and that may be a secret. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("pulumi has printed something that is not JSON; this needs a Pulumi CLI 3.270 or later");
  }
}
