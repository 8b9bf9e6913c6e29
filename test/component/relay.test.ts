import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Delivery, InvalidArgs, Relay, type RelayArgs } from "../../src/index.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { PRIVATE_KEY } from "../support/keys.ts";
import { readable, registered, STDOUT, secretValue } from "../support/mocks.ts";

const build = (args: RelayArgs = relayArgs(), opts?: pulumi.ComponentResourceOptions) =>
  registered(() => new Relay("web-1", args, opts));

const named = (...steps: string[]) => steps.map((step) => `web-1-${step}`);

class Server extends pulumi.CustomResource {}

describe("children", () => {
  test("are five, each after the one before", async () => {
    const [relay, ...children] = await build();
    expect([relay?.type, relay?.name]).toEqual(["postfix-relay:index:Relay", "web-1"]);
    expect(children.map(({ name, after, parent }) => [name, after, parent])).toEqual([
      ["web-1-packages", [], "web-1"],
      ["web-1-main-cf", named("packages"), "web-1"],
      ["web-1-sasl-passwd", named("main-cf", "packages"), "web-1"],
      ["web-1-service", named("main-cf", "packages", "sasl-passwd"), "web-1"],
      ["web-1-delivery", named("main-cf", "packages", "sasl-passwd", "service"), "web-1"],
    ]);
  });

  test("are replaced with each one before, and the old one goes first", async () => {
    const [, ...children] = await build();
    const replaced = (...steps: string[]) => ({
      deleteBeforeReplace: true,
      replaceWith: named(...steps),
      retainOnDelete: false,
      ignoreChanges: [],
    });
    expect(children.map(({ options }) => options)).toEqual([
      replaced(),
      replaced("packages"),
      replaced("packages", "main-cf"),
      replaced("packages", "main-cf", "sasl-passwd"),
      replaced("packages", "main-cf", "sasl-passwd", "service"),
    ]);
  });

  test("the first waits for what the Relay depends on", async () => {
    const all = await registered(() => {
      const vps = new Server("test:index:Server", "vps");
      new Relay("web-1", relayArgs(), { dependsOn: vps });
    });
    expect(all.find(({ name }) => name === "web-1-packages")?.after).toEqual(["vps"]);
  });

  test("have a short command and secrets on stdin only; the long one alone prints its progress", async () => {
    const [, ...children] = await build();
    for (const { inputs, name } of children) {
      expect(
        Object.keys(inputs)
          .filter((key) => key !== "delete")
          .sort(),
      ).toEqual(["addPreviousOutputInEnv", "connection", "create", "logging", "stdin"]);
      const logging = name === "web-1-packages" ? "stderr" : "none";
      expect(inputs).toMatchObject({ addPreviousOutputInEnv: false, logging });
      expect([name, secretValue(inputs.stdin) !== undefined]).toEqual([name, !/packages|main-cf/.test(name)]);
    }
  });

  test("connect with a pinned key, and give up soon", async () => {
    const proxy = { host: "bastion.example.com", user: "jump", hostKey: HOST_KEY };
    const connection = { host: "203.0.113.10", hostKey: HOST_KEY, user: "deploy", proxy };
    const [, packages, mainCf] = await build(relayArgs({ connection }));
    const patience = { dialErrorLimit: 3, perDialTimeout: 15, port: 22 };
    const expected = { ...connection, ...patience, proxy: { ...proxy, ...patience } };
    expect([packages, mainCf].map((child) => secretValue(child?.inputs.connection))).toEqual([expected, expected]);
    expect(mainCf?.inputs.create).toBe("sudo -n /usr/local/sbin/postrelay stage main-cf");
  });
});

test.each([
  [undefined, [0, 3, 3, 3, 3]],
  [7, [7, 7, 7, 7, 7]],
])("with dialErrorLimit %s the children try again %j times", async (dialErrorLimit, limits) => {
  const connection = { host: "203.0.113.10", hostKey: HOST_KEY, dialErrorLimit };
  const [, ...children] = await build(relayArgs({ connection }));
  expect(children.map(({ inputs }) => secretValue(inputs.connection))).toMatchObject(
    limits.map((dialErrorLimit) => ({ dialErrorLimit })),
  );
});

test("outputs", async () => {
  const seen: Record<string, unknown> = {};
  await registered(() => {
    const { delivery, mainCf, hostname, postfixVersion } = new Relay("web-1", relayArgs());
    pulumi.output({ delivery, mainCf, hostname, postfixVersion }).apply((values) => Object.assign(seen, values));
  });
  expect(seen).toEqual({
    delivery: {
      status: "sent",
      relay: "example.sakura.ne.jp[192.0.2.1]:587",
      dsn: "2.0.0",
      queueId: "4ABC",
      answer: "250 ok",
      seconds: 1.2,
      unproven: [],
    } satisfies Delivery,
    mainCf: expect.stringContaining("relayhost = [example.sakura.ne.jp]:587\n"),
    hostname: "web-1.example.com",
    postfixVersion: "3.7.11",
  });
});

/** What -main-cf reads first. */
async function head(opts?: pulumi.ComponentResourceOptions, more: Partial<RelayArgs> = {}): Promise<string[]> {
  const resources = await build(relayArgs(more), opts);
  const stdin = resources.find(({ name }) => name === "web-1-main-cf")?.inputs.stdin;
  return String(stdin).split("\n#% file ")[0]?.split("\n") ?? [];
}

describe("the host is told who writes", () => {
  const itself = ["#% owner mail/test/web-1", "#% resource urn:pulumi:test::mail::postfix-relay:index:Relay::web-1"];
  const was = (...owners: string[]) => [...itself, ...owners.map((owner) => `#% formerly ${owner}`)];
  const urn = "urn:pulumi:old::post::postfix-relay:index:Relay::www";

  test.each<[what: string, aliases: pulumi.ComponentResourceOptions["aliases"], owners: string[]]>([
    ["nothing else", [], []],
    ["an earlier name", [{ name: "www" }], ["mail/test/www"]],
    [
      "an earlier stack and project",
      [{ stack: "old" }, { project: "post", stack: "old" }],
      ["mail/old/web-1", "post/old/web-1"],
    ],
    ["a URN", [urn], ["post/old/www"]],
    [
      "an Output",
      [pulumi.output(urn), pulumi.output({ name: pulumi.output("www") })],
      ["post/old/www", "mail/test/www"],
    ],
    ["a Promise", [Promise.resolve({ name: "www" })], ["mail/test/www"]],
    ["no other owner: an earlier parent", [{ parent: pulumi.rootStackResource }], []],
  ])("%s", async (_, aliases, owners) => {
    expect(await head({ aliases })).toEqual(was(...owners));
  });

  test("what `formerly` says, plain or not", async () => {
    const expected = was("mail/test/www", "mail/old/web-1", "post/old/w");
    const aliases = [{ name: "www" }];
    expect(await head({ aliases }, { formerly: ["mail/old", "post/old/w"] })).toEqual(expected);
    expect(await head({ aliases }, { formerly: pulumi.output(["mail/old", pulumi.output("post/old/w")]) })).toEqual(
      expected,
    );
  });

  test("the URN below a parent, and the aliases of the parent", async () => {
    class Web extends pulumi.ComponentResource {
      constructor(opts: pulumi.ComponentResourceOptions) {
        super("test:index:Web", "web", {}, opts);
        new Relay("web-1", relayArgs(), { parent: this, aliases: [{ parent: this, name: "web-0" }] });
      }
    }
    const all = await registered(() => new Web({ aliases: [{ name: "w", stack: "old" }] }));
    const stdin = String(all.find(({ name }) => name === "web-1-main-cf")?.inputs.stdin);
    expect(stdin.split("\n").slice(0, 5)).toEqual([
      "#% owner mail/test/web-1",
      "#% resource urn:pulumi:test::mail::test:index:Web$postfix-relay:index:Relay::web-1",
      "#% formerly mail/test/web-0",
      "#% formerly mail/old/w-1",
      "#% formerly mail/old/w-0",
    ]);
  });
});

describe("a host that is gone", () => {
  const connection = { host: "203.0.113.10", hostKey: HOST_KEY };

  test("keeps what is known of it, and nothing is done there", async () => {
    const [, ...children] = await build(relayArgs({ gone: true }));
    expect(children).toHaveLength(5);
    for (const { inputs, options } of children) {
      expect(options).toMatchObject({ retainOnDelete: true, ignoreChanges: ["*"] });
      expect([inputs.create, inputs.update, inputs.delete, inputs.stdin]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(secretValue(inputs.connection)).toMatchObject(connection);
    }
  });

  test("is told before anything is known", async () => {
    const late = { ...relayArgs(), gone: pulumi.output(true) } as unknown as RelayArgs;
    expect(() => new Relay("web-1", late)).toThrow("gone: is known too late; give a plain true or false");
    expect(() => new Relay("web-1", { ...relayArgs(), gone: "yes" as unknown as boolean })).toThrow('gone: got "yes"');
  });
});

describe("warnings", () => {
  afterEach(() => void vi.unstubAllEnvs());

  const delivery = JSON.stringify({
    ...JSON.parse(STDOUT.delivery ?? ""),
    unproven: ["fallback[0] x"],
    kept: ["main.cf"],
  });
  const service = '{"postrelay":"start","ends":["port 25 of 192.0.2.1"]}';

  /** The texts that are told, and the resource that they are told of. */
  async function told(surroundings: Parameters<typeof registered>[1], more: Partial<RelayArgs> = {}) {
    const warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async () => {});
    await registered(() => new Relay("web-1", relayArgs(more)), surroundings);
    const calls = warn.mock.calls.map(([text, resource]) => [
      (resource as { __name?: string } | undefined)?.__name,
      text,
    ]);
    warn.mockRestore();
    return calls;
  }

  test("say in the preview that there is no key to log in with", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "");
    const [[, text] = [], ...more] = await told({});
    expect(text).toMatch(/^Relay web-1: connection: there is no key to log in with/);
    expect(more).toEqual([]);
    const connection = { host: "203.0.113.10", hostKey: HOST_KEY, privateKey: PRIVATE_KEY };
    expect(await told({}, { connection })).toEqual([]);
  });

  test("tell what the host has told, once for each kind", async () => {
    expect(await told({ stdout: { delivery, service } })).toEqual([
      ["web-1", expect.stringContaining("\n  port 25 of 192.0.2.1")],
      ["web-1", expect.stringContaining("\n  fallback[0] x")],
      ["web-1", expect.stringContaining("\n  main.cf")],
    ]);
  });

  test("a login shell that swallows the report is one, and ends nothing", async () => {
    expect(await told({ stdout: { packages: "Welcome", delivery: "Welcome" } })).toEqual([
      ["web-1", "No report was found in what -packages printed on the host."],
      ["web-1", "No report was found in what -delivery printed on the host."],
    ]);
  });

  test.each([
    ["nothing to tell", {}, {}],
    ["a preview", { stdout: { delivery, service }, preview: true }, {}],
    ["a host that is gone", { stdout: { packages: "", delivery: "" } }, { gone: true }],
  ])("none: %s", async (_, surroundings, more) => {
    expect(await told(surroundings, more)).toEqual([]);
  });
});

describe("secrets", () => {
  const connection = { host: "203.0.113.10", hostKey: HOST_KEY, privateKey: PRIVATE_KEY.replace("b3Bl", "POISON") };
  const plain = relayArgs({ connection, credentials: { username: "user", password: "POISON" } });

  test.each<[how: string, args: RelayArgs]>([
    ["plain text", plain],
    ["an Output", { ...plain, credentials: { username: "user", password: pulumi.output("POISON") } }],
    ["an Output of the whole group", { ...plain, credentials: pulumi.output(plain.credentials) }],
    [
      "a further account",
      relayArgs({
        fallback: [{ host: "smtp.example.org" }],
        accounts: { "smtp.example.org": { username: "user", password: "POISON" } },
      }),
    ],
    [
      "an Output of further accounts",
      relayArgs({
        fallback: [{ host: "smtp.example.org" }],
        accounts: pulumi.output({ "smtp.example.org": { username: "user", password: "POISON" } }),
      }),
    ],
    ["a Promise of the whole group", { ...plain, connection: Promise.resolve(connection) }],
  ])("are secrets everywhere when given as %s", async (_, args) => {
    const resources = await build(args);
    expect(resources).toHaveLength(6);
    expect(JSON.stringify(resources)).toContain("POISON");
    expect(readable("POISON", resources)).toEqual([]);
  });

  test("would be found if they were readable", async () => {
    const resources = await build({ ...plain, testDelivery: { to: "poison@example.org" } });
    expect(readable("poison@", resources)).toEqual([".0.inputs.testDelivery.to"]);
  });

  test("leave main.cf readable in a preview", async () => {
    const [, , mainCf] = await build({ ...plain, credentials: pulumi.secret(plain.credentials) });
    expect(mainCf?.inputs.stdin).toContain("relayhost = [example.sakura.ne.jp]:587");
    expect(mainCf?.inputs.create).toBe("/usr/local/sbin/postrelay stage main-cf");
  });
});

test("the Relay itself keeps the arguments as they were written", async () => {
  const args = relayArgs({ mechanisms: ["PLAIN", "LOGIN"], tls: { level: "encrypted" } });
  const [relay] = await build(args);
  expect(relay?.inputs).toMatchObject({ ...args, credentials: { username: "sample_user@example.sakura.ne.jp" } });
});

test("nothing is refused because another value is not known yet", async () => {
  const args = relayArgs({ hostname: "example.com", ownDomainMail: pulumi.output("local" as const), mxCheck: "off" });
  expect(await build(args)).toHaveLength(6);
});

describe("wrong arguments", () => {
  const wrong = {
    ...relayArgs({ domain: "example", credentials: { username: "us:er", password: pulumi.output("later") } }),
    relayhost: "x",
  };

  test("are refused at once, all of them, and nothing is registered", async () => {
    let thrown: unknown;
    const resources = await registered(() => {
      try {
        new Relay("web-1", wrong);
      } catch (error) {
        thrown = error;
      }
    });
    expect(resources).toEqual([]);
    expect(thrown).toBeInstanceOf(InvalidArgs);
    expect((thrown as InvalidArgs).errors.map(({ propertyPath }) => propertyPath)).toEqual([
      "credentials.username",
      "domain",
      "relayhost (value not shown)",
    ]);
  });

  test("end a program with the message alone", () => {
    const error = new InvalidArgs("Relay web-1", [{ path: ["domain"], reason: "missing" }]);
    expect([pulumi.RunError, pulumi.InputPropertiesError].map((kind) => kind.isInstance(error))).toEqual([true, true]);
    error.message = 'error serializing property "stdin": …';
    expect(error.message).toBe("Relay web-1:\n  domain: missing");
  });
});
