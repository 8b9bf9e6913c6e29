import { expect, test } from "vitest";
import { filesWith } from "../watch.ts";
import { asFound, openScene, queueEmpty, send } from "./scene.ts";

// A package that came later needs Postfix, so destroy has to leave it. It then runs or refuses; it does not collect
// mail that nobody sends.
const scene = await openScene();

const rows: [what: string, needs: string][] = [
  ["a mail reader, which any mail system would do for", "bsd-mailx"],
  ["a part of Postfix", "postfix-pcre"],
  ["two of them", "bsd-mailx postfix-pcre"],
];

test.each(rows)("%s needs Postfix: the output names it, and Postfix runs or refuses", async (_, needs) => {
  const host = await scene.host(`kept-${rows.findIndex((row) => row[1] === needs)}`, []);
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  await host.must(`DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends ${needs} > /dev/null`);
  const run = await steps.destroy();
  expect(run.code, run.text).toBe(0);
  for (const name of needs.split(" ")) {
    expect(run.text).toContain(name);
    expect(await host.must(`dpkg-query -W -f '\${db:Status-Abbrev}' ${name}`)).toBe("ii ");
  }
  expect(run.text).toMatch(/Postfix/);
  // Refused, or accepted and gone from the queue: to a relay host, or back to its sender.
  if ((await send(host, "kept@example.org")) === 0) await queueEmpty(host);
  if ((await host.run("mail -s kept kept@example.org < /dev/null")).code === 0) await queueEmpty(host);
  expect(await asFound(host, "/var/lib/postfix-relay", "/usr/local/sbin", "/etc/systemd/system/*relay*")).not.toMatch(
    /relay/,
  );
  expect(filesWith(host.root, ["relaypass"])).toEqual([]);
  // It stays so after a boot.
  await host.reboot();
  if ((await send(host, "kept-later@example.org")) === 0) await queueEmpty(host);
});
