import fc from "fast-check";
import { expect, test } from "vitest";
import { merge, type Note, stringsOf, txtLine } from "../../src/deliverability/spf-record.ts";

const A = "a:smtp.example.net";
const record = (texts: string[], ...add: string[]) => merge(texts, add.length > 0 ? add : [A]);

test.each<[what: string, texts: string[], add: string[], record: string | undefined, notes: Note[]]>([
  ["no record", [], [A], `v=spf1 ${A} ~all`, []],
  ["other texts alone", ["google-site-verification=x"], [A], `v=spf1 ${A} ~all`, []],
  ["a soft end", ["v=spf1 mx ~all"], [A], `v=spf1 mx ${A} ~all`, []],
  ["a hard end", ["v=spf1 mx -all"], [A], `v=spf1 mx ${A} -all`, []],
  ["a neutral end", ["v=spf1 mx ?all"], [A], `v=spf1 mx ${A} ?all`, []],
  ["an open end", ["v=spf1 mx +all"], [A], `v=spf1 mx ${A} ~all`, ["open"]],
  ["an open end without a sign", ["v=spf1 mx all"], [A], `v=spf1 mx ${A} ~all`, ["open"]],
  ["a domain that sends nothing", ["v=spf1 -all"], [A], `v=spf1 ${A} -all`, ["neverSends"]],
  ["no end", ["v=spf1 mx"], [A], `v=spf1 mx ${A} ~all`, ["noAll"]],
  ["nothing but the version", ["v=spf1"], [A], `v=spf1 ${A} ~all`, ["noAll"]],
  ["the term itself", [`v=spf1 ${A} -all`], [A], `v=spf1 ${A} -all`, []],
  ["the term in capitals", ["v=spf1 A:SMTP.Example.NET -all"], [A], "v=spf1 A:SMTP.Example.NET -all", []],
  ["the term with a final dot", [`v=spf1 ${A}. -all`], [A], `v=spf1 ${A}. -all`, []],
  ["the term with a plus", [`v=spf1 +${A} -all`], [A], `v=spf1 +${A} -all`, []],
  ["the term with a question mark", [`v=spf1 ?${A} -all`], [A], `v=spf1 ${A} -all`, ["unwanted"]],
  ["the term refused", [`v=spf1 -${A} mx -all`], [A], `v=spf1 ${A} mx -all`, ["unwanted"]],
  ["the term after the end", [`v=spf1 mx -all ${A}`], [A], `v=spf1 mx ${A} -all`, ["afterAll"]],
  ["terms after the end", ["v=spf1 mx -all ip4:192.0.2.1"], [A], `v=spf1 mx ${A} -all`, ["afterAll"]],
  ["a refused network", ["v=spf1 -ip4:192.0.2.0/24 mx -all"], [A], `v=spf1 ${A} -ip4:192.0.2.0/24 mx -all`, []],
  ["a doubtful include", ["v=spf1 mx ?include:x.example -all"], [A], `v=spf1 mx ${A} ?include:x.example -all`, []],
  ["a redirect", ["v=spf1 redirect=_spf.example.net"], [A], `v=spf1 ${A} redirect=_spf.example.net`, ["redirect"]],
  ["a redirect in front", ["v=spf1 redirect=x.example mx"], [A], `v=spf1 mx ${A} redirect=x.example`, ["redirect"]],
  [
    "a redirect beside an end",
    ["v=spf1 redirect=x.example -all"],
    [A],
    `v=spf1 ${A} -all`,
    ["neverSends", "redirectIgnored"],
  ],
  [
    "a redirect in one of two",
    ["v=spf1 redirect=x.example", "v=spf1 mx -all"],
    [A],
    `v=spf1 mx include:x.example ${A} -all`,
    ["several", "redirect"],
  ],
  ["an explanation", ["v=spf1 mx -all exp=e.example"], [A], `v=spf1 mx ${A} -all exp=e.example`, []],
  ["an unknown modifier", ["v=spf1 mx x-y=1 -all"], [A], `v=spf1 mx ${A} -all x-y=1`, []],
  [
    "an address in a network of it",
    ["v=spf1 ip4:192.0.2.0/24 -all"],
    ["ip4:192.0.2.9"],
    "v=spf1 ip4:192.0.2.0/24 -all",
    [],
  ],
  [
    "an address outside",
    ["v=spf1 ip4:192.0.2.0/25 -all"],
    ["ip4:192.0.2.200"],
    "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.200 -all",
    [],
  ],
  [
    "a network wider than one of it",
    ["v=spf1 ip4:192.0.2.0/25 -all"],
    ["ip4:192.0.2.0/24"],
    "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all",
    [],
  ],
  [
    "IPv6 in a network of it",
    ["v=spf1 ip6:2001:db8::/32 -all"],
    ["ip6:2001:db8:1::/48"],
    "v=spf1 ip6:2001:db8::/32 -all",
    [],
  ],
  ["several blanks", ["v=spf1   mx   -all "], [A], `v=spf1 mx ${A} -all`, []],
  ["another version", ["v=spf10 mx -all"], [A], `v=spf1 ${A} ~all`, []],
  ["quotes in the text", ['"v=spf1 mx -all"'], [A], `v=spf1 mx ${A} -all`, ["quoted"]],
  ["two records", ["v=spf1 mx -all", "v=spf1 a ~all"], [A], `v=spf1 mx a ${A} ~all`, ["several", "weakerAll"]],
  ["two records, one open", ["v=spf1 mx -all", "v=spf1 +all"], [A], `v=spf1 mx ${A} -all`, ["several", "open"]],
  ["the same record twice", ["v=spf1 mx -all", "v=spf1 mx -all"], [A], `v=spf1 mx ${A} -all`, ["several"]],
  ["reverse names", ["v=spf1 ptr -all"], [A], `v=spf1 ptr ${A} -all`, ["ptr"]],
  ["macros", ["v=spf1 exists:%{i}.x.example -all"], [A], `v=spf1 exists:%{i}.x.example ${A} -all`, ["macro"]],
  [
    "two terms to add",
    ["v=spf1 -all"],
    ["ip4:192.0.2.1", "ip6:2001:db8::1"],
    "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all",
    ["neverSends"],
  ],
  ["a misspelt network", ["v=spf1 ipv4:192.0.2.1 -all"], [A], undefined, ["syntax"]],
  ["an include without a colon", ["v=spf1 include: x.example -all"], [A], undefined, ["syntax"]],
  ["a name without a mechanism", ["v=spf1 mail.example.com -all"], [A], undefined, ["syntax"]],
  ["an address that is none", ["v=spf1 ip4:192.0.2.300 -all"], [A], undefined, ["syntax"]],
])("merged with %s", (_, texts, add, expected, notes) => {
  const found = merge(texts, add);
  expect(found.record).toBe(expected);
  expect([...found.notes].sort()).toEqual([...notes].sort());
  if (expected) expect(merge([expected], add)).toMatchObject({ record: expected, changed: false });
});

test("a long record is cut into strings of 255, and the zone line quotes each", () => {
  const many = Array.from({ length: 40 }, (_, at) => `ip4:192.0.2.${at}`);
  const { record: long = "", notes } = merge([], many);
  expect(notes).toEqual(["long"]);
  const strings = stringsOf(long);
  expect(strings.every((part) => part.length <= 255)).toBe(true);
  expect(strings.join("")).toBe(long);
  expect(txtLine("example.com", long)).toMatch(/^example\.com\. TXT "v=spf1 .{248}" "/);
});

test("what is wrong in a record is named", () => {
  expect(record(["v=spf1 ipv4:192.0.2.1 ip4:1 -all"])).toMatchObject({
    slips: ["ipv4:192.0.2.1", "ip4:1"],
    changed: false,
  });
});

const term = fc.constantFrom(
  ...["mx", "a", "-a", "?mx", "ip4:192.0.2.0/24", "-ip4:198.51.100.0/25", "ip6:2001:db8::/32", "include:x.example"],
  ...["~include:y.example", "exists:%{i}.z.example", "ptr", "all", "-all", "~all", "?all", "redirect=r.example"],
  ...["exp=e.example", "foo=bar", A, `?${A}`, "+mx", "A:SMTP.EXAMPLE.NET."],
);
const records = fc.array(
  fc.array(term, { maxLength: 6 }).map((terms) => ["v=spf1", ...terms].join(" ")),
  { maxLength: 3 },
);

test("a merged record is one record that has the term, and stays as it is when it is merged again", () => {
  fc.assert(
    fc.property(records, (texts) => {
      const once = record(texts);
      expect(once.record).toBeDefined();
      const again = record([once.record as string]);
      expect(again).toMatchObject({ record: once.record, changed: false });
      const terms = (once.record as string).split(" ");
      const at = terms.findIndex((one) => /^\+?a:smtp\.example\.net\.?$/i.test(one));
      const other = terms.findIndex((one) => /^[-~?]|^all$/.test(one));
      expect(at).toBeGreaterThan(0);
      expect(other < 0 || at < other).toBe(true);
      expect(terms.filter((one) => /^[-~?+]?all$/.test(one)).length).toBeLessThan(2);
    }),
    { numRuns: 1000 },
  );
});
