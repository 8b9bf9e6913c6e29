import { expect, test } from "vitest";
import { canBring } from "../../src/component/drift.ts";
import { failedLook } from "../../src/drift/look.ts";
import type { Connection } from "../../src/settings/settings.ts";
import { LoginRefused } from "../../src/ssh/session.ts";
import { settings } from "../support/args.ts";
import { looked, silent, wrongKey } from "../support/looks.ts";

const refused = failedLook(new LoginRefused(), { user: "root" }, "/run/agent");

test.each([
  ["an agent, and a host that takes one of its keys", {}, {}, looked(), true],
  ["an agent, and a host that does not answer", {}, {}, silent, true],
  ["an agent, and something else answers", {}, {}, wrongKey, true],
  ["an agent, and a host that takes none of its keys", {}, {}, refused, false],
  ["an agent, and nobody looks", {}, { drift: "off" }, undefined, false],
  ["a private key, and nobody looks", { privateKey: "key" }, { drift: "off" }, undefined, true],
  ["a private key", { privateKey: "key" }, {}, silent, true],
])("%s: whether the program brings the tool", (_, connection, args, seen, brings) => {
  expect(canBring(settings(args), connection as Connection, seen)).toBe(brings);
});
