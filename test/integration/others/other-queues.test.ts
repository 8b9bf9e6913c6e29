import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import type { Run } from "../steps.ts";
import { arrives, asFound, byHand, inOrder, openScene, untouched } from "./scene.ts";

// Postfix of the host's own has messages where ours does not look: it is told, and nobody's message stays there.
const scene = await openScene();
const goOn = { replaceMailServer: true };
const reason = ({ results }: Run) => results.at(-1)?.stderr ?? "";

/** Waits until so many messages, or more, are deferred in this queue. */
const deferred = (host: LabHost, queue: string, count: number) =>
  host.must(`until [ $(find ${queue}/deferred -type f | wc -l) -ge ${count} ]; do sleep 0.1; done`, { timeout: 90 });

const whole = (count: { accepted: number }) => ({
  delivered: count.accepted,
  queued: 0,
  missing: 0,
  twice: 0,
  bounced: 0,
});

test("its queue is in another folder: red while messages wait there, then all of them are delivered, and back", async () => {
  const lists = "hash:/etc/aliases, hash:/etc/postfix/lists";
  const host = await scene.handMade("queue");
  await host.must(
    "echo 'team: team-1@example.org' > /etc/postfix/lists && postalias hash:/etc/postfix/lists && mkdir /srv/mailq",
  );
  const lines = "recipient_bcc_maps = static:copy@example.net\nqueue_directory = /srv/mailq\n";
  await byHand(host, scene.relay, lines);
  await host.must(
    `postconf -e 'alias_maps = ${lists}' && touch -d '-10 seconds' /etc/postfix/main.cf && systemctl restart postfix`,
  );
  const before = await untouched(host, "/etc/postfix");
  const found = await asFound(host, "/etc/postfix");
  await scene.relay.set("port-closed");
  const sender = await Sender.start(host, "queue", { user: "nobody" });
  await sender.more(3);
  await deferred(host, "/srv/mailq", 3);

  // The relay host takes the proof, and nothing of that Postfix.
  const relayHost = (port: number) =>
    host.must(
      `postconf -e 'relayhost = [${scene.relay.host}]:${port}' && touch -d '-10 seconds' /etc/postfix/main.cf && postfix reload`,
    );
  await relayHost(2525);
  await scene.relay.set("normal");
  const steps = scene.steps(host);
  const red = await steps.up();
  expect(red.code, red.text).toBe(78);
  for (const said of [
    /alias_maps = .*lists/,
    /recipient_bcc_maps/,
    /queue in \/srv\/mailq, where [1-9]\d* messages wait/,
  ])
    expect(reason(red)).toMatch(said);
  expect(reason(red)).not.toMatch(/taken by/);
  const stuck = await steps.up(goOn);
  expect(stuck.code, stuck.text).toBe(69);
  expect(reason(stuck)).toMatch(/\d+ messages wait in the queue \(queue_directory = \/srv\/mailq\)/);
  const refused = sender.refused.length;
  await sender.more(3);
  expect(sender.refused.length).toBe(refused);

  await relayHost(587);
  expect((await asFound(host, "/etc/postfix")).replace(/main\.cf.*/, "")).toBe(found.replace(/main\.cf.*/, ""));
  const green = await steps.up();
  expect(green.code, green.text).toBe(0);
  expect(await inOrder(host)).toBe(true);
  await sender.more(3);
  expect(await host.must("find /srv/mailq/{maildrop,incoming,active,deferred,hold} -type f 2> /dev/null || :")).toBe(
    "",
  );

  const destroy = await steps.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  await sender.more(3);
  await sender.stop();
  expect(await host.must("postconf -h queue_directory alias_maps")).toBe(`/srv/mailq\n${lists}\n`);
  await arrives(host, scene.relay, "queue-last@example.org");
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count, destroy.text).toEqual({ accepted: count.accepted, ...whole(count) });
  expect(before).not.toBe("");
});

describe("another instance of Postfix", () => {
  test("named; while messages wait in its queue nothing replaces the first one; afterwards it is back", async () => {
    const host = await scene.handMade("instance");
    await host.must(
      "postmulti -e init && postmulti -I postfix-out -e create && postmulti -i postfix-out -e enable && touch -d '-10 seconds' /etc/postfix*/main.cf",
    );
    await host.must(
      "postmulti -i postfix-out -x postconf -e 'default_transport = retry:4.0.0 not now' 'inet_interfaces = loopback-only' 'master_service_disable = inet' 'authorized_submit_users = static:anyone' && touch -d '-10 seconds' /etc/postfix-out/main.cf && postfix -c /etc/postfix-out start",
    );
    for (const one of [1, 2, 3])
      await host.must(`echo x | sendmail -C /etc/postfix-out -f root@web.example.com instance-${one}@example.org`);
    await deferred(host, "/var/spool/postfix-out", 3);
    const sender = await Sender.start(host, "first", { user: "nobody" });
    await sender.more(2);
    const before = await untouched(host, "/etc/postfix", "/etc/postfix-out");
    const steps = scene.steps(host);
    const red = await steps.up();
    expect(red.code, red.text).toBe(78);
    expect(reason(red)).toMatch(/the instance of Postfix in \/etc\/postfix-out, in whose queue 3 messages wait/);
    const stuck = await steps.up(goOn);
    expect(stuck.code, stuck.text).toBe(69);
    expect(reason(stuck)).toMatch(/3 messages wait in the queue of the instance of Postfix in \/etc\/postfix-out/);
    expect(await untouched(host, "/etc/postfix", "/etc/postfix-out")).toBe(before);
    await host.must("postsuper -c /etc/postfix-out -d ALL");
    const green = await steps.up();
    expect(green.code, green.text).toBe(0);
    await sender.more(2);
    const destroy = await steps.destroy();
    expect(destroy.code, destroy.text).toBe(0);
    await sender.more(2);
    await sender.stop();
    await drain(host);
    const count = await sender.count(scene.relay);
    expect(count, destroy.text).toEqual({ accepted: count.accepted, ...whole(count) });
    expect(sender.refused).toEqual([]);
    expect(await host.must("postconf -h multi_instance_directories")).toBe("/etc/postfix-out\n");
  });
});
