import { beforeAll, expect, test } from "vitest";
import { openWorld } from "./world.ts";

// The case this project began with: logwatch's daily report has to reach a mailbox outside.
const { world, relay, vps: host } = await openWorld({ vps: { packages: ["logwatch"] } });
const stack = await world.stack("article", relay, [host]);
beforeAll(async () => {
  const { code, text } = await stack.up();
  expect(code, text).toBe(0);
  // On a host as Debian makes it nothing has to be repaired.
  expect(text).not.toContain("Owners or modes");
});

/** Sends a short message the way programs on a host do, and waits until it has left the queue. */
async function send(to: string, subject: string): Promise<void> {
  await host.must(`printf 'Subject: ${subject}\\n\\nHello\\n' | sendmail ${to}`);
  await host.must("for n in $(seq 100); do postqueue -j | grep -q . || exit 0; sleep 0.1; done; postqueue -p; exit 1");
}

test("logwatch's report leaves through the relay", async () => {
  await host.must("echo 'MailTo = admin@example.net\nRange = All' > /etc/logwatch/conf/logwatch.conf");
  await host.must("/etc/cron.daily/00logwatch");
  const report = await relay.waitFor((message) => message.headers.subject?.[0]?.includes("Logwatch") === true);
  expect(report).toMatchObject({
    saslUser: "relayuser",
    sender: "root@vps.example.com",
    recipients: ["admin@example.net"],
  });
});

test("mail to the own domain goes to the relay", async () => {
  await send("info@example.com", "own domain, relay");
  const message = await relay.waitFor((message) => message.headers.subject?.[0] === "own domain, relay");
  expect(message.recipients).toEqual(["info@example.com"]);
});

test("with ownDomainMail local it stays on the host", async () => {
  await stack.set("postfix-relay:ownDomainMail", "local");
  expect(await stack.up()).toMatchObject({ code: 0 });
  await send("deploy@example.com", "own domain, local");
  expect(await host.must("cat /var/mail/deploy")).toContain("Subject: own domain, local");
  expect((await relay.messages()).map(({ headers }) => headers.subject?.[0])).not.toContain("own domain, local");
});

test("mail from another address is not relayed", async () => {
  const other = await world.lab.host({ release: "bookworm", name: "other" });
  const knock = `exec 3<>/dev/tcp/${host.address}/25`;
  expect((await other.run(`timeout 5 bash -c '${knock}' 2>&1`)).stdout).toContain("Connection refused");
  // The control: from the host itself there is somebody at home.
  expect((await host.run("timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25 && head -n 1 <&3'")).stdout).toMatch(
    /^220 /,
  );
  expect(
    (await host.must("ss -Hltn 'sport = :25'"))
      .trim()
      .split("\n")
      .every((line) => /127\.0\.0\.1:25|\[::1\]:25/.test(line)),
  ).toBe(true);
});
