// Wrong input of the host tool, on a managed host: it is refused, and nothing is changed.

import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld } from "../world.ts";
import { Table } from "./table.ts";

const { world, relay, web: host } = await openWorld({ web: { packages: ["postfix", "libsasl2-modules"] } });
const table = new Table("Bad input on a managed host", ["input", "`pulumi up`", "error or result"]);
afterAll(() => table.close());

const stack = await world.stack("input", relay, [host]);
beforeAll(async () => {
  expect(await stack.up()).toMatchObject({ code: 0 });
});

const tool = async (verb: string, lines: string) => await host.run(`postrelay ${verb}`, { input: lines });
const owner = "#% owner postfix-relay/input/web\n";
const live = () => host.must("postrelay check; cat /etc/postfix/main.cf");

const cases: [what: string, verb: string, input: string, prepare: string, undo: string, code: number, error: RegExp][] =
  [
    [
      "another owner's `up`",
      "stage main-cf",
      "#% owner a/b/c\n#% file main.cf\nx = y\n",
      ":",
      ":",
      77,
      /already managed by postfix-relay\/input\/web, and a\/b\/c may not.*\nWhat to do: .*'formerly' also takes a host over/,
    ],
    [
      "another owner's destroy",
      "restore service",
      "#% owner a/b/c\n",
      ":",
      ":",
      0,
      /"restored":"no","reason":"this host is managed by postfix-relay\/input/,
    ],
    [
      "state folder of a newer tool",
      "stage main-cf",
      `${owner}#% file main.cf\nx = y\n`,
      "echo 3 > /var/lib/postfix-relay/format",
      "echo 1 > /var/lib/postfix-relay/format",
      78,
      /written by a newer postfix-relay/,
    ],
    [
      "destroy with a state folder of a newer tool",
      "restore service",
      owner,
      "echo 3 > /var/lib/postfix-relay/format",
      "echo 1 > /var/lib/postfix-relay/format",
      78,
      /written by a newer postfix-relay/,
    ],
    [
      "staged files that are not the wanted ones",
      "start",
      `${owner}#% digest ${"0".repeat(64)}\n`,
      ":",
      ":",
      65,
      /not the ones this step was planned for/,
    ],
    [
      "state folder lost",
      "start",
      `${owner}#% digest ${"0".repeat(64)}\n`,
      "mv /var/lib/postfix-relay /root/kept",
      "rm -rf /var/lib/postfix-relay; mv /root/kept /var/lib/postfix-relay",
      69,
      /not set up by postfix-relay, or its .* is gone/,
    ],
    [
      "nonsense on stdin",
      "start",
      "rubbish\n",
      ":",
      ":",
      73,
      /cannot store the input .*\nThe live configuration was not changed/,
    ],
    ["no owner on stdin", "start", "", ":", ":", 64, /no owner on stdin/],
  ];
test.each(cases)("%s", async (what, verb, input, prepare, undo, code, error) => {
  const was = await live();
  await host.must(prepare);
  const ran = await tool(verb, input);
  await host.must(undo);
  expect(ran.stdout + ran.stderr).toMatch(error);
  expect(ran.code).toBe(code);
  expect(await live()).toBe(was);
  table.add(what, code === 0 ? "-" : "red", `exit code ${code}; nothing is changed`);
});

const mainCf = () => host.must("cat /var/lib/postfix-relay/good/sent/main.cf");
const parameters: [what: string, line: string, error: RegExp][] = [
  [
    "a misspelled parameter",
    "smtp_tls_securty_level = encrypt",
    /does not know the parameter smtp_tls_securty_level \(the nearest it knows is smtp_tls_security_level\)/,
  ],
  [
    "a parameter of a later Postfix",
    "smtp_log_tls_feature_status = yes",
    /Postfix 3\.7\.\d+ on this host does not know the parameter smtp_log_tls_feature_status/,
  ],
  ["a value Postfix refuses", "message_size_limit = soon", /refuses the configuration: .*message_size_limit/],
  [
    "a line Postfix cannot read",
    "smtp_connect_timeout",
    /refuses the configuration: .*missing '=' after attribute name/,
  ],
];
test.each(parameters)("%s", async (what, line, error) => {
  const good = await mainCf();
  const was = await live();
  const stage = async (text: string) =>
    expect(await tool("stage main-cf", `${owner}#% file main.cf\n${text}`)).toMatchObject({ code: 0 });
  await stage(`${good}${line}\n`);
  const digest = (await host.must("cd /var/lib/postfix-relay/staged/sent && LC_ALL=C sha256sum * | sha256sum")).slice(
    0,
    64,
  );
  const start = () => tool("start", `${owner}#% digest ${digest}\n`);
  const ran = await start();
  // The next try comes to the same.
  expect(await start()).toEqual(ran);
  await stage(good);
  expect(ran).toMatchObject({ code: 78, stdout: "", stderr: expect.stringMatching(error) });
  expect(await live()).toBe(was);
  table.add(what, "red", `\`${(ran.stderr.match(error)?.[0] ?? "").trim()}\``);
});
