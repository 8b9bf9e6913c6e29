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
  test("are five, and those that stage do not wait for each other", async () => {
    const [relay, ...children] = await build();
    expect([relay?.type, relay?.name]).toEqual(["postfix-relay:index:Relay", "web-1"]);
    expect(children.map(({ name, after, parent }) => [name, after, parent])).toEqual([
      ["web-1-packages", [], "web-1"],
      ["web-1-main-cf", named("packages"), "web-1"],
      ["web-1-sasl-passwd", named("packages"), "web-1"],
      ["web-1-service", named("main-cf", "packages", "sasl-passwd"), "web-1"],
      ["web-1-delivery", named("main-cf", "packages", "sasl-passwd", "service"), "web-1"],
    ]);
  });

  test("are replaced with each one that they build on, and the old one goes first", async () => {
    const [, ...children] = await build();
    const replaced = (...steps: string[]) => ({
      deleteBeforeReplace: true,
      replaceWith: named(...steps),
      retainOnDelete: false,
      // What an earlier drift has left there is no change.
      ignoreChanges: ["update"],
      // What a transform returns loses its secrets in the plugin and in inline programs.
      transforms: 0,
    });
    expect(children.map(({ options }) => options)).toEqual([
      replaced(),
      replaced("packages"),
      replaced("packages"),
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
      at: "",
      unproven: [],
    } satisfies Delivery,
    mainCf: expect.stringContaining("relayhost = [example.sakura.ne.jp]:587\n"),
    hostname: "web-1.example.com",
    postfixVersion: "3.7.11",
  });
});

/** What -main-cf reads first. */
describe("warnings", () => {
  afterEach(() => void vi.unstubAllEnvs());

  const delivery = JSON.stringify({
    ...JSON.parse(STDOUT.delivery ?? ""),
    unproven: ["fallback[0] x"],
    kept: ["main.cf"],
  });
  const service = '{"postrelay":"start","ends":["port 25 of 192.0.2.1"]}';

  /** The warnings, each with the resource that it is about. */
  async function warnings(surroundings: Parameters<typeof registered>[1], more: Partial<RelayArgs> = {}) {
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
    const [[, text] = [], ...more] = await warnings({});
    expect(text).toMatch(/^Relay web-1: connection: there is no key to log in with/);
    expect(more).toEqual([]);
    const connection = { host: "203.0.113.10", hostKey: HOST_KEY, privateKey: PRIVATE_KEY };
    expect(await warnings({}, { connection })).toEqual([]);
  });

  test("repeat what is so until a step runs again, and not what has happened when it ran", async () => {
    expect(await warnings({ stdout: { delivery, service } })).toEqual([
      ["web-1", expect.stringContaining("\n  fallback[0] x")],
    ]);
  });

  test("a login shell that swallows the report ends nothing", async () => {
    expect(await warnings({ stdout: { packages: "Welcome", delivery: "Welcome" } })).toEqual([]);
  });

  test.each([
    ["nothing to tell", {}, {}],
    ["a preview", { stdout: { delivery, service }, preview: true }, {}],
    ["a host that is gone", { stdout: { packages: "", delivery: "" } }, { gone: true }],
  ])("none: %s", async (_, surroundings, more) => {
    expect(await warnings(surroundings, more)).toEqual([]);
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
