import { expect, test } from "vitest";
import { hostkey } from "../../src/cli/hostkey.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import type { HostKeyRequest } from "../../src/cli/request.ts";
import { hostKeyIn } from "../../src/ssh/host-key.ts";
import { HOST_KEY } from "../support/args.ts";
import { keyPair } from "../support/ssh-server.ts";
import { consoleOf } from "./console.ts";

const other = hostKeyIn(keyPair("ecdsa").public);
const own = hostKeyIn(HOST_KEY);
const request: HostKeyRequest = {
  ...{ verb: "add", stack: "prod", host: "web", cwd: ".", replace: false, yes: false, json: false },
};

const hosts = (keys: Record<string, object>) =>
  `config:\n  postfix-relay:hosts: ${JSON.stringify(
    Object.entries(keys).map(([name, connection]) => ({
      name,
      connection: { host: `${name}.example.com`, ...connection },
    })),
  )}\n`;

/** Runs it where hosts show these keys. */
async function run(
  asked: Partial<HostKeyRequest>,
  file: string,
  shown: Record<string, typeof own | Error> = {},
  answer?: boolean,
) {
  const said = { out: "", err: "", set: [] as string[], fetched: [] as string[], questions: [] as string[] };
  const code = await hostkey(
    { ...request, ...asked },
    {
      project: { stacks: ["prod"], file: () => file },
      fetch: async (host, port, known) => {
        said.fetched.push(`${host} ${port} ${known?.split(" ")[0] ?? "-"}`);
        const found = shown[host.replace(".example.com", "")] ?? new Error("no answer");
        if (found instanceof Error) throw found;
        return found;
      },
      set: async (...args) => void said.set.push(args.join(" | ")),
      ...consoleOf(said, answer),
    },
  );
  return { code, ...said };
}

const two = hosts({ db: { port: 2222 }, web: {} });

test("add: the fingerprint, how to compare it, and a question; then it is written at its place", async () => {
  const { code, err, out, set, questions, fetched } = await run({}, two, { web: own }, true);
  expect([code, fetched]).toEqual([0, ["web.example.com 22 -"]]);
  expect(err).toBe(
    `host key of web (web.example.com): ${own.fingerprint}\n` +
      "compare it with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host's console\n",
  );
  expect(questions).toEqual([expect.stringMatching(/^Is that the fingerprint of web/)]);
  expect(set).toEqual([`prod | postfix-relay:hosts[1].connection.hostKey | ${HOST_KEY} | text`]);
  expect(out).toBe("Written to Pulumi.prod.yaml: postfix-relay:hosts[1].connection.hostKey\n");
});

test("add: no is no, and without a terminal it takes --yes", async () => {
  expect(await run({}, two, { web: own }, false)).toMatchObject({ code: 0, set: [], out: "nothing was written\n" });
  await expect(run({}, two, { web: own })).rejects.toMatchObject({
    code: 64,
    message: expect.stringContaining("--yes"),
  });
  expect(await run({ yes: true }, two, { web: own })).toMatchObject({
    code: 0,
    set: [expect.stringContaining(HOST_KEY)],
  });
});

test("add: the same key is there already", async () => {
  const file = hosts({ web: { hostKey: `${HOST_KEY} root@web` } });
  const found = await run({}, file, { web: own });
  expect(found).toMatchObject({ code: 0, set: [], fetched: ["web.example.com 22 ssh-ed25519"] });
  expect(found.out).toMatch(/^The file has this key of web already: SHA256:/);
});

test("add: another key is there: both fingerprints, a question of its own, or --yes with --replace", async () => {
  const file = hosts({ web: { hostKey: HOST_KEY } });
  const asked = await run({}, file, { web: other }, true);
  expect(asked.err).toContain(other.fingerprint);
  expect(asked.err).toContain(own.fingerprint);
  expect(asked.err).toContain("ssh_host_ecdsa_key.pub");
  expect(asked.questions).toEqual([expect.stringMatching(/^Replace the key of web\?/)]);
  expect(asked.set).toHaveLength(1);
  await expect(run({ yes: true }, file, { web: other })).rejects.toMatchObject({
    code: 64,
    message: expect.stringContaining("add --replace"),
  });
  expect(await run({ yes: true, replace: true }, file, { web: other })).toMatchObject({
    code: 0,
    set: [expect.any(String)],
  });
});

test("add: JSON", async () => {
  const { out } = await run({ yes: true, json: true }, two, { web: own });
  expect(JSON.parse(out)).toEqual({
    ...{ version: 1, stack: "prod", host: "web", address: "web.example.com" },
    ...{ key: own.line, fingerprint: own.fingerprint, known: null, written: true },
  });
});

test.each<[what: string, asked: Partial<HostKeyRequest>, file: string, code: number, says: RegExp]>([
  ["no such stack", { stack: "prdo" }, two, 64, /there is no stack prdo; did you mean prod\?/],
  [
    "no such host",
    { host: "wbe" },
    two,
    64,
    /there is no host wbe in Pulumi\.prod\.yaml; did you mean web\? known here: db, web/,
  ],
  ["no hosts", {}, "config: {}\n", 64, /has no `postfix-relay:hosts`/],
  ["no YAML", {}, "config: [", 2, /^Pulumi\.prod\.yaml is not YAML/],
  ["no answer", {}, two, 2, /the host key of web\.example\.com cannot be fetched: no answer/],
  ["a bastion", {}, hosts({ web: { proxy: { host: "jump" } } }), 2, /^web: it is behind a bastion/],
])("add: %s", async (_, asked, file, code, says) => {
  const found = run(asked, file, {}, true);
  await expect(found).rejects.toBeInstanceOf(Refusal);
  await expect(found).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
});

test("check: each host, and the worst of the codes", async () => {
  const all = hosts({
    same: { hostKey: HOST_KEY },
    another: { hostKey: HOST_KEY },
    none: {},
    down: { hostKey: HOST_KEY },
    behind: { hostKey: HOST_KEY, proxy: { host: "jump" } },
  });
  const shown = { same: own, another: other, none: own, down: new Error("nothing listens \u001b[2J") };
  const { code, out, set } = await run({ verb: "check", host: undefined }, all, shown);
  expect([code, set]).toEqual([1, []]);
  expect(out).toMatch(new RegExp(`^same +same +${own.fingerprint.replace(/[+]/g, "\\+")}$`, "m"));
  expect(out).toMatch(/^another +another +SHA256:\S+ instead of SHA256:\S+$/m);
  expect(out).toMatch(/^none +no key +it shows SHA256:/m);
  expect(out).toMatch(/^down +no answer +nothing listens {2}\[2J$/m);
  expect(out).toMatch(/^behind +unknown +it is behind a bastion/m);
  const one = (host: string) => run({ verb: "check", host }, all, shown).then(({ code }) => code);
  expect(await Promise.all(["same", "another", "none", "down", "behind"].map(one))).toEqual([0, 1, 1, 2, 2]);
});

test("check: JSON; a host that is gone is left out", async () => {
  const file = `config:\n  postfix-relay:hosts: ${JSON.stringify([
    { name: "web", connection: { host: "web.example.com", hostKey: HOST_KEY } },
    { name: "old", gone: true, connection: { host: "old.example.com", hostKey: HOST_KEY } },
  ])}\n`;
  const { out } = await run({ verb: "check", host: undefined, json: true }, file, { web: other });
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    stack: "prod",
    hosts: [{ host: "web", state: "another", fingerprint: other.fingerprint, known: own.fingerprint }],
  });
});
