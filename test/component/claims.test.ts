import { expect, test } from "vitest";
import { claim } from "../../src/component/claims.ts";
import { pathText } from "../../src/settings/problems.ts";

const bastion = { host: "bastion.example.com" };

test.each<[a: unknown, b: unknown, same: boolean]>([
  [{ host: "web-1.example.com" }, { host: "WEB-1.example.com", port: 22, user: "deploy" }, true],
  [{ host: "2001:db8::1" }, { host: "2001:DB8:0:0::1" }, true],
  [{ host: "10.0.0.1", proxy: bastion }, { host: "10.0.0.1", proxy: { ...bastion, port: 22, user: "jump" } }, true],
  [{ host: "web-1.example.com" }, { host: "web-2.example.com" }, false],
  [{ host: "127.0.0.1", port: 2222 }, { host: "127.0.0.1", port: 2223 }, false],
  [{ host: "10.0.0.1", proxy: bastion }, { host: "10.0.0.1", proxy: { host: "bastion.example.net" } }, false],
  [{ host: "10.0.0.1", proxy: bastion }, { host: "10.0.0.1" }, false],
])("%j and %j are one host: %s", (a, b, same) => {
  const stack = {};
  expect([claim(stack, "a", a), claim(stack, "b", b).map(({ path }) => pathText(path))]).toEqual([
    [],
    same ? ["connection.host"] : [],
  ]);
});

test("one Relay may say again where its host is; another one is refused, with the name of the first", () => {
  const stack = {};
  const connection = { host: "203.0.113.10" };
  expect([claim(stack, "web-1", connection), claim(stack, "web-1", connection)]).toEqual([[], []]);
  expect(claim(stack, "web-2", connection)[0]?.reason).toMatch(/^is the host of Relay web-1 too, /);
});

test("other programs in the same process, and tests without a stack, are not concerned", () => {
  const connection = { host: "203.0.113.10" };
  expect([{}, {}, undefined, undefined].flatMap((stack, index) => claim(stack, `web-${index}`, connection))).toEqual(
    [],
  );
});
