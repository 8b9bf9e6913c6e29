import { describe, expect, test } from "vitest";
import { openWorld } from "../world.ts";

// A login shell's start-up file may print what it likes: our line is found among others, and nothing that stands in the
// state can make a program die.
const { world, relay, web: host } = await openWorld({ web: { packages: ["postfix", "libsasl2-modules"] } });
const stack = await world.stack("printing", relay, [host]);

const original = () => host.must("[ -f /root/bashrc ] || cp /root/.bashrc /root/bashrc");
/** Puts these lines before the start-up file of root's shell. */
async function startUp(lines: string): Promise<void> {
  await original();
  await host.must("cat - /root/bashrc > /root/.bashrc", { input: lines });
}

interface Delivered {
  deliveries: Record<string, Record<string, unknown>>;
}
const delivery = async () => ((await stack.outputs()) as unknown as Delivered).deliveries.web;
const died = /SyntaxError|is not valid JSON|unhandled|\bat .*:\d+:\d+\)?$/m;

async function green(what: string): Promise<void> {
  await stack.set("postfix-relay:domain", `${what}.example.com`);
  const result = await stack.up();
  expect(result.code, result.text).toBe(0);
  expect(result.text).not.toMatch(died);
  expect(await delivery()).toMatchObject({ status: "sent", relay: expect.stringContaining(relay.host) });
}

const prints: [what: string, lines: string][] = [
  ["a line", 'echo "Welcome to web"\n'],
  ["half a line", 'printf "Welcome "\n'],
  ["json-of-its-own", `echo '{"status":"bounced","postfixVersion":1}'\n`],
  ["colours", "printf '\\033[1;32mhello\\033[0m\\r\\n\\n'\n"],
  ["something-at-the-end", "trap 'echo bye' EXIT\n"],
];

describe.each(prints)("root's shell prints %s", (what, lines) => {
  test("green, and the outputs are right", async () => {
    await startUp(lines);
    await green(what.replaceAll(" ", "-"));
    const again = await stack.up();
    expect(again.code, again.text).toBe(0);
  });
});

test("it prints no longer: green, with what is in the state by now", async () => {
  await startUp("");
  await green("repaired");
});

/** The state with another stdout of a step. */
async function printed(step: string, stdout: string): Promise<void> {
  const state = JSON.parse(await stack.state());
  for (const { urn, outputs } of state.deployment.resources) if (urn.endsWith(`::web-${step}`)) outputs.stdout = stdout;
  await stack.must(["stack", "import", "--stack", stack.name], JSON.stringify(state));
}

describe.each([
  ["no report", "Welcome to web"],
  ["nothing", ""],
  ["half a report", '{"postrelay":"deliver","status":"se'],
  ["a report of another kind", '["postrelay"]'],
])("the state holds %s of an earlier program", (_, stdout) => {
  test("`preview` and `up` say so or leave it empty, and do not die", async () => {
    for (const step of ["packages", "delivery"]) await printed(step, stdout);
    const preview = await stack.preview();
    expect(preview.code, preview.text).toBe(0);
    expect(preview.text).not.toMatch(died);
    const up = await stack.up();
    expect(up.code, up.text).toBe(0);
    expect(up.text).not.toMatch(died);
  });
});

test("destroy, while it prints", async () => {
  await startUp('echo "Welcome to web"\n');
  const result = await stack.destroy();
  expect(result.code, result.text).toBe(0);
  expect((await host.run("ls -d /var/lib/postfix-relay")).code).not.toBe(0);
});
