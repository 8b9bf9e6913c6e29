import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { withMxCheck } from "../../src/component/inputs.ts";
import { settings } from "../support/args.ts";

const elsewhere = async () => ({ path: ["ownDomainMail"], reason: "is local, but …" });

test("mail of the domain that is meant for another host is a warning", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async () => {});
  const mail = settings({ ownDomainMail: "local" });
  expect(await withMxCheck("web-1", mail, elsewhere)).toBe(mail);
  expect(warn).toHaveBeenCalledExactlyOnceWith("Relay web-1:\n  ownDomainMail: is local, but …");
});

test("or an error, on request", async () => {
  const mail = settings({ ownDomainMail: "local", mxCheck: "error" });
  await expect(withMxCheck("web-1", mail, elsewhere)).rejects.toThrow("Relay web-1:\n  ownDomainMail: is local, but …");
});

test("nothing to tell", async () => {
  const mail = settings({ mxCheck: "error" });
  expect(await withMxCheck("web-1", mail, async () => undefined)).toBe(mail);
});
