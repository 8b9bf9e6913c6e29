import { expect, test } from "vitest";
import { runText } from "./run-text.ts";

const run = `Updating (prod):

 +  pulumi:pulumi:Stack mail creating (0s)
 +  command:remote:Command web-1-packages creating (0s)
@ updating....
 +  command:remote:Command web-1-packages creating (2s)
 +  command:remote:Command web-1-packages created (9s)
 ~  command:remote:Command web-1-delivery **updating failed** [diff: ~stdin]; error: while running
    postfix-relay:index:RelayFleet hosts 1 warning
Diagnostics:
  command:remote:Command (web-1-delivery):
    error: while running


Outputs:
  - deliveries: {}
Resources:
    + 1 created
`;

test("the end of each step and the sections stay", () => {
  expect(runText(run)).toBe(`Updating (prod):

 +  command:remote:Command web-1-packages created (9s)
 ~  command:remote:Command web-1-delivery **updating failed** [diff: ~stdin]; error: while running
Diagnostics:
  command:remote:Command (web-1-delivery):
    error: while running

Outputs:
  - deliveries: {}
Resources:
    + 1 created
`);
});

test("a section that is left out leaves a mark", () => {
  expect(runText(run, ["Outputs"])).toContain("\n[…]\n\nResources:\n");
});
