// The candidate proves a configuration, and root hands its message in. Whether the Postfix that runs sends what a user
// hands in, only the running Postfix can show.

import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { must } from "../../../lab/shell.ts";
import { openScene, postfix } from "../others/scene.ts";
import { everyRow } from "../rows.ts";
import { byNobody } from "./by-nobody.ts";

const scene = await openScene();

const check = async (host: LabHost) => JSON.parse((await host.run("postrelay check")).stdout);
const live = async (host: LabHost) => JSON.parse(await host.must("postrelay status")).live;

interface Row {
  what: string;
  name: string;
  /** What somebody does to a proven host. */
  break: (host: LabHost) => Promise<unknown>;
  /** What `check` says of it, as a drift, or told where no run mends it; undefined: it cannot see it. */
  drift?: RegExp;
  /** What a change says: that it was repaired, or why it is red. */
  repaired?: RegExp;
  red?: RegExp;
  /** What mends a host that no run can. */
  mend?: (host: LabHost) => Promise<unknown>;
}

const rows: Row[] = [
  {
    what: "the folder of Postfix's data belongs to root",
    name: "data",
    break: (host) => host.must("chown -R root /var/lib/postfix"),
    drift: /\/var\/lib\/postfix has mode 755 and owner root:postfix; Postfix needs 755 and postfix:postfix/,
    repaired: /\/var\/lib\/postfix has mode/,
  },
  {
    what: "postdrop without its set-gid bit",
    name: "postdrop",
    break: (host) => host.must("chmod g-s /usr/sbin/postdrop"),
    drift: /\/usr\/sbin\/postdrop has mode 555 and owner root:postdrop; Postfix needs 2555 and root:postdrop/,
    repaired: /\/usr\/sbin\/postdrop has mode 555/,
  },
  {
    what: "the maildrop is closed",
    name: "maildrop",
    break: (host) => host.must("chmod 700 /var/spool/postfix/maildrop"),
    drift: /\/var\/spool\/postfix\/maildrop has mode 700 .* Postfix needs 730/,
    repaired: /maildrop has mode 700/,
  },
  {
    what: "a folder of the queue belongs to root",
    name: "active",
    break: (host) => host.must("chown root /var/spool/postfix/active"),
    drift: /\/var\/spool\/postfix\/active has mode 700 and owner root:root; Postfix needs 700 and postfix:root/,
    repaired: /active has mode 700/,
  },
  {
    what: "the sockets of Postfix belong to root",
    name: "public",
    break: (host) => host.must("chown root:root /var/spool/postfix/public"),
    drift: /\/var\/spool\/postfix\/public has mode/,
    repaired: /public has mode/,
  },
  {
    what: "the queue is read-only",
    name: "read-only",
    break: (host) =>
      host.must("mount --bind /var/spool/postfix /var/spool/postfix && mount -o remount,bind,ro /var/spool/postfix"),
    drift: /\/var\/spool\/postfix cannot be written: is it immutable, or its file system read-only\?/,
    red: /root cannot write in \/var\/spool\/postfix: is it immutable, or its file system read-only\?/,
    mend: (host) => host.must("mount -o remount,bind,rw /var/spool/postfix"),
  },
  {
    what: "the maildrop is immutable",
    name: "immutable",
    break: (host) => must("chattr", ["+i", `${host.root}/var/spool/postfix/maildrop`]),
    drift: /maildrop cannot be written: is it immutable/,
    red: /root cannot write in \/var\/spool\/postfix\/maildrop: is it immutable/,
    mend: (host) => must("chattr", ["-i", `${host.root}/var/spool/postfix/maildrop`]),
  },
  {
    what: "users cannot pass through the folder above the queue",
    name: "above",
    break: (host) => host.must("chmod 750 /var/spool"),
    red: /an unprivileged user cannot submit mail: .*chdir \/var\/spool\/postfix: Permission denied/s,
    mend: (host) => host.must("chmod 755 /var/spool"),
  },
  {
    what: "users cannot run what hands mail in",
    name: "folder",
    break: (host) => host.must("chmod 750 /usr/sbin"),
    red: /an unprivileged user cannot submit mail: /,
    mend: (host) => host.must("chmod 755 /usr/sbin"),
  },
  {
    what: "what picks mail up hangs",
    name: "pickup",
    break: (host) => host.must("pkill -STOP -x pickup"),
    red: /the running Postfix has not picked up a message within 10 seconds/,
    mend: (host) => host.must("pkill -CONT -x pickup"),
  },
  {
    what: "nobody may run the program that hands mail in",
    name: "sendmail",
    break: (host) => host.must("chmod o-x /usr/sbin/postdrop"),
    drift: /\/usr\/sbin\/postdrop has mode 2554 .* needs 2555/,
    repaired: /postdrop has mode 2554/,
  },
];

describe("what only the running Postfix shows", () => {
  test.for(rows)("$what", async (row, { skip }) => {
    if (!everyRow && row.name !== "postdrop") skip("one of its kind runs in npm test");
    const host = await scene.host(row.name, postfix);
    const steps = scene.steps(host);
    expect((await steps.up()).code).toBe(0);
    expect(await check(host)).toMatchObject({ sync: "yes" });
    const before = await live(host);
    await row.break(host);
    const found = await check(host);
    if (row.drift) expect((row.red ? found.told : found.differences).join("\n")).toMatch(row.drift);
    const users = await byNobody(host, row.name);
    const run = await steps.up({ domain: "changed.example.com" });
    if (row.red) {
      expect(run.code, run.text).not.toBe(0);
      expect(run.text).toMatch(row.red);
      expect(await live(host)).toBe(before);
      await row.mend?.(host);
      expect((await steps.up()).code).toBe(0);
    } else {
      expect(run.code, run.text).toBe(0);
      expect(JSON.stringify(run.results.at(-1)?.report.repaired)).toMatch(row.repaired as RegExp);
    }
    expect(await check(host)).toMatchObject({ sync: "yes", differences: [], told: [] });
    // What is mended needs a restart.
    expect(await users.lost(scene.relay, { restarted: !row.red })).toEqual([]);
  });
});
