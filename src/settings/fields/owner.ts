// Owners of a host.

import { text } from "./kinds.ts";

/** An earlier owner of the host: a stack, or a Relay in it. */
export const formerOwner = text(
  { allowed: "give PROJECT/STACK or PROJECT/STACK/NAME, such as mail/prod or mail/prod/web-1" },
  [/^urn:/, "which is a URN; the option `aliases` of the Relay takes those"],
  [/^[^/]*$/, "which names no project, or no stack"],
  [/^\/|\/$|\/\//, "which has an empty part"],
  [/^[^/]{101}|^[^/]*\/[^/]{101}/, "whose project or stack is longer than 100 characters"],
  [(value) => !/^[\w.-]+\/[\w.-]+(\/|$)/.test(value), "whose project or stack is not a name that Pulumi takes"],
);
