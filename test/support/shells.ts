import { spawnSync } from "node:child_process";
import { test } from "vitest";

/** A program that a test needs and that `npm test` installs where it may; elsewhere the test is left out. */
export function needs(program: string): typeof test {
  const there = spawnSync(program, ["--version"]).error === undefined;
  const note = `${program} is not installed`;
  return (
    there ? test : test.extend({ left: [({ skip }: { skip: (note: string) => never }) => skip(note), { auto: true }] })
  ) as typeof test;
}

/** The shells that can be `sh` on a host, and how each is called. */
export const shells: readonly (readonly [program: string, ...args: string[]])[] = [
  ["dash"],
  ["bash", "--posix"],
  ["busybox", "sh"],
];
