// Whatever is accepted, Postfix of each release reads back what was meant, without a warning.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabHost, releases } from "../../lab/index.ts";
import { publicFiles, secretFiles } from "../../src/postfix/generation.ts";
import type { Credentials } from "../../src/settings/settings.ts";
import { anySettings } from "../support/any-settings.ts";
import { changed, settings } from "../support/args.ts";
import { definitions } from "../support/modules.ts";
import { World } from "./world.ts";

const world = await World.open();
afterAll(() => world.close());

/** Settings to try, the same on each release. A seed in the output of a failure repeats it. */
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
const samples = fc.sample(anySettings, { numRuns: 120, seed }).map((values) => {
  const mail = settings(values);
  const { credentials, accounts } = changed(values) as unknown as { credentials: Credentials; accounts?: object };
  return { ...publicFiles("mail/test/web-1", mail), ...secretFiles(mail, { ...credentials, accounts } as Credentials) };
});

// Those modules of the host tool that make what Postfix reads of what was sent.
const script = `
${definitions("generation/generation")}
fail() { echo "$*"; exit 1; }
cd "$(mktemp -d)"
awk '/^#% [0-9]+ / { dir = $2 "/sent"; if (!(dir in made)) { made[dir]; system("mkdir -p " dir " " $2 "/etc") } file = dir "/" $3; printf "" > file; next } { print > file }'
for one in *; do
  { host_lines "$PWD/$one" | grep -v '^#' && cat "$one/sent/main.cf"; } > "$one/etc/main.cf"
  cp /usr/share/postfix/master.cf.dist "$one/etc/master.cf"
  touch -d '-10 seconds' "$one"/etc/*
  [ ! -f "$one/sent/master_edits" ] || edit_master "$PWD/$one"
  echo "#% $one main.cf"
  postconf -c "$PWD/$one/etc" -n 2>&1
  type=$(postconf -c "$PWD/$one/etc" -h default_database_type)
  echo "#% $one sasl_passwd"
  postmap "$type:$one/sent/sasl_passwd" 2>&1
  cut -d ' ' -f 1 "$one/sent/sasl_passwd" | postmap -q - "$type:$one/sent/sasl_passwd" 2>&1
done
`;

const lines = (text: string) =>
  text
    .split("\n")
    .filter(
      (line) =>
        line &&
        !line.startsWith("#") &&
        !/^(compatibility_level|default_database_type|relay_host_names|config_directory) = /.test(line),
    )
    .map((line) => line.trimEnd());

describe.each(releases)("%s", (release) => {
  let host: LabHost;

  beforeAll(async () => {
    if (!world.lab.missing(release)) host = await world.lab.host({ release, packages: ["postfix"] });
  });

  test(`reads back what was meant (seed ${seed})`, async ({ skip }) => {
    skip(world.lab.missing(release) !== undefined, world.lab.missing(release));
    const input = samples.flatMap((files, index) =>
      Object.entries(files).map(([name, text]) => `#% ${1000 + index} ${name}\n${text}`),
    );
    const { stdout, stderr } = await host.run(script, { input: input.join("") });
    expect(stderr).toBe("");
    const found = stdout.split(/^#% /m).slice(1);
    expect(found).toHaveLength(2 * samples.length);
    for (const [index, files] of samples.entries()) {
      const [main = "", sasl = ""] = found.slice(2 * index).map((part) => part.slice(part.indexOf("\n") + 1));
      expect(lines(main).sort()).toEqual(lines(files["main.cf"] ?? "").sort());
      expect(sasl).toBe(files.sasl_passwd?.replace(/^(\S+) /gm, "$1\t"));
    }
  });
});
