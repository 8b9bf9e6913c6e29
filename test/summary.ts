import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** How much of an error its line has: the begin says what was expected, the end what a program printed last. */
const SHOWN = 600;

/** An error on one line. */
function short(message: string): string {
  const text = stripVTControlCharacters(message).replaceAll(/\s+/g, " ");
  return text.length <= 2 * SHOWN ? text : `${text.slice(0, SHOWN)} […] ${text.slice(-SHOWN)}`;
}

/**
 * The last lines of a run: which tests were left out and why, which failed, and in a form that other programs can read
 * how many passed, failed and were left out. A log of which only the end is kept still tells what happened.
 */
export default class Summary implements Reporter {
  onInit({ projects }: Vitest): void {
    const names = projects.map(({ name }) => name);
    if (!names.includes("lab") || names.includes("all")) return;
    console.log(
      "Left out: further rows, releases and languages, and the rarer faults; `npm run test:all` runs them too",
    );
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const lines: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const { state } = result;
        // Without a reason it is one that this run does not take.
        if (result.state === "skipped" && result.note) lines.push(`left out: ${test.fullName}: ${result.note}`);
        if (result.state === "failed")
          lines.push(`failed: ${test.fullName}: ${short(result.errors[0]?.message ?? "")}`);
        if (state === "passed" || state === "failed" || state === "skipped") count[state]++;
      }
      // A file that broke before its first test has failed too.
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0) count.failed++;
    }
    process.on("exit", () => {
      for (const line of lines) console.log(line);
      console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    });
  }
}
