import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import { runVerdict } from "../../src/cli/verdict.ts";
import { looksAt, type Zones } from "../deliverability/zones.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";

const ZONES: Zones = {
  "smtp.example.net": ["A 203.0.113.25"],
  "good.example.com": ["MX mx.example.com", "TXT v=spf1 ip4:203.0.113.25 -all"],
  "bare.example.com": ["MX mx.example.com"],
  "wrong.example.com": ["MX mx.example.com", "TXT v=spf1 mx ?all", "TXT see \u001b[2J"],
};

const config =
  (...stacks: Record<string, unknown>[]) =>
  (stack: string) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(stacks[Number(stack)] ?? {}).map(([key, value]) => [
          `postfix-relay:${key}`,
          { value: typeof value === "string" ? value : JSON.stringify(value), secret: key === "credentials" },
        ]),
      ),
    );

/** What the command prints, and its exit code. */
async function verdict(line: string, configs: (stack: string) => string = config()) {
  const asked = await readArguments(["verdict", ...line.split(" ").filter(Boolean)], "1");
  if (!("verdict" in asked)) return { code: 64, text: "text" in asked ? asked.text : "" };
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const pulumi = async (...args: string[]) =>
    args[0] === "config" ? configs(args.at(-1) ?? "") : args[1] === "ls" ? '[{"name":"0"},{"name":"1"}]' : "0\n";
  try {
    const world = { pulumi, looks: looksAt(ZONES), print };
    return { code: await runVerdict(asked.verdict, world), text: printed.join("") };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, text: error.message };
  }
}

const RELAY = "--relay-host smtp.example.net";

test.each([
  [
    `ops@good.example.com ${RELAY}`,
    0,
    /^mail from good\.example\.com \(ops@good\.example\.com\) by smtp\.example\.net is accepted/,
  ],
  [`ops@bare.example.com ${RELAY}`, 1, /will be refused.*example\.com\. TXT "v=spf1 a:smtp\.example\.net ~all"\n$/s],
  [`ops@wrong.example.com ${RELAY}`, 2, /may be refused/],
  [`ops@good.example.com ops@bare.example.com ${RELAY}`, 1, /is accepted.*\n\nmail from bare/s],
  [
    `ops@wrong.example.com ${RELAY} --sent-from 203.0.113.25 --sent-from 198.51.100.0/24`,
    1,
    /"v=spf1 mx ip4:203\.0\.113\.25 ip4:198\.51\.100\.0\/24 \?all"/,
  ],
  [`ops@bare.example.com ${RELAY} --zone`, 1, /^bare\.example\.com\. TXT "[^"]*"\n$/],
  [`ops@good.example.com --provider ses`, 64, /^--region: missing|--provider|--region/],
  [`nobody ${RELAY}`, 64, /^ADDRESS: got "nobody"/],
  ["ops@good.example.com", 64, /--relay-host/],
  [
    `ops@good.example.com ${RELAY} --selector s1._domainkey.example.com`,
    64,
    /^--selector: got "s1\._domainkey\.example\.com", which has the rest/,
  ],
  [`ops@good.example.com ${RELAY} --zone --json`, 64, /mutually exclusive/],
])("verdict %s: exit code %i", async (line, code, says) => {
  const found = await verdict(line);
  expect(found.text).toMatch(says);
  expect(found.code).toBe(code);
});

const stack = (sender: string, more: Record<string, unknown> = {}) => {
  const { connection: _, ...common } = relayArgs();
  const hosts = ["web-1", "web-2"].map((name) => ({
    name,
    connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  }));
  return { ...common, relayHost: { host: "smtp.example.net" }, sender, hosts, ...more };
};

test("the senders of a stack are judged once each, even where a preview does not look", async () => {
  const off = { deliverability: { mode: "off" } };
  const { code, text } = await verdict("--json", config(stack("ops@bare.example.com", off)));
  expect(code).toBe(1);
  expect(JSON.parse(text ?? "")).toMatchObject({
    version: 1,
    verdicts: [{ domain: "bare.example.com", relayHost: "smtp.example.net", verdict: "refused" }],
  });
});

test("one host of a stack may be judged alone; a name that nobody has is wrong usage", async () => {
  const stacks = config(stack("ops@good.example.com"));
  expect((await verdict("--host web-2", stacks)).code).toBe(0);
  expect(await verdict("--host web-9", stacks)).toEqual({
    code: 64,
    text: "there is no host web-9; known here: web-1, web-2",
  });
});

test("of all stacks, those of other programs are left out; a single one has to have hosts", async () => {
  const both = config(stack("ops@good.example.com"), { domain: "example.com" });
  expect((await verdict("--all", both)).code).toBe(0);
  expect(await verdict("--stack 1", both)).toEqual({
    code: 2,
    text: expect.stringMatching(/^stack 1: .*`postfix-relay:hosts`/),
  });
});

test("no password of a stack is printed, in no form of the answer and in no error", async () => {
  const wrong = { senderDependent: { nobody: { host: "smtp.example.net" } } };
  for (const more of [{}, wrong])
    for (const line of ["", "--json", "--zone", "--host web-9", "--stack 7"]) {
      const { text } = await verdict(line, config(stack("ops@bare.example.com", more)));
      expect(text).not.toContain("correct horse");
    }
});
