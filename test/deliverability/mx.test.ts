import { expect, test } from "vitest";
import { mxFindings } from "../../src/deliverability/mx.ts";
import { settings } from "../support/args.ts";

const local = { ownDomainMail: "local" };
const answer = (...names: string[]) => Promise.resolve(names.map((exchange) => ({ exchange, priority: 10 })));

test.each<[what: string, values: Record<string, unknown>, found: () => ReturnType<typeof answer>]>([
  ["mail of the domain is relayed", {}, () => answer("mx.example.net")],
  ["the check is off", { ...local, mxCheck: "off" }, () => answer("mx.example.net")],
  ["this host is the mail server", local, () => answer("WEB-1.example.com.")],
  ["this host is one of the mail servers", local, () => answer("mx.example.net", "web-1.example.com")],
  ["there is no MX record", local, () => answer()],
  ["there is no network", local, () => Promise.reject(new Error("queryMx ETIMEOUT example.com"))],
])("nothing to say when %s", async (_, values, found) => {
  expect(await mxFindings(settings(values), found)).toEqual([]);
});

test.each([
  ["warn", "warning"],
  ["error", "error"],
])("another mail server is named beside this host; with mxCheck %s it is: %s", async (mxCheck, severity) => {
  const elsewhere = (domain: string) => answer(`mx.${domain}`, "mx2.example.net");
  expect(await mxFindings(settings({ ...local, mxCheck }), elsewhere)).toEqual([
    {
      severity,
      path: ["ownDomainMail"],
      reason: expect.stringMatching(/for mx\.example\.com, mx2\.example\.net, and this host is web-1\.example\.com:/),
    },
  ]);
});
