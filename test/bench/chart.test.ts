import { expect, test } from "vitest";
import { chart } from "../../bench/chart.ts";
import type { Results, Row } from "../../bench/results.ts";

const row = (name: string, contestant: string, ...seconds: number[]): Row => ({
  case: name,
  contestant,
  hosts: 1,
  seconds,
});
const picture = (...rows: Row[]) =>
  chart({ machine: { date: "2026-11-25T10:00:00.000Z" }, rows } as unknown as Results);

const text = picture(
  row("changed port", "script", 1),
  row("changed port", "up", 4, 3, 12),
  row("floor", "up", 2),
  row("floor", "up --skip-preview", 1),
  row("changed ownDomainMail", "up", 3),
  row("no change", "up"),
);

test("a bar for each median, on one scale, with its number; what was not measured is left out", () => {
  const widths = [...text.matchAll(/<rect class="(other|ours also)" .*? width="([\d.]+)"/g)];
  expect(widths.map(([, kind]) => kind)).toEqual(["other", "ours also"]);
  expect(Number(widths[1]?.[2]) / Number(widths[0]?.[2])).toBeCloseTo(4, 2);
  expect(text).toMatch(/>4\.00<\/text>/);
  expect(text).not.toMatch(/ownDomainMail|no change|Mitogen<\/text>/);
});

test("a bar of ours has the floor of its way", () => {
  const [bar] = /<text[^>]*>up<\/text>.*/.exec(text) ?? [];
  expect(bar?.match(/class="floor"/g)).toHaveLength(1);
});

test("it has colours for light and for dark, and its own ground in both", () => {
  const [light, dark] = text.split("@media (prefers-color-scheme: dark)");
  for (const part of [light, dark]) expect(part).toMatch(/\.ground \{ fill: #\w{6}; \}/);
});

test("without a measurement it is still a picture", () => {
  expect(picture()).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});
