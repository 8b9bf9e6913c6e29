import { beforeAll, expect, test } from "vitest";
import { openWeb } from "../others/scene.ts";
import { toCheck } from "./changes/index.ts";
import { both, kept, save, settle, undo } from "./fingerprint.ts";

// Whatever changes on a host, the very next check tells it, though the one before found nothing and left a fingerprint,
// and in the same words as without one.
const { host } = await openWeb(() => ({ monitoring: { textfile: "/srv/metrics" } }));

beforeAll(() => host.must(save));

test.each(toCheck)("$what", async ({ first = ":", does, says }) => {
  const text = await host.must(`${first}\n${settle}\n${does}\n${both}; echo ====; rm -f ${kept}; ${both}`);
  await host.run(undo);
  const [next, without] = text.split("====\n");
  expect(next).toMatch(says);
  expect(next).toBe(without);
});
