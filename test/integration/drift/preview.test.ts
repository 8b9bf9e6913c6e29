import { describe, expect, test } from "vitest";
import { arrives } from "../others/scene.ts";
import { taken } from "../rows.ts";
import { toRepair } from "./changes/index.ts";
import { silence } from "./silent.ts";
import { changed, openTwoHosts, report } from "./two-hosts.ts";

// What Pulumi says and does when somebody has changed a host behind its back: `postrelay check` and the preview name
// it, the update repairs and proves it, what was edited is kept, and the next preview is empty.
const { relay, web, other, stack, preview, empty } = await openTwoHosts();

test("nothing: the preview is empty and silent", async () => {
  await empty();
});

/**
 * Previews and updates the host that has drifted, and looks that mail leaves it again. Returns what the update said.
 */
async function repaired(what: string, says: RegExp, steps: string[]): Promise<string> {
  const planned = await preview();
  expect(planned, planned.text).toMatchObject({ code: 0 });
  expect(planned.text).toMatch(new RegExp(`web: .*${says.source}`, "s"));
  expect(changed(planned.text, "web").sort(), planned.text).toEqual([...steps].sort());
  expect(changed(planned.text, "other")).toEqual([]);
  const up = await stack.up();
  expect(up, up.text).toMatchObject({ code: 0 });
  await empty();
  expect((await report(web)).code).toBe(0);
  await arrives(web, relay, `${what.replace(/\W+/g, "-")}@example.org`);
  return up.text;
}

describe("somebody changes a host:", () => {
  test.each(taken(toRepair))("$what", async ({ what, does, says, steps = [], kept }) => {
    const edited = await web.must(`${does}; ${kept ? `cat /etc/postfix/${kept}` : ":"}`);
    const { code, sync, differences, steps: named } = await report(web);
    expect({ code, sync, steps: named.sort() }).toEqual({ code: 1, sync: "no", steps: [...steps].sort() });
    expect(differences.join("; ")).toMatch(says);
    const said = await repaired(what, says, steps);
    if (!kept) return;
    expect(said).toMatch(new RegExp(`${kept} was edited by hand; copy: /var/lib/postfix-relay/kept/`));
    expect(edited).toContain(await web.must(`cat "$(ls -d /var/lib/postfix-relay/kept/* | tail -n 1)/${kept}"`));
  });

  const all = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];
  const resets: { what: string; does: string; always?: true }[] = [
    { what: "the tool and its state are deleted", does: "rm -r /var/lib/postfix-relay /usr/local/sbin/postrelay" },
    {
      what: "all is as on the day it was bought, but for its name and key",
      does: `systemctl disable --now postfix-relay-boot.service; apt-get -qq purge -y postfix libsasl2-modules
      rm -rf /var/lib/postfix-relay /usr/local/sbin/postrelay /etc/systemd/system/postfix-relay-boot.service
      rm -rf /etc/postfix /var/spool/postfix /var/lib/postfix /etc/aliases*; systemctl daemon-reload`,
    },
  ];
  test.each(taken(resets))("$what", async ({ what, does }) => {
    await web.must(does);
    await repaired(what, /postfix-relay is not installed on this host yet/, all);
  });
});

describe("a host that does not answer", () => {
  const unknown = /warning: web could not be checked for drift: /;

  test("sshd takes the connection and is silent: five seconds, one warning, no change", async () => {
    const resume = silence(web);
    const started = Date.now();
    const result = await preview("--expect-no-changes");
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(result.text).toMatch(new RegExp(`${unknown.source}.*no answer within 5 s`));
    expect(Date.now() - started).toBeLessThan(30_000);
    resume();
  });

  test("it is down: one warning, no change, the others as usual", async () => {
    await web.kill();
    await other.must("systemctl stop postfix");
    const planned = await preview();
    expect(planned, planned.text).toMatchObject({ code: 0 });
    expect(planned.text).toMatch(unknown);
    expect(changed(planned.text, "web")).toEqual([]);
    expect(changed(planned.text, "other")).toEqual(["delivery"]);
    const up = await stack.up();
    expect(up, up.text).toMatchObject({ code: 0 });
    expect((await report(other)).code).toBe(0);
    await web.start();
  });
});
