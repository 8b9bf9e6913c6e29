// Looks at hosts that do not speak SSH: how many of them there are at once.

import { createServer } from "node:net";
import { afterAll, expect, test } from "vitest";
import { look } from "../../src/drift/look.ts";
import { HOST_KEY } from "../support/args.ts";

const AT_ONCE = 32;
const SECONDS = 2;

/** The first connections stay open and silent until their time is over; each later one is closed. */
let accepted = 0;
const server = createServer((socket) => {
  accepted += 1;
  socket.on("error", () => {});
  if (accepted > AT_ONCE) socket.destroy();
});
const port = await new Promise<number>((resolve) => {
  server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
});
afterAll(() => void server.close());

test("a hundred hosts do not starve each other: their time begins with their turn", async () => {
  const login = { host: "127.0.0.1", port, user: "root", hostKey: HOST_KEY };
  const looks = Array.from({ length: 100 }, () => look(login, SECONDS * 1000));
  await Promise.race(looks);
  expect(accepted).toBe(AT_ONCE);
  const all = await Promise.all(looks);
  const late = all.map((seen) => seen.kind === "unreachable" && seen.reason === `no answer within ${SECONDS} s`);
  expect(late).toEqual(all.map((_, index) => index < AT_ONCE));
});
