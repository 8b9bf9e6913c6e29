import { expect, test } from "vitest";
import { digestOf } from "../../src/rollout/events.ts";

const step = "urn:pulumi:s::p::t::web-delivery";
const lines = (...events: object[]) => events.map((one) => JSON.stringify(one)).join("\n");
const failed = (...messages: string[]) =>
  lines(
    { resOpFailedEvent: { metadata: { urn: step } } },
    ...messages.map((message) => ({ diagnosticEvent: { urn: step, severity: "error", message } })),
    { diagnosticEvent: { severity: "error", message: "update failed" } },
    { summaryEvent: { resourceChanges: { same: 4 }, result: "failed" } },
  );

test("the reason is in the words of the host, without what is put round them", () => {
  const message = `Process exited with status 69: running "/usr/local/sbin/postrelay deliver":
  postrelay: the test delivery to ops@example.org failed: The relay refuses the user name or password.
  What to do: Check credentials.username.
  Log: postfix/smtp[1]: 535 5.7.8
`;
  expect(digestOf(failed(message), "", 1)).toMatchObject({
    state: "failed",
    why: [
      "the test delivery to ops@example.org failed: The relay refuses the user name or password.",
      "What to do: Check credentials.username.",
      "Log: postfix/smtp[1]: 535 5.7.8",
    ],
  });
});

test("a step that has said nothing of its own", () => {
  const message = 'Process exited with status 1: running "sh"';
  expect(digestOf(failed(message), "", 1).why).toEqual([message, "update failed"]);
});

test("Pulumi fails before it begins: its own words", () => {
  expect(digestOf("", "warning: x\nerror: no stack named 'prod' found\n", 6)).toMatchObject({
    state: "failed",
    why: ["error: no stack named 'prod' found"],
  });
});
