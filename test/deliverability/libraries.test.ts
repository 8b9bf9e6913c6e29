// What is loaded to judge: no more than that takes, and with the same results as all of it.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { libraries } from "../../src/deliverability/libraries.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The packages of those names that a program has loaded in the end; each by its folder below node_modules. */
function loadedBy(program: string, names: RegExp): string[] {
  const script = `
    import { createRequire } from "node:module";
    ${program}
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const packages = (JSON.parse(out) as string[]).map(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "",
  );
  return [...new Set(packages)].filter((name) => names.test(name)).toSorted();
}

const judging = (name: string) => `
  const { libraries } = await import("./src/deliverability/libraries.ts");
  const { spf, dmarc } = await libraries();
  const resolver = async () => [["v=spf1 ip4:192.0.2.1 -all"]];
  const sender = "ops@${name}";
  await spf({ sender, ip: "192.0.2.1", helo: "${name}", mta: "x", resolver, strict: true });
  await dmarc({ headerFrom: [sender], spfDomains: [{ domain: "${name}" }], dkimDomains: [], resolver, strict: true });`;

test("nothing that judges is loaded with the package", () => {
  expect(loadedBy('await import("./src/index.ts");', /mailauth|tldts|joi/)).toEqual([]);
});

test("to judge a domain loads what judges, and nothing that takes longer than that", () => {
  const names = /mailauth|tldts|joi|hapi|encoding-japanese/;
  expect(loadedBy(judging("example.com"), names)).toEqual(["mailauth", "tldts"]);
  // The control: a name that is none.
  expect(loadedBy(judging("-.example.com"), names)).toContain("joi");
});

const odd = fc.oneof(
  fc.domain(),
  fc.stringMatching(/^[a-z0-9._-]{0,70}$/),
  fc.stringMatching(/^([a-z0-9-]{1,5}\.){1,4}[a-z0-9-]{1,5}$/),
  fc.tuple(fc.integer({ min: 60, max: 66 }), fc.domain()).map(([length, name]) => `${"a".repeat(length)}.${name}`),
  fc.integer({ min: 40, max: 70 }).map((count) => `${"abc.".repeat(count)}com`),
  fc.constantFrom(
    "",
    ".",
    "com",
    "a..b",
    "a.b.",
    "_a.example.com",
    "a.1",
    "1.a",
    "xn--bcher-kva.example",
    "büro.example",
  ),
);

test("a name is valid where joi, which mailauth asks, says so", async () => {
  const { spf } = await libraries();
  const own = createRequire(import.meta.url);
  const joi = createRequire(own.resolve("mailauth/lib/spf/index.js"))("joi");
  const schema = joi.string().domain({ allowUnicode: false, tlds: false });
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(odd, async (name) => {
      const domain = name.toLowerCase();
      fc.pre(/^[\x21-\x7e]*$/.test(domain));
      const resolver = async () => [["v=spf1 ?all"]] as never;
      const { status } = await spf({
        sender: `a@${domain}`,
        ip: "192.0.2.1",
        helo: "h",
        mta: "m",
        resolver,
        strict: true,
      });
      const isValid = schema.validate(domain || "-").error === undefined;
      expect([domain, status.result !== "none"]).toEqual([domain, isValid]);
      valid += Number(isValid);
    }),
    { seed: 7208, numRuns: 1000 },
  );
  expect(valid).toBeGreaterThan(100);
});

test("what stood in for a package is gone: others get the package", async () => {
  await libraries();
  const own = createRequire(import.meta.url);
  const mailauth = createRequire(own.resolve("mailauth/lib/spf/index.js"));
  const mime = createRequire(mailauth.resolve("libmime"));
  expect(mailauth("joi").isSchema).toBeTypeOf("function");
  expect(mailauth("tldts").getDomain("a.example.co.uk")).toBe("example.co.uk");
  expect(Object.keys(mime("encoding-japanese"))).toContain("convert");
});
