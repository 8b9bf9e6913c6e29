// Sixty stacks that run on a terminal of 24 lines, as a terminal shows them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Terminal } from "@xterm/headless";
import { afterAll, expect, test, vi } from "vitest";
import { quote } from "../../../src/host/quote.ts";
import { TestProject } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const project = new TestProject(60);
const program = join(import.meta.dirname, "../../../src/cli/main.ts");
afterAll(() => project.remove());

test("60 stacks at once on 24 lines: each end is a line that stays, and the frame is gone at the end", async () => {
  for (const stack of project.stacks) project.does(stack, 'sleep 2; [ "$stack" = s33 ] && fail "535 no"; events 1');
  const terminal = new Terminal({ rows: 24, cols: 80, scrollback: 2000, allowProposedApi: true });
  const words = [process.execPath, program, "rollout", "start", "--all", "--yes", "--no-gate", "--wave", "100%"];
  const command = [...words, "--concurrency", "60", "--max-failures", "60"].map((word) => quote(word)).join(" ");
  const { CI: _, ...env } = project.env;
  // It gives the command a terminal of its own, and passes on what is written there.
  const child = spawn("script", ["-qefc", `stty rows 24 cols 80; ${command}`, "/dev/null"], {
    cwd: project.folder,
    env: { ...env, TERM: "xterm" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let most = 0;
  child.stdout.on("data", (data: Buffer) => {
    terminal.write(data);
    most = Math.max(most, ...`${data}`.split("\n").map((line) => line.length));
  });
  await once(child, "close");
  await new Promise<void>((written) => terminal.write("", written));

  const { buffer } = terminal;
  const lines = Array.from({ length: buffer.active.length }, (_, index) =>
    buffer.active.getLine(index)?.translateToString(true),
  );
  const text = lines.join("\n");
  for (const stack of project.stacks) {
    const state = stack === "s33" ? "failed" : "succeeded";
    expect(
      lines.filter((line) => line?.includes(`wave 1/1 ${stack} ${state}`)),
      stack,
    ).toHaveLength(1);
  }
  // Nothing of the frame is left, in the screen or above it.
  expect(text).not.toMatch(/^… and \d+ more$|^\S+ +running +\d+s/m);
  expect(text).toMatch(/rollout \S+ is stopped, wave 1 of 1: 59 succeeded, 1 failed|59 succeeded/);
  expect(most).toBeGreaterThan(0);
});
