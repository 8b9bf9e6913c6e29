// A relay host that fails: the update is red within its time and says why and what to do, the host sends on with what
// it had, and no message is lost.

import { expect, test } from "vitest";
import type { Mode } from "../../../lab/index.ts";
import { countedBench } from "./counted.ts";

const { bench, other, counted } = await countedBench("A relay host that fails", "relays");

interface Row {
  what: string;
  mode?: Mode;
  fault?: () => Promise<void>;
  repair?: () => Promise<void>;
  /** The line of the log that decides. */
  line: RegExp;
  advice: RegExp;
  /** Seconds that the test message has. Where it takes all of them, the least that is accepted. */
  timeoutSeconds?: number;
}

const dns = () => bench.world.lab.dns;
/** The resolver gives up at once, for Postfix in its chroot too. Usually it takes ten seconds. */
const impatient = `for folder in /etc /var/spool/postfix/etc; do
  echo 'options timeout:1 attempts:1' >> $folder/resolv.conf
done; postfix reload`;
const rows: Row[] = [
  {
    what: "535 wrong password",
    mode: "wrong-password",
    line: /535 5\.7\.8/,
    advice: /Check credentials\.username and credentials\.password/,
  },
  {
    what: "530 authentication required",
    mode: "auth-required",
    line: /(530|no.*mechanism)/i,
    advice: /wants authentication|SASL mechanism/,
  },
  {
    what: "553 sender refused",
    mode: "sender-refused",
    line: /553/,
    advice: /does not let this account send as this address/,
  },
  {
    what: "421 not now",
    mode: "refuse-421",
    line: /421/,
    advice: /(refuses the connection|too many|limit|later)/i,
    timeoutSeconds: 5,
  },
  {
    what: "relay host down",
    mode: "port-closed",
    line: /Connection refused/,
    advice: /Check relayHost\.host and relayHost\.port/,
    timeoutSeconds: 5,
  },
  {
    what: "relay host silent",
    mode: "silence",
    line: /timed out|lost connection/,
    advice: /does not speak|did not take/,
    timeoutSeconds: 5,
  },
  {
    what: "certificate expired",
    mode: "expired-certificate",
    line: /certificate not (verified|trusted)/i,
    advice: /expired/,
  },
  {
    what: "certificate for another name",
    mode: "wrong-name",
    line: /certificate not verified/i,
    advice: /not valid for its name\.\s+What to do: Set relayHost\.host/,
  },
  {
    what: "certificate of an unknown authority",
    mode: "foreign-certificate",
    line: /certificate not (verified|trusted)/i,
    advice: /set caCertificate/,
  },
  {
    what: "no STARTTLS",
    mode: "no-starttls",
    line: /TLS is required, but was not offered/,
    advice: /offers no STARTTLS on this port/,
  },
  {
    what: "DNS gone",
    fault: async () => {
      await bench.host.must(impatient);
      await dns().stop();
    },
    repair: () => dns().start(),
    line: /Name service error/,
    advice: /name server of this host does not answer/,
    timeoutSeconds: 5,
  },
  {
    what: "port dropped by a firewall",
    fault: () => bench.host.firewall(`ip daddr ${other.address} tcp dport 587 drop`),
    repair: () => bench.host.firewall(),
    line: /timed out/,
    advice: /may block this port/,
    timeoutSeconds: 5,
  },
];

test("the user reverts the config after a failed `up`", async () => {
  await other.set("wrong-password");
  const config = { host: bench.relay.host };
  bench.config({ host: other.host });
  const before = await bench.status();
  expect((await bench.stack.up()).code).not.toBe(0);
  bench.config(config);
  const result = await bench.stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(await bench.status()).toEqual(before);
  bench.config({ host: other.host });
});

test.each(rows)(
  "$what: red within its time, with the reason; the old one stays live, and mail goes out with it",
  async ({ what: fails, mode = "normal", fault, repair, line, advice, timeoutSeconds = 20 }) => {
    bench.config({ host: other.host, timeoutSeconds });
    await other.set(mode);
    await fault?.();
    const run = `r${rows.findIndex((row) => row.what === fails)}`;
    const { color, live, after, checked, result, seconds } = await counted(fails, run, { repair });
    expect([color, live]).toEqual(["red", "old"]);
    expect(seconds).toBeLessThan(timeoutSeconds + 40);
    expect(after).toMatchObject({ live: expect.stringMatching(/ proven$/), running: "yes" });
    expect(checked).toMatchObject({ code: 0 });
    // Below the words of the provider: what has happened, what to do, the log, and last what the host does now.
    const words = /\n\s*(postrelay: the test delivery to ops@example\.org failed: .*[\s\S]*?was not changed\.)\n/;
    const [, paragraphs = ""] = result.text.match(words) ?? [];
    const [what, ...lines] = paragraphs.split("\n").map((line) => line.trim());
    expect(what, result.text).toMatch(/\.$/);
    expect(lines.at(-1)).toBe("The live configuration was not changed.");
    expect(lines.filter((one) => one.startsWith("Log: ")).join("\n"), result.text).toMatch(line);
    expect(paragraphs).toMatch(advice);
    expect(result.text).not.toContain("relaypass");
  },
);

test("450, then accepted: the next `up` runs the delivery alone, waits, and is green", async () => {
  await other.set("greylisting");
  bench.config({ timeoutSeconds: 20 });
  const { color, live, result } = await counted("450, then accepted", "grey");
  expect([color, live], result.text).toEqual(["green", "new"]);
  expect(result.text).toContain("web-delivery updated");
  expect(result.text).not.toContain("web-main-cf updated");
  expect(await other.log()).toMatch(/450 4\.2\.0/);
  await other.set("normal");
});

test("IPv6 is a black hole: IPv4 is used", async () => {
  bench.config({ host: bench.relay.host });
  await dns().set(bench.relay.host, [bench.relay.address, bench.relay.address6]);
  await bench.host.firewall(`ip6 daddr ${bench.relay.address6} drop`);
  const back = async () => {
    await bench.host.firewall();
    await dns().set(bench.relay.host, [bench.relay.address]);
  };
  expect(await counted("IPv6 black hole", "six", { repair: back })).toMatchObject({ color: "green", live: "new" });
});
