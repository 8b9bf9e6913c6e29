import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirror } from "./mirror.ts";

const other = "Types: deb\nURIs: https://other.example.com/debian\nSuites: bookworm\nComponents: stable\n";

test.for<[string, Record<string, string>, string | undefined]>([
  ["nothing", {}, undefined],
  ["one line", { "sources.list": "deb http://a.example.com/debian bookworm main\n" }, "http://a.example.com/debian"],
  [
    "options, comments, sources of source packages and optical media",
    {
      "sources.list":
        "# deb http://no.example.com/debian bookworm main\ndeb cdrom:[Debian]/ bookworm main\ndeb-src http://src.example.com/debian sid main\ndeb [arch=amd64 signed-by=/k.gpg] http://b.example.com/debian trixie main contrib\n",
    },
    "http://b.example.com/debian",
  ],
  [
    "stanzas, with another publisher and a disabled one before",
    {
      "sources.list.d/a.sources": `${other}\nEnabled: no\nTypes: deb\nURIs: http://off.example.com\nSuites: sid\nComponents: main\n`,
      "sources.list.d/debian.sources":
        "Types: deb deb-src\n# URIs: http://old.example.com\nURIs: http://c.example.com/debian http://d.example.com\nSuites: bookworm bookworm-updates\nComponents: main non-free\n",
    },
    "http://c.example.com/debian",
  ],
  ["Ubuntu", { "sources.list": "deb http://u.example.com/ubuntu noble main\n" }, undefined],
])("the mirror of a machine with %s", ([, files, expected]) => {
  const etc = mkdtempSync(join(tmpdir(), "apt-"));
  mkdirSync(join(etc, "sources.list.d"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text);
  try {
    expect(mirror(etc)).toBe(expected);
  } finally {
    rmSync(etc, { recursive: true });
  }
});
