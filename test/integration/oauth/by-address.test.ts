// A relay host that knows its hosts by their address: mail leaves without a login, and with a change to or from one.

import { afterAll, expect, test } from "vitest";
import { openTokens, report } from "./scene.ts";

const { host, steps, relay, reset, args } = await openTokens();
const web = await host("bookworm", "web");
const own = steps(web);
own.change({ ...args(), credentials: { byAddress: true } });
const login = { username: "someone", password: "some password" };
afterAll(() => reset());

const inUse = () => web.must("md5sum /etc/postfix/main.cf; ls /etc/postfix");

test("the relay host does not know the address: red, in its words", async () => {
  relay.set({ mechanisms: [], mail: "550-5.7.1 Invalid credentials for relay [192.0.2.7].\n550 5.7.1 not registered" });
  const up = await own.up();
  expect(up.code).toBe(69);
  expect(up.text).toContain("550-5.7.1 Invalid credentials for relay [192.0.2.7]");
  expect(await web.must("postrelay status")).toMatch(/original/);
});

test("it knows it: mail leaves over TLS, and nobody logs in", async () => {
  relay.set({ mechanisms: [] });
  const up = await own.up();
  expect(up.code, up.text).toBe(0);
  expect(relay.messages).toMatchObject([{ accepted: true, tls: true, recipients: ["ops@example.org"] }]);
  expect(relay.commands.filter((command) => command.startsWith("AUTH"))).toEqual([]);
  expect(await report(web)).toMatchObject({ sync: "yes", differences: [], told: [] });
  expect((await web.run("postrelay probe")).code).toBe(0);
  expect((await web.run("dpkg -l dovecot-core curl 2> /dev/null | grep ^ii")).stdout).toBe("");
});

test("no login is tried where the relay host offers one", async () => {
  relay.set();
  expect((await web.run("postrelay probe")).code).toBe(0);
  expect(relay.commands.filter((command) => command.startsWith("AUTH"))).toEqual([]);
});

test("to a password and back: each is proven, and a red one changes nothing", async () => {
  relay.set({ auth: "535 5.7.8 Authentication failed" });
  const before = await inUse();
  const refused = await own.up({ credentials: login });
  expect(refused.code).toBe(69);
  expect(refused.text).toContain("535 5.7.8");
  expect(await inUse()).toBe(before);
  relay.set();
  expect((await own.up({ credentials: login })).code).toBe(0);
  expect(relay.commands.some((command) => command.startsWith("AUTH"))).toBe(true);
  relay.set({ mechanisms: [], mail: "550 5.7.1 not registered" });
  expect((await own.up({ credentials: { byAddress: true } })).code).toBe(69);
  relay.set({ mechanisms: [] });
  const back = await own.up({ credentials: { byAddress: true } });
  expect(back.code, back.text).toBe(0);
  expect(await report(web)).toMatchObject({ sync: "yes" });
});

test("`destroy` takes it away", async () => {
  expect((await own.destroy()).code).toBe(0);
  expect((await web.run("ls -d /var/lib/postfix-relay /etc/postfix/main.cf")).stdout).toBe("");
});
