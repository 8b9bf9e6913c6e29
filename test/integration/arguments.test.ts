// Wrong arguments, through the real engine: one clear message, no stack trace, and no host is touched.

import { afterEach, expect, test } from "vitest";
import { HOST_KEY } from "../support/args.ts";
import { Stack } from "./stack.ts";

let stack: Stack | undefined;
afterEach(() => stack?.remove());

/** A program with one Relay; `change` is put over its arguments. */
const program = (change: string) => `
import * as pulumi from "@pulumi/pulumi";
import { Relay } from "../src/index.ts";

const connection = { host: "192.0.2.1", hostKey: "${HOST_KEY}" };
const credentials = { username: "user", password: "POISON" };
const args = {
  connection, credentials, domain: "example.com",
  relayHost: { host: "smtp.example.net" }, testDelivery: { to: "ops@example.org" },
};
new Relay("web-1", { ...args, ${change} });
`;

test.each([
  ["a plain value", `domain: "example"`, 'domain: got "example", which has no domain; '],
  ["an Output", `domain: pulumi.output("example")`, 'domain: got "example", which has no domain; '],
  [
    "a secret",
    `credentials: { ...credentials, password: pulumi.secret("POISON ") }`,
    "credentials.password: got a text, which ends with a space; ",
  ],
  [
    "the connection",
    `connection: { ...connection, hostKey: pulumi.output("ssh-rsa AAAA") }`,
    'connection.hostKey: got "ssh-rsa AAAA", which is an RSA key; ',
  ],
])("%s that is wrong", async (what, change, reason) => {
  stack = await Stack.create("wrong", { program: program(change) });
  const { code, text } = await stack.up();
  expect(code).not.toBe(0);
  expect(text).toContain(`error: Relay web-1:\n      ${reason}`);
  expect(text).not.toMatch(/POISON|Process exited|dial|error serializing|\bat .*:\d+:\d+/);
  // What is known too late to leave the first step out keeps it from being run.
  const steps = new Set(text.match(/web-1-[a-z-]+ (?=creating)/g));
  expect([...steps]).toEqual(what === "a plain value" ? [] : ["web-1-packages "]);
  if (steps.size > 0) expect(text).toContain("the arguments are wrong: nothing is done on the host");
});

test("the configuration of a stack that is wrong", async () => {
  stack = await Stack.create("wrong");
  stack.write({ domain: "example", hosts: [{ name: "web-1" }], credentials: { username: "user", password: "POISON" } });
  const { code, text } = await stack.up();
  expect(code).not.toBe(0);
  expect(text.match(/^ {4}error: (.*?)\n\n/ms)?.[1]?.replaceAll(/; .*/g, "")).toBe(
    [
      "Pulumi.wrong.yaml:",
      "postfix-relay:credentials.password: is in plain text in the file",
      "postfix-relay:connection: missing",
      'postfix-relay:domain: got "example", which has no domain',
      "postfix-relay:relayHost: missing",
      "postfix-relay:testDelivery: missing",
    ].join("\n      "),
  );
  expect(text).not.toMatch(/POISON|postfix-relay:index|\bat .*:\d+:\d+/);
});
