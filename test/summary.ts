import type { Reporter, TestModule } from "vitest/node";

/**
 * The last lines of a run: which tests were left out and why, and in a form that other programs can read how many passed,
 * failed and were left out.
 */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const left: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const { state } = result;
        if (result.state === "skipped") left.push(`left out: ${test.fullName}: ${result.note ?? "not chosen"}`);
        if (state === "passed" || state === "failed" || state === "skipped") count[state]++;
      }
      // A file that broke before its first test has failed too.
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0) count.failed++;
    }
    process.on("exit", () => {
      for (const line of left) console.log(line);
      console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    });
  }
}
