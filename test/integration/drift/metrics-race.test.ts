import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLab } from "../../../lab/index.ts";
import { tool } from "../../../src/host/pack.ts";

// What root writes for others: `postrelay check --to FILE` in folders that others own or write in, while they swap what
// is there. Debian's node_exporter owns the folder that it reads.
const lab = await openLab();
afterAll(() => lab.close());
const host = await lab.host({ release: "bookworm", name: "race" });
writeFileSync(join(host.root, "usr/local/sbin/postrelay"), tool(), { mode: 0o755 });
await host.must(`useradd -r prometheus && useradd -r -g prometheus other
  echo of-root > /root/victim && chmod 600 /root/victim && ls -l /root/victim > /root/before && ls -A /etc > /root/etc`);

/** Writes once; what it says. */
const write = (file: string) => host.run(`postrelay check --format prometheus --to ${file} 2>&1`);

test.each<[what: string, makes: string, folder: string, owner: string]>([
  ["root's own", "mkdir -p /srv/own", "/srv/own", "root"],
  ["one like /tmp", "mkdir -m 1777 /srv/open", "/srv/open", "root"],
  [
    "one of node_exporter",
    "mkdir -p /srv/node/in && chown -R prometheus:prometheus /srv/node",
    "/srv/node/in",
    "prometheus",
  ],
  [
    "root's own below one of node_exporter",
    "mkdir -p /srv/mixed/in && chown prometheus:prometheus /srv/mixed && chmod 777 /srv/mixed/in",
    "/srv/mixed/in",
    "prometheus",
  ],
  ["a link of root's to it", "ln -s /srv/node/in /srv/link", "/srv/link", "prometheus"],
])("%s", async (_, makes, folder, owner) => {
  await host.must(makes);
  const said = await write(`${folder}/x.prom`);
  expect(said.stdout).toBe("");
  expect(await host.must(`stat -c '%a %U' ${folder}/x.prom; ls -A ${folder}`)).toBe(`644 ${owner}\nx.prom\n`);
  expect(await host.must(`cat ${folder}/x.prom`)).toMatch(/^postrelay_in_sync /m);
});

test.each<[what: string, makes: string, folder: string, says: RegExp]>([
  [
    "a link of somebody else's to a folder of root's",
    "su -s /bin/sh prometheus -c 'ln -s /etc /srv/open/etc'",
    "/srv/open/etc",
    /^postrelay: cannot write \/srv\/open\/etc\/x\.prom/m,
  ],
  [
    "below a folder in which anybody may put another",
    "mkdir -m 777 /srv/free && mkdir /srv/free/in",
    "/srv/free/in",
    /others may write in \/srv\/free, a part of that path/,
  ],
])("refused: %s", async (_, makes, folder, says) => {
  await host.must(makes);
  const said = await write(`${folder}/x.prom`);
  expect(said).toMatchObject({ code: 2, stdout: expect.stringMatching(says) });
  expect(await host.run(`test -e ${folder}/x.prom`)).not.toMatchObject({ code: 0 });
});

test("links are swapped for 60 s, and nothing of root's is read, written or changed", async () => {
  // Whatever appears in the folder becomes a link to a file of root's, and the folder itself one to /etc.
  const swap = `cd /srv/node; end=$(($(date +%s) + 60)); n=0
    while [ "$(date +%s)" -lt $end ]; do
      for file in in/.x.prom* in/x.prom; do
        [ -e "$file" ] && [ ! -L "$file" ] && ln -sfn /root/victim "$file" && n=$((n + 1))
      done
      mv in away 2>/dev/null && ln -sn /etc in && rm -f in && mv away in
    done; echo "swapped $n"`;
  const racing = host.run(`su -s /bin/sh prometheus -c "$(cat)"`, { input: swap });
  const writing = host.run(`end=$(($(date +%s) + 60)); tries=0
    while [ "$(date +%s)" -lt $end ]; do
      postrelay check --format prometheus --to /srv/node/in/x.prom >/dev/null 2>&1; tries=$((tries + 1))
      [ "$(ls -l /root/victim)" = "$(cat /root/before)" ] || break
    done; echo "tried $tries"`);
  const [raced, written] = await Promise.all([racing, writing]);
  // The control: both have done something.
  expect(Number(/swapped (\d+)/.exec(raced.stdout)?.[1])).toBeGreaterThan(5);
  expect(Number(/tried (\d+)/.exec(written.stdout)?.[1])).toBeGreaterThan(5);
  expect(await host.must("ls -l /root/victim")).toBe(await host.must("cat /root/before"));
  expect(await host.must("cat /root/victim")).toBe("of-root\n");
  expect(await host.must("ls -A /etc")).toBe(await host.must("cat /root/etc"));
});
