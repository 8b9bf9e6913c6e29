// The page of a report in a browser, as narrow as a telephone and as wide as a desk, in both colour schemes.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must, run } from "../../../lab/shell.ts";
import { page } from "../../../src/rollout/page.ts";
import { ended } from "../../support/rollout.ts";

const folder = mkdtempSync(join(tmpdir(), "postfix-relay-page-"));
/** Where pictures stay, for who wants to look at them. */
const pictures = process.env.PICTURES ?? folder;
const BROWSER = "chromium-headless-shell";
let browser: Browser;

/** What is asked in the page: its width, and rows that overlap or whose text is cut off. */
const LOOK = `(() => {
  const boxes = [...document.querySelectorAll(".row")].map((row) => row.getBoundingClientRect());
  const cut = [...document.querySelectorAll("body *")].filter((one) => one.scrollWidth > one.clientWidth + 1);
  return {
    wide: document.documentElement.scrollWidth,
    rows: boxes.length,
    overlapping: boxes.filter((box, index) => box.top < (boxes[index - 1]?.bottom ?? 0) - 0.5).length,
    cut: cut.filter((one) => getComputedStyle(one).display !== "inline").map((one) => one.className),
    failures: document.querySelectorAll(".why").length,
  };
})()`;

beforeAll(async () => {
  if ((await run("sh", ["-c", `command -v ${BROWSER}`])).code !== 0)
    await must(
      "apt-get",
      ["-qq", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", BROWSER],
      {
        env: { DEBIAN_FRONTEND: "noninteractive" },
      },
    );
  mkdirSync(pictures, { recursive: true });
  browser = await puppeteer.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test.each([
  [375, "light"],
  [375, "dark"],
  [1440, "light"],
  [1440, "dark"],
])("60 stacks at %d px, %s: nothing is cut off, and nothing overlaps", async (width, scheme) => {
  const tab = await browser.newPage();
  const asked: string[] = [];
  tab.on("request", (request) => void asked.push(request.url()));
  await tab.setJavaScriptEnabled(false);
  await tab.setViewport({ width, height: 900 });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await tab.setContent(page(ended(60)));
  await tab.screenshot({ path: join(pictures, `report-${width}-${scheme}.png`), fullPage: true });
  const seen = await tab.evaluate(LOOK);
  expect(seen).toEqual({ wide: width, rows: 60, overlapping: 0, cut: [], failures: 3 });
  expect(asked.filter((url) => url !== "about:blank")).toEqual([]);
  await tab.close();
});
