// A change of a token account: proven beside the one that is live, which stays where that fails; and back again.

import { describe, expect, test } from "vitest";
import type { Release } from "../../../lab/index.ts";
import { real } from "../../../lab/scripted.ts";
import { everyRow } from "../rows.ts";
import { releasesOf } from "../world.ts";
import { APP, openTokens, report, USER } from "./scene.ts";

const { world, host, steps, relay, endpoint, reset, args } = await openTokens();
const releases: Release[] = everyRow ? ["bookworm", "trixie"] : ["bookworm"];

describe.each(releasesOf(world, releases))("%s", async (release) => {
  const web = await host(release, `web-${release}`);
  const own = steps(web);
  const sums = () => web.must("cd /etc/postfix && md5sum main.cf sasl_passwd");
  const rows = async () => (await web.must("cut -d: -f1 /var/lib/postfix-relay/login/accounts")).trim().split("\n");
  const oauth2 = (more: object) => ({ credentials: { username: USER, oauth2: { ...given, ...more } } });
  const given = (args().credentials as { oauth2: object }).oauth2;

  test("the first one", async () => {
    await reset();
    const up = await own.up();
    expect(up.code, up.text).toBe(0);
    expect(await rows()).toHaveLength(1);
  });

  test("a secret that the endpoint refuses: red, in its words, and all is as it was", async () => {
    const before = [await sums(), await rows()];
    const red = await own.up(oauth2({ clientSecret: "a-wrong-secret" }));
    expect(red.results.at(-1)).toMatchObject({ suffix: "service", code: 69 });
    expect(red.text).toMatch(
      /AADSTS7000215: Invalid client secret provided\..*\nThe client secret is wrong.*\nWhat to do: /,
    );
    expect(red.text).toMatch(/The live configuration was not changed\.\n$/);
    expect([await sums(), await rows()]).toEqual(before);
    expect((await web.run("postrelay probe")).code).toBe(0);
  });

  test("a secret whose tokens the relay host refuses: red, with its answer, and all is as it was", async () => {
    const before = [await sums(), await rows()];
    endpoint.accounts.addClient({ id: "another", secret: APP.secret, user: "somebody-else@example.com" });
    const red = await own.up(oauth2({ clientId: "another" }));
    expect(red.results.at(-1)).toMatchObject({ suffix: "delivery", code: 69 });
    expect(red.text).toMatch(
      /The relay host refuses the token.*said: 535 5\.7\.3 .*The login proxy of this host: 127\.86\.1\.1 is for /s,
    );
    expect([await sums(), await rows()]).toEqual(before);
    expect((await web.run("postrelay probe")).code).toBe(0);
  });

  test("the endpoint is silent: red for a new secret, and no matter for the one that has a token", async () => {
    await endpoint.set({ fail: "down" });
    const red = await own.up(oauth2({ clientSecret: "another-secret" }));
    expect(red.text).toMatch(
      /the token endpoint does not answer: .*\nWhat to do: Check credentials\.oauth2\.tokenEndpoint/s,
    );
    const same = await own.up({ ...oauth2({}), domain: "example.net" });
    expect(same.code, same.text).toBe(0);
    await reset();
  });

  test("a new secret that is good: proven beside the old one, which goes with the next change", async () => {
    const before = await rows();
    endpoint.accounts.addClient({ id: APP.id, secret: "the-next-secret", user: USER });
    const green = await own.up(oauth2({ clientSecret: "the-next-secret" }));
    expect(green.code, green.text).toBe(0);
    const after = await rows();
    expect(after).toHaveLength(2);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(await report(web)).toMatchObject({ sync: "yes" });
    // For a rollback its row is kept; what is not proven any more is not renewed.
    await reset();
    const back = await web.run("postrelay rollback");
    expect(back.code, back.stderr).toBe(0);
    expect((await web.run("postrelay probe")).code).toBe(0);
    expect(await report(web)).toMatchObject({ sync: "no", differences: ["the configuration was rolled back by hand"] });
    endpoint.accounts.addClient({ id: APP.id, secret: "the-next-secret", user: USER });
    expect((await own.alone("delivery")).code).toBe(0);
    expect(await report(web)).toMatchObject({ sync: "yes" });
  });

  test("rotation: cutover: mail waits from the moment on when the new secret is given", async () => {
    relay.change({ auth: real.refused });
    endpoint.accounts.addClient({ id: APP.id, secret: "the-third-secret", user: USER });
    const red = await own.up({ ...oauth2({ clientSecret: "the-third-secret" }), rotation: "cutover" });
    expect(red.code).toBe(69);
    expect((await report(web)).differences).toContain("mail is paused until a new password is proven");
    relay.set({ like: "exchange", tokens: endpoint.isValid });
    expect((await own.up()).code).toBe(0);
    expect(await report(web)).toMatchObject({ sync: "yes" });
  });
});
