// What is said where no login comes about: the login proxy has one sentence for nearly all of that, and its log tells.

import { describe, expect, test } from "vitest";
import type { Release } from "../../../lab/index.ts";
import { real, type Script } from "../../../lab/scripted.ts";
import { releasesOf } from "../world.ts";
import { DUE, openTokens, tokenReleases } from "./scene.ts";

const { world, host, steps, relay, endpoint, reset } = await openTokens();

interface Row {
  what: string;
  script: Script | "port closed" | "token revoked";
  answered: "no" | "unknown";
  says: RegExp;
  /** Releases whose login proxy copes with it. */
  copes?: Release[];
}

const rows: Row[] = [
  {
    what: "535 5.7.3",
    script: { auth: real.refused },
    answered: "no",
    says: /^The relay host refuses the token: the program may not send .* said: 535 5\.7\.3 Authentication unsuccessful/s,
  },
  {
    what: "535 5.7.139",
    script: { auth: real.disabled },
    answered: "no",
    says: /^The provider has switched SMTP AUTH off .* said: 535 5\.7\.139 /s,
  },
  {
    what: "454 at the login",
    script: { auth: real.busy },
    answered: "unknown",
    says: /^The relay host takes no logins with tokens at the moment.* said: 454 4\.7\.0 Temporary/s,
  },
  { what: "the token is revoked", script: "token revoked", answered: "no", says: /^The relay host refuses the token/ },
  {
    what: "the token is refused as Google does",
    script: { like: "google", tokens: () => false },
    answered: "no",
    says: /^The relay host refuses the token\..* Log: submission-login: .*Failed to authenticate: 400/s,
  },
  {
    what: "expired certificate",
    script: { certificate: "expired-certificate" },
    answered: "no",
    says: /^The certificate of the relay host is not valid .*certificate has expired/s,
  },
  {
    what: "certificate of a foreign authority",
    script: { certificate: "foreign-certificate" },
    answered: "no",
    says: /^The certificate of the relay host is not valid .*unable to get local issuer certificate/s,
  },
  {
    what: "certificate for another name",
    script: { certificate: "wrong-name" },
    answered: "no",
    says: /^The certificate of the relay host is not valid .*doesn't match expected host name/s,
  },
  {
    what: "no STARTTLS",
    script: { clear: true },
    answered: "no",
    says: /^TLS cannot be spoken with the relay host.*STARTTLS not supported/s,
  },
  {
    what: "421 greeting",
    script: { greeting: "421 4.7.0 Service not available" },
    answered: "unknown",
    says: /^The login proxy of this host does not reach the relay host.*Invalid banner: 421/s,
  },
  {
    what: "port closed",
    script: "port closed",
    answered: "unknown",
    says: /^The login proxy of this host does not reach the relay host.*Connection refused/s,
  },
  {
    what: "connection dropped during the login",
    script: { auth: "" },
    answered: "unknown",
    says: /^The login proxy of this host does not reach the relay host.*Connection closed/s,
  },
  {
    what: "334 without a blank",
    script: { challenge: "334" },
    answered: "no",
    says: /^The relay host answers the login in a way that the login proxy does not take, or crashes at/,
    copes: ["bullseye"],
  },
];

describe.each(releasesOf(world, tokenReleases))("%s", async (release) => {
  const web = await host(release, `web-${release}`);

  test("mail leaves", async () => {
    await reset();
    const up = await steps(web).up();
    expect(up.code, up.text).toBe(0);
  });

  test.each(rows)("$what", async ({ script, answered, says, copes = [] }) => {
    await reset();
    if (script === "port closed") await relay.close();
    else if (script === "token revoked") endpoint.revoke("all");
    else relay.change(script);
    const probe = JSON.parse((await web.run("postrelay probe --json")).stdout);
    if (copes.includes(release)) expect(probe).toMatchObject({ answered: "yes" });
    else expect(probe).toMatchObject({ answered, why: expect.stringMatching(says) });
    // No login, and no mail, after a handshake that failed.
    if (typeof script === "object" && (script.certificate || script.clear))
      expect(relay.commands).not.toContain("MAIL");

    // As it was: what waits leaves by itself.
    if (script === "port closed") await relay.listen();
    await reset();
    await web.must(`postsuper -d ALL 2> /dev/null; ${DUE}; postrelay renew`);
    const after = await web.run("postrelay probe --json");
    expect(after.code, after.stdout).toBe(0);
  });
});
