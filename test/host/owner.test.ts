import { expect, test } from "vitest";
import { earlierOwners, type NamedResource, ownerText } from "../../src/host/owner.ts";

const own = { project: "mail", stack: "prod", name: "web-1" };
const TYPE = "postfix-relay:index:Relay";
const urn = (stack: string, project: string, name: string, types = TYPE) =>
  `urn:pulumi:${stack}::${project}::${types}::${name}`;
const stack: NamedResource = { name: "mail-prod", aliases: [] };
const relay = (...aliases: string[]): NamedResource => ({ name: "web-1", aliases });

test("an owner is project, stack and name", () => {
  expect(ownerText(own)).toBe("mail/prod/web-1");
});

test.each<[what: string, resources: NamedResource[], formerly: string[], owners: string[]]>([
  ["nobody", [relay(), stack], [], []],
  ["another name", [relay(urn("prod", "mail", "www")), stack], [], ["mail/prod/www"]],
  ["another parent, the same owner", [relay(urn("prod", "mail", "web-1", `my:index:Web$${TYPE}`)), stack], [], []],
  ["another stack and project", [relay(urn("old", "post", "web-1")), stack], [], ["post/old/web-1"]],
  ["a name with colons", [relay(urn("prod", "mail", "a::b")), stack], [], ["mail/prod/a::b"]],
  ["no URN", [relay("web-0", ""), stack], [], []],
  [
    "twice the same",
    [relay(urn("old", "mail", "web-1"), urn("old", "mail", "web-1", `f$${TYPE}`)), stack],
    [],
    ["mail/old/web-1"],
  ],
  [
    "a parent from another stack",
    [relay(), { name: "hosts", aliases: [urn("old", "mail", "hosts", "postfix-relay:index:RelayFleet")] }, stack],
    [],
    ["mail/old/web-1"],
  ],
  [
    "a parent whose name its own begins with",
    [relay(), { name: "web", aliases: [urn("prod", "mail", "www", "my:index:Web")] }, stack],
    [],
    ["mail/prod/www-1"],
  ],
  [
    "a parent of the parent, and a name of its own",
    [
      relay(urn("prod", "mail", "w")),
      { name: "hosts", aliases: [] },
      { name: "all", aliases: [urn("old", "mail", "all", "my:index:All")] },
      stack,
    ],
    [],
    ["mail/prod/w", "mail/old/web-1", "mail/old/w"],
  ],
  ["a stack in `formerly`", [relay(), stack], ["mail/old"], ["mail/old/web-1"]],
  ["a Relay in `formerly`", [relay(), stack], ["mail/old/www", "a/b/c/d"], ["mail/old/www", "a/b/c/d"]],
  ["itself in `formerly`", [relay(), stack], ["mail/prod", "mail/prod/web-1"], []],
  [
    "both",
    [relay(urn("old", "mail", "web-1")), stack],
    ["mail/old", "mail/older"],
    ["mail/old/web-1", "mail/older/web-1"],
  ],
])("%s", (_, resources, formerly, owners) => {
  expect(earlierOwners(own, resources, formerly)).toEqual(owners);
});
