import { describe, expect, test } from "vitest";
import { pathText } from "../../src/settings/problems.ts";
import { readStack } from "../../src/stack/read.ts";
import { HOST_KEY } from "../support/args.ts";
import { PRIVATE_KEY } from "../support/keys.ts";

/** A configuration as it stands in the file. */
const example = {
  domain: "example.com",
  relayHost: { host: "example.sakura.ne.jp", port: 587 },
  credentials: { username: "sample_user@example.sakura.ne.jp", password: "correct horse" },
  testDelivery: { to: "ops@example.org" },
  hosts: [{ name: "web-1", connection: { host: "203.0.113.10", hostKey: HOST_KEY } }],
} as Record<string, unknown>;

/** Reads it as Pulumi gives it to the program: objects as JSON, and the keys that hold a secret. */
function read(tree: Record<string, unknown>, secrets = ["credentials"]) {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const entries = Object.entries(tree).map(([key, value]) => [`postfix-relay:${key}`, text(value)]);
  const { hosts, waves, problems } = readStack(
    { ...Object.fromEntries(entries), "aws:region": "eu-central-1" },
    secrets.map((key) => `postfix-relay:${key}`),
  );
  return {
    hosts: hosts?.map(({ args }) => args),
    waves,
    problems: (problems ?? []).map(({ path, reason }) => `${pathText(path)}: ${reason}`),
  };
}

const host = (name: string, more = {}) => ({
  name,
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  ...more,
});

test("the example", () => {
  const { hosts, waves, problems } = read(example);
  const {
    hosts: [connection],
    ...common
  } = example as { hosts: object[] };
  expect(problems).toEqual([]);
  expect(hosts).toEqual([{ ...common, ...connection }]);
  expect(waves).toBeUndefined();
});

test("what stands at the top counts for all hosts, what stands under a host wins", () => {
  const { hosts, waves, problems } = read({
    ...example,
    connection: { user: "deploy", port: 2222 },
    ownDomainMail: "local",
    hosts: [host("web-1"), host("web-2", { ownDomainMail: "relay", relayHost: { port: 465 } })],
    waves: [1, "100%"],
  });
  expect(problems).toEqual([]);
  expect(waves).toEqual(["1", "100%"]);
  expect(hosts).toMatchObject([
    { ownDomainMail: "local", connection: { host: "web-1.example.com", user: "deploy", port: 2222 } },
    { ownDomainMail: "relay", relayHost: { host: "example.sakura.ne.jp", port: 465 } },
  ]);
});

test("earlier owners at the top are those of all hosts", () => {
  const gone = { gone: true, formerly: ["mail/older/www"] };
  const { hosts, problems } = read({ ...example, formerly: ["mail/old"], hosts: [host("web-1"), host("web-2", gone)] });
  expect(problems).toEqual([]);
  expect(hosts).toMatchObject([{ formerly: ["mail/old"] }, gone]);
});

describe("names the place in the file", () => {
  const two = [host("web-1"), host("web-2")];

  test.each<[what: string, config: Record<string, unknown>, problem: string]>([
    ["at the top", { domain: "example" }, 'postfix-relay:domain: got "example", which has no domain'],
    ["at the top, once for all hosts", { domain: "example", hosts: two }, 'postfix-relay:domain: got "example"'],
    ["missing at the top", { domain: undefined, hosts: two }, "postfix-relay:domain: missing"],
    ["missing at the top, inside", { testDelivery: {} }, "postfix-relay:testDelivery.to: missing"],
    [
      "missing under one host",
      { hosts: [host("web-1"), { name: "web-2" }] },
      "postfix-relay:hosts[1].connection: missing",
    ],
    [
      "missing under a host, inside",
      { hosts: [{ name: "web-1", connection: { host: "203.0.113.10" } }] },
      "postfix-relay:hosts[0].connection.hostKey: missing; give the line of /etc/ssh/ssh_host_ed25519_key.pub",
    ],
    ["under a host", { hosts: [host("web-1", { hostname: "web" })] }, "postfix-relay:hosts[0].hostname: got"],
    [
      "under a host, beside the top",
      { hosts: [host("web-1", { relayHost: { port: 0 } })] },
      "postfix-relay:hosts[0].relayHost.port: got the number 0",
    ],
    [
      "of a name",
      { hosts: [{ ...host("web-1"), name: "web 1", hostname: "web.example.com" }] },
      "postfix-relay:hosts[0].name: got",
    ],
    ["of a second name", { hosts: [host("web-1"), host("web-1")] }, "postfix-relay:hosts[1].name: got"],
    [
      "of a host that stands twice",
      { connection: { port: 2222 }, hosts: [host("web-1"), { ...host("web-1"), name: "web-2" }] },
      "postfix-relay:hosts[1].connection.host: is the host of Relay web-1 too",
    ],
    ["of an earlier owner", { formerly: ["old"], hosts: two }, 'postfix-relay:formerly[0]: got "old"'],
    ["of a wave", { waves: [0] }, 'postfix-relay:waves[0]: got "0"'],
    ["of waves", { waves: "fast" }, 'postfix-relay:waves: got "fast"; needs a list'],
    ["of a host that is none", { hosts: ["web-1"] }, "postfix-relay:hosts: needs a list of hosts"],
    ["of missing hosts", { hosts: undefined }, "postfix-relay:hosts: needs a list of hosts"],
    ["of an unknown key", { relayhost: "x" }, "postfix-relay:relayhost: unknown; did you mean relayHost?"],
    [
      "of an unknown key under a host",
      { hosts: [host("web-1", { waves: 1 })] },
      "postfix-relay:hosts[0].waves: unknown",
    ],
    ["of an unknown key inside", { tls: { lvl: 1 } }, "postfix-relay:tls.lvl: unknown; known here: level"],
    ["of broken JSON", { relayHost: "{" }, 'postfix-relay:relayHost: got "{"; needs an object'],
  ])("%s", (_, config, problem) => {
    const tree = Object.fromEntries(
      Object.entries({ ...example, ...config }).filter(([, value]) => value !== undefined),
    );
    expect(read(tree).problems).toEqual([expect.stringContaining(problem)]);
  });
});

test("an unknown key: the error lists those that are known there", () => {
  expect(read({ ...example, x: 1 }).problems[0]).toMatch(/hosts, waves, tags$/);
  expect(read({ ...example, hosts: [host("web-1", { x: 1 })] }).problems[0]).toMatch(/name$/);
});

describe("secrets", () => {
  const key = { privateKey: PRIVATE_KEY };

  test("in plain text are refused, with the command to run", () => {
    expect(read(example, []).problems).toEqual([
      "postfix-relay:credentials.password: is in plain text in the file; run " +
        "`pulumi config set --secret --path 'postfix-relay:credentials.password'`",
    ]);
    const hosts = [host("web-1", { connection: { host: "203.0.113.10", hostKey: HOST_KEY, ...key } })];
    expect(read({ ...example, hosts }).problems).toEqual([
      "postfix-relay:hosts[0].connection.privateKey: is in plain text in the file; run " +
        "`pulumi config set --secret --path 'postfix-relay:hosts[0].connection.privateKey' < FILE`",
    ]);
    expect(read({ ...example, hosts }, ["credentials", "hosts"]).problems).toEqual([]);
  });

  test("that are missing: the error has the command to run", () => {
    expect(read({ ...example, credentials: { username: "user" } }).problems).toEqual([
      "postfix-relay:credentials.password: missing; run " +
        "`pulumi config set --secret --path 'postfix-relay:credentials.password'`",
    ]);
  });

  test("are never shown", () => {
    const credentials = { username: "user", password: "POISON\n" };
    const connection = { privateKey: "POISON" };
    const { problems } = read({ ...example, credentials, connection }, []);
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain("POISON");
  });
});

test("nothing at all", () => {
  expect(read({}).problems.map((problem) => problem.split(": ").slice(0, 2).join(": "))).toEqual([
    "postfix-relay:hosts: needs a list of hosts, each with `name` and `connection`",
    "postfix-relay:credentials: missing; needs an object; known here",
    "postfix-relay:domain: missing; give the domain this host belongs to, such as example.com",
    "postfix-relay:relayHost: missing; needs the server that takes the mail, with its `host`, or give `provider`",
    "postfix-relay:testDelivery: missing; needs an object; known here",
  ]);
});

test("tags are for a rollout: no host has them", () => {
  const { hosts, problems } = read({ ...example, tags: ["prod"] });
  expect([problems, hosts?.length, hosts?.[0]]).toEqual([[], 1, expect.not.objectContaining({ tags: ["prod"] })]);
});
