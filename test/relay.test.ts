import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type Delivery, InvalidArgs, Relay, type RelayArgs } from "../src/index.ts";
import { HOST_KEY, relayArgs } from "./support/args.ts";
import { PRIVATE_KEY } from "./support/keys.ts";
import { readable, registered, secretValue } from "./support/mocks.ts";

const build = (args: RelayArgs = relayArgs(), opts?: pulumi.ComponentResourceOptions) =>
  registered(() => new Relay("web-1", args, opts));

class Server extends pulumi.CustomResource {}

describe("children", () => {
  test("are five, each after the one before", async () => {
    const [relay, ...children] = await build();
    expect([relay?.type, relay?.name]).toEqual(["postfix-relay:index:Relay", "web-1"]);
    expect(children.map(({ name, after, parent }) => [name, after, parent])).toEqual([
      ["web-1-packages", [], "web-1"],
      ["web-1-main-cf", ["web-1-packages"], "web-1"],
      ["web-1-sasl-passwd", ["web-1-main-cf"], "web-1"],
      ["web-1-service", ["web-1-sasl-passwd"], "web-1"],
      ["web-1-delivery", ["web-1-service"], "web-1"],
    ]);
  });

  test("the first waits for what the Relay depends on", async () => {
    const all = await registered(() => {
      const vps = new Server("test:index:Server", "vps");
      new Relay("web-1", relayArgs(), { dependsOn: vps });
    });
    expect(all.find(({ name }) => name === "web-1-packages")?.after).toEqual(["vps"]);
  });

  test("have a short command, secrets on stdin only, and print nothing into the log", async () => {
    const [, ...children] = await build();
    for (const { inputs, name } of children) {
      expect(
        Object.keys(inputs)
          .filter((key) => key !== "delete")
          .sort(),
      ).toEqual(["addPreviousOutputInEnv", "connection", "create", "logging", "stdin"]);
      expect(inputs).toMatchObject({ addPreviousOutputInEnv: false, logging: "none" });
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
    expect(mainCf?.inputs.create).toBe("sudo -n /usr/local/sbin/postfix-relay stage main-cf");
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
    } satisfies Delivery,
    mainCf: expect.stringContaining("relayhost = [example.sakura.ne.jp]:587\n"),
    hostname: "web-1.example.com",
    postfixVersion: "3.7.11",
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
    expect(mainCf?.inputs.create).toBe("/usr/local/sbin/postfix-relay stage main-cf");
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
      "relayhost",
    ]);
  });

  test("end a program with the message alone", () => {
    const error = new InvalidArgs("Relay web-1", [{ path: ["domain"], reason: "missing" }]);
    expect([pulumi.RunError, pulumi.InputPropertiesError].map((kind) => kind.isInstance(error))).toEqual([true, true]);
    error.message = 'error serializing property "stdin": …';
    expect(error.message).toBe("Relay web-1:\n  domain: missing");
  });
});
