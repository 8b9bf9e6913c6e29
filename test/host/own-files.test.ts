// The host tool knows our files in /etc/postfix by their names when it has lost all else.

import { expect, test } from "vitest";
import { moduleText } from "../../src/host/pack.ts";
import { names } from "../../src/postfix/files.ts";

test("its list has every name of ours but main.cf, and what never goes there", () => {
  const [, list = ""] = /^own_names='(.*)'$/m.exec(moduleText("switch/original")) ?? [];
  const { mainCf, masterEdits, saslTokens, saslSecrets, ...others } = names;
  expect(list.split(" ").sort()).toEqual(Object.values(others).sort());
  expect([mainCf, masterEdits, saslTokens, saslSecrets]).toEqual([
    ...["main.cf", "master_edits", "sasl_tokens", "sasl_secrets"],
  ]);
});
