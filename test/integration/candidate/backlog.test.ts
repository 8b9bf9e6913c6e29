import { expect, test } from "vitest";
import { type LabHost, until } from "../../../lab/index.ts";
import { openScene } from "../others/scene.ts";
import { inOrder, status } from "./site.ts";

// Mail that waits stands in the way of a message of the running Postfix, not of one that a candidate sends.
const scene = await openScene();

/** Hands in so many messages over SMTP, by a few connections at once. */
async function submit(host: LabHost, run: string, count: number): Promise<void> {
  const program = `use IO::Socket::INET;
    my ($run, $first, $last) = @ARGV;
    my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1:25") or die $!;
    sub say_and_hear {
      print $server shift;
      my $line;
      do { $line = <$server> // die "end" } until $line =~ /^\\d{3} /;
      $line =~ /^[23]/ or die $line;
    }
    say_and_hear("");
    say_and_hear("EHLO localhost\\r\\n");
    for my $number ($first .. $last) {
      say_and_hear("MAIL FROM:<root\\@web.example.com>\\r\\n");
      say_and_hear("RCPT TO:<$run-$number\\@example.org>\\r\\n");
      say_and_hear("DATA\\r\\n");
      say_and_hear("Subject: $number\\r\\n\\r\\nx\\r\\n.\\r\\n");
    }`;
  await host.must("cat > /var/tmp/submit.pl", { input: program });
  const clients = 4;
  const calls = Array.from({ length: clients }, (_, index) => {
    const [first, last] = [Math.floor((index * count) / clients) + 1, Math.floor(((index + 1) * count) / clients)];
    return `perl /var/tmp/submit.pl ${run} ${first} ${last} & pids="$pids $!"`;
  });
  await host.must(`pids=; ${calls.join("\n")}\nfor pid in $pids; do wait $pid || exit 1; done`);
}

const arrived = async (run: string): Promise<string[]> =>
  (await scene.relay.messages()).flatMap(({ recipients }) => recipients).filter((to) => to.startsWith(`${run}-`));

test("5,000 messages wait for a new password: the right one is proven in seconds, and all of them leave", async () => {
  const COUNT = 5000;
  const host = await scene.host("web");
  const steps = scene.steps(host, { testDelivery: { to: "ops@example.org", timeoutSeconds: 15 } });
  expect(await steps.up()).toMatchObject({ code: 0 });
  await scene.relay.setUsers([{ username: "relayuser", password: "fresh-Vq3" }]);
  await submit(host, "waiting", COUNT);
  const waiting = async () => Number(await host.must("find /var/spool/postfix/deferred -type f | wc -l"));
  await until("all are deferred", async () => (await waiting()) === COUNT, { seconds: 180, every: 500 });
  const begin = Date.now();
  const run = await steps.up({ credentials: { username: "relayuser", password: "fresh-Vq3" } });
  const seconds = (Date.now() - begin) / 1000;
  expect(run.code, run.text).toBe(0);
  expect(seconds).toBeLessThan(30);
  await inOrder(host, "after the right password");
  await until("an empty queue", async () => (await status(host)).queue === 0, { seconds: 400, every: 1000 });
  const there = await arrived("waiting");
  expect(there.length).toBe(COUNT);
  expect(new Set(there).size).toBe(COUNT);
  expect((await scene.relay.messages()).filter(({ sender }) => sender === "")).toEqual([]);
  console.log(`the right password with ${COUNT} messages waiting: green after ${seconds.toFixed(1)} s`);
}, 900_000);

test("a pause between two messages and 30 of them waiting: a right change is green, and the pause stays", async () => {
  await scene.relay.setUsers([{ username: "relayuser", password: "relaypass" }]);
  const host = await scene.host("slow");
  const steps = scene.steps(host, {
    limits: { rateDelaySeconds: 2 },
    testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
  });
  expect(await steps.up()).toMatchObject({ code: 0 });
  await submit(host, "paced", 30);
  const begin = Date.now();
  const run = await steps.up({ domain: "paced.example.com" });
  expect(run.code, run.text).toBe(0);
  const seconds = (Date.now() - begin) / 1000;
  const before = (await arrived("paced")).length;
  // One message each two seconds, and a few that the reload of the switch let go.
  expect(before).toBeLessThanOrEqual(seconds / 2 + 3);
  await inOrder(host, "after the change");
  await until("further ones leave", async () => (await arrived("paced")).length > before, { seconds: 20 });
  expect(Number((await status(host)).queue)).toBeGreaterThan(0);
}, 300_000);
