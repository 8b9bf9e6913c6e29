import { expect, test } from "vitest";
import { payload } from "../../src/host/payload.ts";

test("a payload has fields first, then files", () => {
  const fields = [
    ["owner", "mail/prod/web-1"],
    ["formerly", "a/b/c"],
    ["formerly", "d/e/f"],
    ["timeout", 60],
  ] as const;
  expect(payload(fields, { "main.cf": "a = b\n", generic: "" })).toBe(
    "#% owner mail/prod/web-1\n#% formerly a/b/c\n#% formerly d/e/f\n#% timeout 60\n#% file main.cf\na = b\n#% file generic\n",
  );
});
