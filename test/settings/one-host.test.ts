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

test("addresses of one kind that are written differently are one host", () => {
  const hosts = ["2001:DB8:0:0::1", "2001:db8::1", "2001:db8:0000:0:0:0:0.0.0.1"].map((host) => addressOf({ host }));
  expect(new Set(hosts)).toEqual(new Set(["2001:db8::1 port 22"]));
});

test("link-local addresses are different hosts on each interface", () => {
  const hosts = ["fe80::1%eth0", "fe80:0::1%eth0", "fe80::1%eth1"].map((host) => addressOf({ host }));
  expect(hosts).toEqual(["fe80::1%eth0 port 22", "fe80::1%eth0 port 22", "fe80::1%eth1 port 22"]);
});
