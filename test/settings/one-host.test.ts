import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { addressOf } from "../../src/settings/one-host.ts";

const bastion = { host: "bastion.example.com" };

test("what is not known yet is no host", () => {
  const later = pulumi.output("203.0.113.10");
  const host = "203.0.113.10";
  const unknown = [{ host: later }, { host, port: pulumi.output(22) }, { host, proxy: pulumi.output(bastion) }, later];
  expect([...unknown, { host, proxy: { host: Promise.resolve("b") } }, undefined, null].map(addressOf)).toEqual(
    Array(7).fill(undefined),
  );
});
