import { expect, test } from "vitest";
import type { Script } from "../../../lab/scripted.ts";
import { inOrder, openScriptedWeb } from "../others/scene.ts";

// A slow relay host is not a broken one: only `testDelivery.timeoutSeconds` says how long its answers may take.
const { server, steps } = await openScriptedWeb({ testDelivery: { to: "ops@example.org", timeoutSeconds: 120 } });

const rows: [what: string, seconds: number, script: Script][] = [
  ["its greeting", 20, { greeting: { after: 20 } }],
  ["its answer to MAIL", 20, { mail: { after: 20 } }],
  ["its answer at the end of the message", 25, { end: { after: 25 } }],
  ["each answer, a little", 25, { greeting: { after: 8 }, ehlo: { after: 4 }, auth: { after: 5 }, end: { after: 4 } }],
];

test.each(rows)("%s takes it long, %i seconds in all: green", async (what, seconds, script) => {
  server.set(script);
  const run = await steps.up({ domain: `slow-${rows.findIndex(([name]) => name === what)}.example.com` });
  expect(run.code, run.text).toBe(0);
  expect(run.results.at(-1)?.report.seconds).toBeGreaterThanOrEqual(seconds - 1);
  // One message, and not a try for each time that somebody lost patience.
  expect(server.messages).toMatchObject([{ accepted: true }]);
  expect(await inOrder(steps.host)).toBe(true);
});

test("a greeting that comes after the time is out: red in that time, and what to do", async () => {
  server.set({ greeting: { after: 40 } });
  const start = Date.now();
  const testDelivery = { to: "ops@example.org", timeoutSeconds: 10 };
  const run = await steps.up({ domain: "late.example.com", testDelivery });
  expect(run.code).not.toBe(0);
  expect((Date.now() - start) / 1000).toBeLessThan(35);
  expect(run.text).toMatch(/timeoutSeconds|does not speak/);
  expect(await inOrder(steps.host)).toBe(true);
});
