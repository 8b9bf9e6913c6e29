import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { afterEach, expect, test, vi } from "vitest";
import { type Ask, Looks } from "../../src/deliverability/dns.ts";
import { askZones, looksAt } from "./zones.ts";

const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
  vi.useRealTimers();
});

test("each question is asked once, whatever its capitals", async () => {
  const asked: string[] = [];
  const looks = looksAt({ "example.com": ["TXT a"] }, asked);
  await Promise.all(["example.com", "EXAMPLE.com", "example.com."].map((name) => looks.find(name, "TXT")));
  expect(asked).toEqual(["TXT example.com"]);
});

test.each([
  ["example.com", "TXT", { state: "found", records: [["a"]] }],
  ["example.com", "MX", { state: "empty" }],
  ["other.example.com", "TXT", { state: "absent" }],
  ["slow.example.com", "TXT", { state: "failed", code: "ETIMEOUT" }],
] as const)("%s %s: %j", async (name, type, found) => {
  const looks = looksAt({ "example.com": ["TXT a"], "slow.example.com": ["FAIL ETIMEOUT"] });
  expect(await looks.find(name, type)).toEqual(found);
});

test("texts that are laid over a name are what it has, and the others stay", async () => {
  const zones = { "example.com": ["TXT a"], "example.net": ["TXT b"] };
  const looks = looksAt(zones);
  const over = looks.as({ "Example.com": ["c"] });
  expect(await over.find("example.com", "TXT")).toEqual({ state: "found", records: [["c"]] });
  expect(await over.find("example.net", "TXT")).toEqual({ state: "found", records: [["b"]] });
  expect(await looks.find("example.com", "TXT")).toEqual({ state: "found", records: [["a"]] });
});

test("all questions end in time, those of the next host in their own time", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const never: Ask = () => new Promise(() => {});
  const looks = new Looks(never);
  const first = looks.within(2000).find("example.com", "TXT");
  await vi.advanceTimersByTimeAsync(1999);
  const second = looks.within(2000).find("example.com", "TXT");
  await vi.advanceTimersByTimeAsync(1);
  expect(await first).toEqual({ state: "failed", code: "ETIMEOUT" });
  const state = await Promise.race([second, Promise.resolve("waits")]);
  expect(state).toBe("waits");
});

test("an answer that comes in time is not lost when the time is over", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const looks = new Looks(askZones({ "example.com": ["TXT a"] })).within(2000);
  const found = await looks.find("example.com", "TXT");
  await vi.advanceTimersByTimeAsync(3000);
  expect([found, await looks.find("example.com", "TXT")]).toEqual([found, found]);
});

test("a name server that is dead costs two seconds, however many questions there are", async () => {
  const silent = createSocket("udp4").bind(0, "127.0.0.1");
  opened.push(silent);
  await new Promise((resolve) => silent.once("listening", resolve));
  const resolver = new Resolver({ timeout: 800, tries: 2 });
  resolver.setServers([`127.0.0.1:${silent.address().port}`]);
  const looks = new Looks((name, type) => resolver.resolve(name, type) as Promise<unknown[]>).within(2000);
  const began = performance.now();
  // One after the other, as an evaluation asks.
  const states: string[] = [];
  for (const name of ["a.example.com", "b.example.com", "c.example.com"])
    states.push((await looks.find(name, "TXT")).state);
  expect(states).toEqual(["failed", "failed", "failed"]);
  expect(performance.now() - began).toBeLessThan(2500);
});
