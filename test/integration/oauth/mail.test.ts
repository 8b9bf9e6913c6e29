// Mail through the login proxy, as programs of a host send it: each release, both mechanisms, and what the relay host
// says of a message.

import { afterAll, describe, expect, test } from "vitest";
import { until } from "../../../lab/until.ts";
import { releasesOf } from "../world.ts";
import { DUE, openTokens, report, tokenReleases } from "./scene.ts";

const { world, host, steps, relay, endpoint, reset, args } = await openTokens();
afterAll(() => reset());

describe.each(releasesOf(world, tokenReleases))("%s", async (release) => {
  const web = await host(release, `web-${release}`);
  const own = steps(web);
  const send = (subject: string, to = "someone@example.org") =>
    web.must(`printf 'Subject: ${subject}\n\nx\n' | sendmail -f root@example.com ${to}`);
  const arrived = (subject: string) =>
    relay.messages.filter(({ text, accepted }) => accepted && text.includes(`Subject: ${subject}\n`)).length;
  const comes = (subject: string) => until(`message ${subject}`, () => arrived(subject) > 0, { seconds: 60 });

  test("OAUTHBEARER", async () => {
    await reset();
    const { credentials } = args() as { credentials: { oauth2: object } };
    const oauth2 = { ...credentials.oauth2, mechanism: "OAUTHBEARER" };
    const up = await own.up({ credentials: { ...credentials, oauth2 } });
    expect(up.code, up.text).toBe(0);
    expect(relay.commands).toContain("AUTH OAUTHBEARER");
    expect(relay.commands).not.toContain("AUTH XOAUTH2");
    const back = await own.up({ credentials });
    expect(back.code, back.text).toBe(0);
    expect(relay.commands).toContain("AUTH XOAUTH2");
  });

  test.each([2700, 4700, ...(release === "sid" ? [7400] : [8600, 11_400])])("a token of %i bytes", async (bytes) => {
    await endpoint.set({ bytes });
    await web.must(`${DUE}; postrelay renew`);
    const size = "sed -n 's/^login access-token://p' /var/lib/postfix-relay/login/logins/*/token | tr -d '\\n' | wc -c";
    expect(Number(await web.must(size))).toBeGreaterThanOrEqual(bytes);
    await send(`long-${bytes}`);
    await comes(`long-${bytes}`);
    await endpoint.set();
  });

  test("a longer one is refused before, and the one that is there is used", async () => {
    await endpoint.set({ bytes: 12_100 });
    await web.must(DUE);
    const renewed = await web.run("postrelay renew");
    expect(renewed.code).toBe(69);
    expect(renewed.stderr).toMatch(/gave a token of 12\d+ bytes, and the login proxy takes up to (7500|12000)$/m);
    expect((await web.run("postrelay probe")).code).toBe(0);
    await endpoint.set();
    await web.must("postrelay renew");
  });

  test("20 messages at once", async () => {
    const one = "printf 'Subject: many\n\nx\n' | sendmail -f root@example.com someone@example.org";
    await web.must(`for i in $(seq 20); do ${one} & done; wait`);
    await until("all of them", () => arrived("many") === 20, { seconds: 60 });
    expect(relay.messages.filter(({ whole }) => !whole)).toEqual([]);
  });

  test("a recipient that is refused: the report has the relay host's words", async () => {
    relay.change({ rcpt: "550 5.1.1 Recipient unknown" });
    await send("refused", "nobody@example.org");
    const said = "journalctl -q -o cat | grep 'to=<nobody@example.org>.*status=bounced' | tail -n 1";
    const line = await until("the end of it", async () => (await web.run(said)).stdout || undefined, { seconds: 60 });
    expect(line).toMatch(/dsn=5\.1\.1, status=bounced \(host .* said: 550 5\.1\.1 Recipient unknown/);
    relay.change({ rcpt: undefined });
  });

  test("too much at a time (432): the message waits, with these words, and leaves later", async () => {
    const busy = "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending";
    relay.change({ end: busy });
    await send("busy");
    await until("it waits", async () => (await report(web)).deferred > 0, { seconds: 60 });
    expect((await report(web)).waitsFor).toContain("432 4.3.2 Concurrent connections limit exceeded");
    relay.change({ end: undefined });
    await web.must("postqueue -f");
    await comes("busy");
  });

  test("a recipient that is not ASCII: it leaves as without the login proxy, which has no SMTPUTF8", async () => {
    await send("name", "'jörg@example.org'");
    await comes("name");
  });
});
