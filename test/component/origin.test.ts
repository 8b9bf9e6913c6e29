// Each step names the Relay that manages the host. A host that is gone gets no steps.

import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { Relay, type RelayArgs } from "../../src/index.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { registered, secretValue } from "../support/mocks.ts";

const build = (args: RelayArgs = relayArgs(), opts?: pulumi.ComponentResourceOptions) =>
  registered(() => new Relay("web-1", args, opts));

async function head(opts?: pulumi.ComponentResourceOptions, more: Partial<RelayArgs> = {}): Promise<string[]> {
  const resources = await build(relayArgs(more), opts);
  const stdin = resources.find(({ name }) => name === "web-1-main-cf")?.inputs.stdin;
  return String(stdin).split("\n#% file ")[0]?.split("\n") ?? [];
}

describe("each step names its owner", () => {
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

  test("gets its steps before anything is known", async () => {
    const late = { ...relayArgs(), gone: pulumi.output(true) } as unknown as RelayArgs;
    expect(() => new Relay("web-1", late)).toThrow("gone: is known too late; give a plain true or false");
    expect(() => new Relay("web-1", { ...relayArgs(), gone: "yes" as unknown as boolean })).toThrow('gone: got "yes"');
  });
});
