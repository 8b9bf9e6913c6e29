// What the pages show of a preview is what a preview says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Run } from "../../src/deliverability/acceptance.ts";
import { parseSettings } from "../../src/settings/parse.ts";
import { problemText } from "../../src/settings/problems.ts";
import { looksAt, type Zones } from "./zones.ts";

const page = (name: string) => readFileSync(join(import.meta.dirname, "../..", name), "utf8");

const mail = { domain: "example.com", sender: "ops@example.com", testDelivery: { to: "ops@example.org" } };

/** The zones of domains whose mail Google has. */
const google = {
  "_spf.google.com": ["TXT v=spf1 ip4:192.0.2.0/24 ~all"],
  "example.com": ["MX smtp.google.com", "TXT v=spf1 include:_spf.google.com ~all"],
};

test.each<[name: string, args: object, zones: Zones]>([
  [
    "README.md",
    { provider: "sendgrid", rootAlias: "ops@example.com" },
    {
      ...google,
      "smtp.sendgrid.net": ["A 198.51.100.25"],
      "sendgrid.net": ["TXT v=spf1 ip4:198.51.100.0/24 ~all"],
      "_dmarc.example.com": ["TXT v=DMARC1; p=reject"],
    },
  ],
  [
    "docs/deliverability.md",
    { relayHost: { host: "smtp.example.net" } },
    {
      "smtp.example.net": ["A 203.0.113.25", "AAAA 2001:db8::25"],
      "example.com": ["MX mx.example.com", "TXT v=spf1 ip4:203.0.113.25 -all"],
    },
  ],
])("%s", async (name, args, zones) => {
  const { value: settings } = parseSettings("web-1", { ...mail, ...args });
  if (!settings) throw new Error("wrong arguments");
  const run = new Run(looksAt(zones));
  const found = run.findings(await run.judge(settings), settings);
  const [, shown = ""] = /^( *warning: Relay web-1:\n.*?)\n```/ms.exec(page(name)) ?? [];
  const margin = shown.search(/\S/);
  const text = shown.replace(new RegExp(`^ {${margin}}`, "gm"), "");
  expect(text).toBe(`warning: ${problemText("Relay web-1", found)}`);
});
