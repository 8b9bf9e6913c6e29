// A host in a folder, for the tests of tokens: what an endpoint is asked and answers, and the functions of the tool in
// each shell that a host may have.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { secretFiles } from "../../src/postfix/generation.ts";
import { throughProxy } from "../../src/postfix/login-proxy.ts";
import { kindsIn } from "../../src/settings/logins.ts";
import type { Credentials } from "../../src/settings/settings.ts";
import { settings } from "../support/args.ts";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions();
export const SECRET = 'poison-"q\\s $HOME `id` %41é秘';
export const REFRESH = "poison.0-refresh~+/=";
export const ENDPOINT = "https://login.example.net/token?a=b";

/** The root of the host; another one for each test. */
export let root: string;
/** A path of the state folder. */
export const state = (name: string) => join(root, "var/lib/postfix-relay", name);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tokens-"));
  for (const folder of ["etc/postfix", "run", "bin", "var/lib/postfix-relay/good/sent", "var/lib/postfix-relay/login"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(state("salt"), "5a17\n");
  writeFileSync(state("live"), "1a2b proven\n");
  writeFileSync(state("login/password"), "local-password\n");
  // No group of that name is on this machine.
  writeFileSync(join(root, "bin/chgrp"), "#!/bin/sh\n", { mode: 0o755 });
  // Stands for curl: what it was asked goes to a file, and the answer comes from one.
  writeFileSync(
    join(root, "bin/curl"),
    `#!/bin/sh
cat > "${root}/asked"
[ ! -f "${root}/silent" ] || { echo "curl: (6) Could not resolve host: login.example.net" >&2; echo "More: of curl" >&2; exit 6; }
out=$(sed -n 's/^output = "\\(.*\\)"$/\\1/p' "${root}/asked")
cp "${root}/answer" "$out"
printf %s "$(cat "${root}/code")"
`,
    { mode: 0o755 },
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const oauth2 = { tokenEndpoint: ENDPOINT, clientId: "app", scope: "one two", mechanism: "XOAUTH2" as const };
/** A generation with these accounts. */
export function stage(more: Partial<Credentials["oauth2"]>, username = "me@example.com"): void {
  const credentials: Credentials = { username, oauth2: { ...oauth2, ...more } };
  const files = secretFiles(throughProxy(settings(), kindsIn(credentials)), credentials);
  for (const [name, text] of Object.entries(files)) writeFileSync(state(`good/sent/${name}`), text);
}
/** Sets what the endpoint answers. */
export const answers = (answer: unknown, code = 200) => {
  writeFileSync(join(root, "answer"), typeof answer === "string" ? answer : JSON.stringify(answer));
  writeFileSync(join(root, "code"), String(code));
};
/** What curl was told. */
export const asked = () => readFileSync(join(root, "asked"), "utf8");
/** A field of the form that was sent, as curl reads its configuration. */
export const field = (name: string) =>
  new RegExp(`^data-urlencode = "${name}=(.*)"$`, "m").exec(asked())?.[1]?.replace(/\\(.)/g, "$1");

/** What the tests need of each shell: its name, `runs` in place of `test`, and calls of the functions. */
export const inShells = shells.map(([program = "", ...args]) => {
  const runs = needs(program);
  /** Runs words with the functions of the tool. */
  const run = (words: string) => {
    writeFileSync(join(root, "script"), `set -u\nverb=renew\nfailure=\n${tool}\n${words}`);
    const { stdout, stderr, status } = spawnSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: `${root}/bin:${process.env.PATH}`, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
    return { stdout: stdout + stderr, status };
  };
  const ready = () => run('token_ready "$state/good"; code=$?; printf "%s\\n" "$failure"; exit "$code"');
  const folder = () => state(`login/logins/${run('token_names "$state/good"').stdout.trim()}`);
  return [[program, ...args].join(" "), { runs, run, ready, folder }] as const;
});
