import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { lookAtAll } from "../../src/cli/looks.ts";
import type { Target } from "../../src/cli/targets.ts";
import { silent } from "../support/looks.ts";

const target = (host: string): Target => {
  const login = { host, port: 22, user: "root", hostKey: "" };
  return { stack: "prod", host, login, formerly: [] };
};

/** Looks at so many hosts, which take a moment; how many were under way at once. */
async function count(hosts: number) {
  const names = Array.from({ length: hosts }, (_, index) => `web-${index}`);
  const done: number[] = [];
  let now = 0;
  let most = 0;
  const looks = await lookAtAll(
    names.map(target),
    async ({ host }) => {
      now += 1;
      most = Math.max(most, now);
      await setTimeout(Math.random() * 10);
      now -= 1;
      return { ...silent, reason: host } as typeof silent;
    },
    (number) => done.push(number),
  );
  expect(looks.map((look) => look.kind === "unreachable" && look.reason)).toEqual(names);
  expect(done).toEqual(names.map((_, index) => index + 1));
  return most;
}

test("all at once, in the order of the hosts", async () => expect(await count(20)).toBe(20));
test("a hundred hosts do not starve each other", async () => expect(await count(100)).toBe(32));
test("none", async () => expect(await count(0)).toBe(0));
