import { expect, test } from "vitest";
import type { Mode } from "../../lab/index.ts";
import { openWorld } from "./world.ts";

const { world, relay, web } = await openWorld({ web: {} });
const stack = await world.stack("mechanisms", relay, [web]);

const rows: [what: string, mode: Mode, config: Record<string, string | number>, log: RegExp][] = [
  ["CRAM-MD5 alone", { mechanisms: ["cram-md5"] }, {}, /sasl_method=CRAM-MD5/],
  ["PLAIN alone", { mechanisms: ["plain"] }, { domain: "example.net" }, /sasl_method=PLAIN/],
  ["LOGIN alone", { mechanisms: ["login"] }, { domain: "example.org" }, /sasl_method=LOGIN/],
  ["the one that is asked for", "normal", { "mechanisms[0]": "LOGIN" }, /sasl_method=LOGIN/],
  [
    "implicit TLS on 465",
    "normal",
    { "relayHost.port": 465, "mechanisms[0]": "PLAIN" },
    /sasl_method=PLAIN[\s\S]*disconnect from \S+ ehlo=1 auth=1 /,
  ],
];

test.each(rows)("%s", async (_, mode, config, log) => {
  await relay.set(mode);
  for (const [path, value] of Object.entries(config)) await stack.set(`postfix-relay:${path}`, value);
  const before = (await relay.log()).length;
  const up = await stack.up();
  expect(up).toMatchObject({ code: 0 });
  expect((await relay.log()).slice(before)).toMatch(log);
});
