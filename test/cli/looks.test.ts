import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { lookAtAll } from "../../src/cli/looks.ts";
import type { Target } from "../../src/cli/targets.ts";
import { silent } from "../support/looks.ts";

const target = (name: string, bastion?: string): Target => {
  const login = { host: name, port: 22, user: "root", hostKey: "" };
  return { stack: "prod", host: name, login: { ...login, ...(bastion && { proxy: { ...login, host: bastion } }) } };
};

/** Looks that take a moment; how many were under way at once, by bastion. */
async function count(targets: Target[]) {
  const now: Record<string, number> = {};
  const most: Record<string, number> = {};
  const done: number[] = [];
  const looks = await lookAtAll(
    targets,
    async ({ host, proxy }) => {
      const lane = proxy?.host ?? "direct";
      now[lane] = (now[lane] ?? 0) + 1;
      most[lane] = Math.max(most[lane] ?? 0, now[lane]);
      await setTimeout(Math.random() * 10);
      now[lane] -= 1;
      return { ...silent, reason: host } as typeof silent;
    },
    (number) => done.push(number),
  );
  return { most, done, reasons: looks.map((look) => look.kind === "unreachable" && look.reason) };
}

test("all at once, in the order of the hosts", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
  const { most, done, reasons } = await count(names.map((name) => target(name)));
  expect(reasons).toEqual(names);
  expect(most).toEqual({ direct: 20 });
  expect(done).toEqual(names.map((_, index) => index + 1));
});

test("few at once through one bastion, beside all others", async () => {
  const hosts = Array.from({ length: 30 }, (_, index) => target(`web-${index}`, ["a", "b", undefined][index % 3]));
  expect((await count(hosts)).most).toEqual({ a: 6, b: 6, direct: 10 });
});

test("a hundred hosts do not starve each other", async () => {
  expect((await count(Array.from({ length: 100 }, (_, index) => target(`${index}`)))).most).toEqual({ direct: 32 });
});

test("none", async () => {
  expect(await lookAtAll([], async () => silent)).toEqual([]);
});
