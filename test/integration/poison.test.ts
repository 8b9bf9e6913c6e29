import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../lab/shell.ts";
import { everyWay } from "./every-way.ts";
import { ends, markedKey, odd, printed } from "./marks.ts";
import { type PulumiResult, Stack } from "./stack.ts";
import { filesWith, type Seen, watch } from "./watch.ts";
import { openWorld } from "./world.ts";

// Secrets with a mark go the whole way; then everything that anybody could read is searched for the marks. Each search
// is tried on a poison that was planted for it.

const password = odd("poison-Kx7Qm2");
const second = odd("poison-Tz4Wd8");
const refused = odd("poison-Lb9Rv3");
const rotated = odd("poison-Nc8Yb6");
const account = odd("poison-Ws5Hn1");
const passphrase = odd("poison-Gf6Jd4");
const proxyPassphrase = odd("poison-Rt3Yc9");
const mailbox = odd("poison-Mx2Ib7");
const secrets = ["Kx7Qm2", "Tz4Wd8", "Lb9Rv3", "Nc8Yb6", "Ws5Hn1", "Gf6Jd4", "Rt3Yc9", "Mx2Ib7"];
/** What AUTH PLAIN and AUTH LOGIN make of them. */
const sent = [password, second, refused, rotated].flatMap((secret) =>
  [`\0relayuser\0${secret}`, secret].map((text) => Buffer.from(text).toString("base64").replace(/=+$/, "")),
);
/** A line of each private key. A key has no room for odd characters: it is base64. */
let keyMarks: string[];
let marks: string[];

const prom = "/var/lib/prometheus/node-exporter/postfix-relay.prom";
const { world, relay, web: host, jump: bastion } = await openWorld({ web: {}, jump: {} });
let stack: Stack;
let given: Stack;
const results: [what: string, result: PulumiResult][] = [];
let seen: Seen;

beforeAll(async () => {
  const marked = (of: typeof host, phrase: string) => markedKey(of, world.folder, phrase);
  const keys = [await marked(host, passphrase), await marked(bastion, proxyPassphrase)] as const;
  keyMarks = keys.map((key) => key.split("\n")[3] ?? "");
  for (const mark of keyMarks) expect(mark.length).toBeGreaterThan(40);
  marks = [...secrets.flatMap((name) => ends(`poison-${name}`)), ...sent, ...keyMarks];
  const shop = { username: "shop user", password: account };
  const unreadable = { host: relay.address, user: "ops@example.org" }; // nobody listens there for IMAP
  stack = await world.stack("poison", relay, [host], {
    testDelivery: { to: "ops@example.org", timeoutSeconds: 30, inbox: unreadable, bounces: unreadable },
    connection: { user: "root", proxy: { host: bastion.address, hostKey: bastion.hostKey } },
    senderDependent: { "shop@example.com": { host: relay.host } },
    accounts: { "shop@example.com": { username: shop.username } },
    monitoring: { textfile: "/var/lib/prometheus/node-exporter" },
  });
  await relay.setUsers([{ username: "relayuser", password }, shop]);
  await stack.secret("postfix-relay:credentials.password", password);
  await stack.secret('postfix-relay:accounts["shop@example.com"].password', account);
  for (const one of ["inbox", "bounces"]) await stack.secret(`postfix-relay:testDelivery.${one}.password`, mailbox);
  await stack.secret("postfix-relay:connection.privateKey", keys[0]);
  await stack.secret("postfix-relay:connection.privateKeyPassword", passphrase);
  await stack.secret("postfix-relay:connection.proxy.privateKey", keys[1]);
  await stack.secret("postfix-relay:connection.proxy.privateKeyPassword", proxyPassphrase);

  const watching = watch(host.root, marks);
  const keep = async (what: string, call: Promise<PulumiResult>) => void results.push([what, await call]);
  await keep("preview", stack.preview());
  await keep("up", stack.up());
  await keep("up with --diff", stack.up("--diff"));
  await keep("inbox from the command line", commandLine("inbox", "--host", "web", "--json"));
  await relay.setUsers([{ username: "relayuser", password: second }, shop]);
  await stack.secret("postfix-relay:credentials.password", second);
  await keep("preview of a rotation", stack.preview());
  await keep("up of a rotation", stack.up("--diff"));
  // Files that hold a secret are edited, and one that had none gets one.
  await host.must("echo '# edited' >> /etc/postfix/sasl_passwd; postmap /etc/postfix/sasl_passwd");
  await host.must(`cat >> /etc/postfix/main.cf`, {
    input: `smtp_tls_key_file = ${ends("poison-Tz4Wd8")[0]}\nmy_pw = ${ends("poison-Kx7Qm2")[0]}\nrelay_domains = $my_pw\n`,
  });
  await keep("preview of drift", stack.preview());
  await keep("check", host.run("postrelay check").then(printed));
  await keep("check from the command line", commandLine("status", "--json"));
  await keep("check with probes", commandLine("check", "--probe", "--json"));
  await keep("probe", host.run("postrelay probe").then(printed));
  await keep("test", host.run("postrelay test").then(printed));
  await keep("queue", host.run("postrelay queue").then(printed));
  await keep("metrics", host.run("postrelay check --format prometheus").then(printed));
  await keep("metrics of the unit", host.run(`systemctl start postfix-relay-metrics && cat ${prom}`).then(printed));
  await keep(
    "metrics of a probe",
    host.run(`postrelay probe --textfile /run/probe.prom; cat /run/probe.prom`).then(printed),
  );
  await keep("status on the host", host.run("postrelay status").then(printed));
  await keep("up of drift", stack.up("--diff"));
  await host.must("rm -r /var/lib/postfix-relay/kept/*/main.cf");
  await stack.set("postfix-relay:testDelivery.timeoutSeconds", 45);
  await stack.set("postfix-relay:rotation", "cutover");
  await stack.set("postfix-relay:stripHeaders[0]", "X-Mailer");
  await keep("preview of what is public", stack.preview());
  await stack.secret("postfix-relay:credentials.password", refused);
  await keep("up that fails", stack.up("--diff"));
  await keep("probe while mail is paused", host.run("postrelay probe").then(printed));
  await keep("credentials while mail is paused", commandLine("credentials", "status", "--stack", "poison"));
  await relay.setUsers([{ username: "relayuser", password: rotated }, shop]);
  await keep("rotation of many stacks", rotate(rotated));
  await keep("credentials, as JSON", commandLine("credentials", "status", "--stack", "poison", "--json"));
  const nonce = "0123456789abcdef".repeat(4);
  await keep("credential on the host", host.run("postrelay credential", { input: nonce }).then(printed));
  await keep("rotation that breaks a rule", rotate(`${rotated} `));
  await keep("refresh", stack.pulumi(["refresh", "--yes", "--skip-preview", "--stack", "poison"]));
  await keep("outputs", stack.pulumi(["stack", "output", "--json", "--stack", "poison"]));
  await keep("config", stack.pulumi(["config", "--stack", "poison"]));
  seen = await watching.stop();
  given = await Stack.create("given", { program: everyWay(odd("poison-Vb8Ms0")) });
  await keep("up of a program", given.up("--diff"));
});
afterAll(() => given?.remove());

const program = join(import.meta.dirname, "../../src/cli/main.ts");

/** `postfix-relay` in the folder of the stack; its arguments and environment are watched like all others. */
const commandLine = (...args: string[]) =>
  run(process.execPath, [program, ...args], { cwd: stack.folder, env: stack.env }).then(printed);

/** A new password by the command line, on its stdin. */
const rotate = (input: string) =>
  run(process.execPath, [program, "credentials", "rotate", "--stack", "poison", "--yes"], {
    ...{ cwd: stack.folder, env: stack.env, input },
  }).then(printed);

test("the runs went as they should, so that there was something to leak", () => {
  // What a Postfix answers whose main.cf was edited depends on which of its processes are older than that.
  const certain = results.filter(([what]) => !["probe", "test"].includes(what));
  expect(certain.map(([what, { code }]) => [what, code === 0])).toEqual([
    ["preview", true],
    ["up", true],
    ["up with --diff", true],
    ["inbox from the command line", false],
    ["preview of a rotation", true],
    ["up of a rotation", true],
    ["preview of drift", true],
    ["check", false],
    ["check from the command line", false],
    ["check with probes", false],
    ["queue", true],
    ["metrics", false],
    ["metrics of the unit", true],
    ["metrics of a probe", true],
    ["status on the host", true],
    ["up of drift", true],
    ["preview of what is public", true],
    ["up that fails", false],
    ["probe while mail is paused", false],
    ["credentials while mail is paused", false],
    ["rotation of many stacks", true],
    ["credentials, as JSON", true],
    ["credential on the host", true],
    ["rotation that breaks a rule", false],
    ["refresh", true],
    ["outputs", true],
    ["config", true],
    ["up of a program", true],
  ]);
  expect(results.find(([what]) => what === "up")?.[1].text).toMatch(/warning: web: the mailbox .* cannot be read: /);
  expect(seen.rounds).toBeGreaterThan(50);
});

test("no secret is in what pulumi printed", () => {
  for (const [what, { text }] of results) for (const mark of marks) expect(text.includes(mark), what).toBe(false);
});

test("no secret is in the state, its history and its backups", () => {
  expect(filesWith(join(stack.folder, "state"), marks)).toEqual([]);
  expect(filesWith(join(stack.folder, "config"), marks)).toEqual([]);
});

test("no secret is in what a rollout leaves: jobs, results and the database", () => {
  expect(filesWith(join(stack.folder, ".postfix-relay"), marks)).toEqual([]);
});

test("no secret that a program gives is in the state, however it is given; what stands beside it is", () => {
  const state = join(given.folder, "state");
  expect(filesWith(state, ends("poison-Vb8Ms0"))).toEqual([]);
  for (const open of ["poison-open", "open-name", "bastion.example.com", "plain-0.example.com"])
    expect(filesWith(state, [open]), open).not.toEqual([]);
});

test("what stands beside the secrets is readable in a preview", () => {
  const text = (run: string) => results.find(([what]) => what === run)?.[1].text;
  expect(text("preview")).toMatch(/create *: "\/usr\/local\/sbin\/postrelay stage main-cf"/);
  for (const line of [/timeoutSeconds: 30 => 45/, /rotation.*cutover/, /smtp_header_checks = regexp/])
    expect(text("preview of what is public")).toMatch(line);
});

test("no secret was in the arguments or the environment of any process", () => {
  expect(seen.processes).toEqual([]);
});

test("on the host the password is in sasl_passwd and its map alone, and the key nowhere", () => {
  expect(filesWith(host.root, keyMarks)).toEqual([]);
  expect(filesWith(host.root, marks, /\/sasl_passwd(\.db|\.lmdb|\.cdb)?$/)).toEqual([]);
});

test("no secret is in the logs of host and relay", async () => {
  const logs = (await host.journal()) + (await relay.log());
  for (const mark of marks) expect(logs).not.toContain(mark);
});

test("sasl_passwd and its map belonged to root alone whenever somebody looked", () => {
  expect(Object.keys(seen.modes)).toEqual(
    expect.arrayContaining(["etc/postfix/sasl_passwd", "etc/postfix/sasl_passwd.db"]),
  );
  for (const [path, modes] of Object.entries(seen.modes)) expect(modes, path).toEqual(["600 0"]);
});

describe("the control: a planted poison is found", () => {
  test("in a file of the host, and in the state", () => {
    const planted = join(host.root, "var/tmp/planted");
    writeFileSync(planted, JSON.stringify(`x ${second} y`));
    expect(filesWith(host.root, marks, /\/sasl_passwd(\.db)?$/)).toEqual([planted]);
    rmSync(planted);
    const state = join(stack.folder, "state/planted.json");
    writeFileSync(
      state,
      JSON.stringify({ privateKey: readFileSync(join(world.folder, "marked-key-web"), "utf8") }).replaceAll(
        "\\n",
        "\n",
      ),
    );
    expect(filesWith(join(stack.folder, "state"), marks)).toEqual([state]);
    rmSync(state);
  });

  test("in arguments and environment, and a file that all may read for a moment", async () => {
    const watching = watch(host.root, marks);
    await host.must(`env X=${ends("poison-Kx7Qm2")[0]} sh -c 'sleep 1; : ${ends("poison-Tz4Wd8")[1]}'`);
    await host.must(
      "install -m 644 /dev/null /etc/postfix/sasl_passwd.planted; sleep 1; chmod 600 /etc/postfix/sasl_passwd.planted; sleep 1; rm /etc/postfix/sasl_passwd.planted",
    );
    const { processes, modes } = await watching.stop();
    expect(processes.some((text) => text.startsWith("environ") && text.includes("poison-Kx7Qm2"))).toBe(true);
    expect(processes.some((text) => text.startsWith("cmdline") && text.includes("poison-Tz4Wd8"))).toBe(true);
    // install(1) makes a file for its owner alone before it opens it.
    expect(modes["etc/postfix/sasl_passwd.planted"]?.toSorted()).toEqual(["600 0", "644 0"]);
  });
});

test("destroy shows no secret, and takes the credentials off the host", async () => {
  const destroyed = await stack.destroy();
  expect(destroyed).toMatchObject({ code: 0 });
  for (const mark of marks) expect(destroyed.text).not.toContain(mark);
  expect(filesWith(host.root, marks)).toEqual([]);
});
