import { beforeAll, describe, expect, test } from "vitest";
import { must } from "../../../lab/shell.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { Sender } from "../faults/sender.ts";
import type { Run } from "../steps.ts";
import { arrives, asFound, openWeb, send } from "./scene.ts";

// Destroy takes Postfix off a host that had none. What keeps it from doing that without a loss stops it, with the
// reason, while all is still there and works; a user of the host sends all the time.
const { scene, host, steps } = await openWeb(() => ({}), []);

const ours = () => asFound(host, "/etc/postfix", "/usr/local/sbin");
let before: string;
let sender: Sender;
let run = 0;

beforeAll(async () => {
  before = await ours();
});

async function sending(): Promise<void> {
  run++;
  sender = await Sender.start(host, `user-${run}`, { user: "nobody" });
  await sender.more(3);
}

/** Ends the user; each message that was accepted is at the relay host, or still on its way. */
async function counted(reds: Run[]): Promise<void> {
  await sender.more(2);
  await sender.stop();
  await arrives(host, scene.relay, `user-${run}-last@example.org`);
  const count = await sender.count(scene.relay);
  const text = reds.map(({ text }) => text).join("---\n");
  expect(count, text).toMatchObject({ delivered: count.accepted - count.queued, missing: 0, twice: 0, bounced: 0 });
  expect(await ours(), text).toBe(before);
}

const reasons = ({ results }: Run) => results.at(-1)?.stderr ?? "";

describe("mail cannot be refused: red before anything is removed", () => {
  test("main.cf is immutable: none of the user's messages is refused either, and a second time", async () => {
    await sending();
    const file = `${host.root}/etc/postfix/main.cf`;
    await must("chattr", ["+i", file]);
    const reds = [await steps.destroy(), await steps.destroy()];
    await must("chattr", ["-i", file]);
    await counted(reds);
    expect(sender.refused).toEqual([]);
    for (const red of reds) {
      expect(red.code, red.text).toBe(73);
      expect(reasons(red)).toMatch(
        /cannot keep Postfix from accepting mail: .*main\.cf.*immutable.*\nThe live configuration was not changed\.$/m,
      );
      expect(reasons(red)).not.toMatch(/may still refuse|still refuses/);
    }
  });

  test("the disk is full", async () => {
    await sending();
    let lift = async () => {};
    const place = { command: "cp", arguments: "*accepting.cf" };
    const red = await new Breakpoint(host, place).during(steps.destroy(), async (stopped) => {
      lift = await host.full();
      stopped.resume();
    });
    await lift();
    await counted([red]);
    expect(red.code, red.text).toBe(73);
    expect(reasons(red)).toMatch(/cannot keep Postfix from accepting mail: .*disk full/);
  });

  test("Postfix does not read it", async () => {
    await sending();
    await host.must("cat > /usr/local/sbin/postfix && chmod 755 /usr/local/sbin/postfix", {
      input: '#!/bin/sh\n[ "$1" != reload ] || exit 0\nexec /usr/sbin/postfix "$@"\n',
    });
    const red = await steps.destroy();
    await host.must("rm /usr/local/sbin/postfix && postfix reload");
    await counted([red]);
    expect(red.code, red.text).toBe(78);
    expect(reasons(red)).toMatch(/cannot keep Postfix from accepting mail: Postfix did not reload/);
  });

  test("a user never ends a message: the process is named", async () => {
    await host.must(
      "mkfifo -m 666 /tmp/message; systemd-run --quiet --collect --unit=feeder sh -c 'exec sleep 900 > /tmp/message'",
    );
    await host.must(
      "systemd-run --quiet --uid=nobody --unit=endless sh -c 'exec sendmail -i endless-long@example.org < /tmp/message'",
    );
    await host.must("until pgrep -x -u nobody sendmail; do sleep 0.05; done", { timeout: 60 });
    const pid = (await host.must("systemctl show -P MainPID endless")).trim();
    await sending();
    const red = await steps.destroy();
    await host.must("systemctl stop endless feeder; rm /tmp/message");
    await counted([red]);
    expect(red.code, red.text).toBe(73);
    expect(reasons(red)).toMatch(new RegExp(`these still hand in a message: .*process ${pid} \\(sendmail, nobody\\)`));
  });
});

test("the relay host is down: red, and /etc/postfix is as it was, without a folder of ours", async () => {
  await sending();
  await scene.relay.set("port-closed");
  await sender.more(2);
  const red = await steps.destroy();
  await scene.relay.set("normal");
  await host.must("postqueue -f");
  await counted([red]);
  expect(red.code, red.text).toBe(69);
});

test("at last green: names alone hand in no mail, who has begun is waited for, what is corrupt is kept", async () => {
  await sending();
  await sender.stop();
  // Processes that have the name of a program of Postfix.
  await host.must(
    "cp /bin/sleep /tmp/sendmail && cp /bin/sleep /tmp/postdrop && chmod 755 /tmp/sendmail /tmp/postdrop",
  );
  for (const name of ["sendmail", "postdrop"])
    await host.must(`systemd-run --quiet --collect --uid=nobody --unit=${name} /tmp/${name} 600`);
  // A message that Postfix could not read.
  await host.must("cd /var/spool/postfix/corrupt && echo 'not a message' > ABCDEF0123 && chown postfix ABCDEF0123");
  // A message that is being handed in.
  await host.must(
    "mkfifo -m 666 /tmp/message; systemd-run --quiet --collect --uid=nobody --unit=begun sh -c 'exec sendmail -i -f nobody@web.example.com begun-long@example.org < /tmp/message'",
  );
  await host.must(
    "systemd-run --quiet --collect --unit=feeder sh -c '(printf \"Subject: x\\n\\n\"; while [ ! -e /tmp/enough ]; do sleep 0.1; done; echo x) > /tmp/message'",
  );
  await host.must("until pgrep -u nobody -f 'sendmail -i -f'; do sleep 0.05; done", { timeout: 60 });

  const place = { command: "sleep", arguments: "0.05" };
  const green = await new Breakpoint(host, place).during(steps.destroy(), async (stopped) => {
    expect(await send(host, "too-late@example.org")).not.toBe(0);
    await host.must("touch /tmp/enough");
    stopped.resume();
  });
  expect(green.code, green.text).toBe(0);
  await scene.relay.waitFor(({ recipients }) => recipients.includes("begun-long@example.org"));
  expect(reasons(green)).toMatch(/could not read 1 of its messages.*\/var\/lib\/postfix-relay\/kept\/corrupt/);
  expect(green.results.flatMap(({ report }) => report.kept).join()).toMatch(/could not read 1 of its messages/);
  expect(await host.must("cat /var/lib/postfix-relay/kept/corrupt/ABCDEF0123")).toBe("not a message\n");
  expect(await asFound(host, "/var/lib/postfix-relay")).toMatch(/kept\/corrupt d {2}700 root:root/);
});
