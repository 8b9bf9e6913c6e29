// What each argument does to mail, as the delivered message or the log shows it, on one host.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { LabHost, LabRelay, Message, User } from "../../lab/index.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host, other } = await openWorld({ web: {}, other: {} });
const second = await world.lab.relay({ name: "second" });
const stack = await world.stack("effects", relay, [host]);

const account: User = { username: "relayuser", password: "relaypass" };

/** Puts these arguments over the plain ones, and runs `pulumi up`. */
async function up(config: Record<string, unknown>, accounts: Record<string, User> = {}) {
  const { username, password } = (config.credentials as User | undefined) ?? account;
  const names = Object.fromEntries(Object.entries(accounts).map(([key, { username }]) => [key, { username }]));
  const plain = { ...world.config(relay, [host], "root"), ...config, credentials: { username } };
  stack.write({ ...plain, ...(Object.keys(accounts).length > 0 && { accounts: names }) });
  await stack.secret("postfix-relay:credentials.password", password);
  await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
  for (const [key, { password }] of Object.entries(accounts))
    await stack.secret(`postfix-relay:accounts["${key}"].password`, password);
  return await stack.up();
}

let number = 0;

/** Hands in a message on the host with this command, and waits until it has arrived at the relay. */
async function arrival(command: string, at: LabRelay = relay, from: LabHost = host): Promise<Message> {
  const mark = `mark-${++number}`;
  await from.must(command.replaceAll("MARK", mark));
  return await at.waitFor((message) => message.raw.includes(mark));
}

/** The last test message. */
const lastProbe = async (at: LabRelay = relay) =>
  (await at.messages()).filter(({ headers }) => headers["message-id"]?.[0]?.startsWith("<postfixrelay")).at(-1);

describe("senders, aliases, headers and limits", () => {
  beforeAll(async () => {
    await host.must("printf 'postmaster: root\\nold: plain\\n' > /etc/aliases");
    const config = {
      hostname: "vps.example.com",
      sender: "alerts@example.com",
      senders: { deploy: "deploy@example.net", "@app.example.org": "app@example.net" },
      rootAlias: "admin@example.org",
      aliases: { plain: ["dev@example.org", "root"] },
      stripHeaders: ["X-Mailer", "X-Internal-Host"],
      limits: { messageSize: 70000, rateDelaySeconds: 1, queueLifetimeHours: 24 },
      mainCf: { mail_name: "Lab$$Mail", smtp_helo_name: "helo.$mydomain" },
    };
    expect(await up(config)).toMatchObject({ code: 0 });
  });

  test("a cron job's mail with a raw UTF-8 subject reaches root's alias, from the one sender", async () => {
    const job = `env LC_ALL=C.UTF-8 printf 'From: root (Cron Daemon)\\nTo: root\\nSubject: Cron <root@web> 日次レポート MARK\\nX-Mailer: cron\\nx-internal-host: web\\n\\n完了\\n' | sendmail -i -FCronDaemon -B8BITMIME -oem root`;
    const message = await arrival(job);
    expect(message).toMatchObject({ sender: "alerts@example.com", recipients: ["admin@example.org"] });
    expect(message.headers.subject?.[0]).toContain("日次レポート");
    expect(message.headers.from?.[0]).toMatch(/alerts@example\.com/);
    expect(message.headers["x-mailer"] ?? message.headers["x-internal-host"]).toBeUndefined();
    expect(message.body).toContain("完了");
  });

  test("a sender in `senders` takes precedence over `sender`, and recipients stay as they are", async () => {
    const send = (from: string, to: string) =>
      `printf 'From: Deploy <${from}>\\nTo: ${to}\\nSubject: MARK\\n\\nx\\n' | sendmail -i -f ${from} ${to}`;
    const one = await arrival(send("deploy@vps.example.com", "alerts@vps.example.org"));
    expect([one.sender, one.headers.from, one.recipients]).toEqual([
      "deploy@example.net",
      ["Deploy <deploy@example.net>"],
      ["alerts@vps.example.org"],
    ]);
    const two = await arrival(send("x@app.example.org", "deploy@app.example.org"));
    expect([two.sender, two.recipients]).toEqual(["app@example.net", ["deploy@app.example.org"]]);
  });

  test("aliases lead on to each other, and those of the host are kept", async () => {
    const message = await arrival("printf 'Subject: MARK\\n\\nx\\n' | sendmail plain");
    expect(message.recipients.length).toBeGreaterThan(0);
    const both = async () =>
      (await relay.messages()).filter(({ raw }) => raw.includes(`mark-${number}`)).flatMap((found) => found.recipients);
    await relay.waitFor(
      (found) => found.raw.includes(`mark-${number}`) && found.recipients.includes("admin@example.org"),
    );
    expect((await both()).sort()).toEqual(["admin@example.org", "dev@example.org"]);
    const old = await arrival("printf 'Subject: MARK\\n\\nx\\n' | sendmail postmaster");
    expect(old.recipients).toEqual(["admin@example.org"]);
    expect(await host.must("cat /etc/aliases")).toBe("postmaster: root\nold: plain\n");
  });

  test("limits and further parameters are those of Postfix", async () => {
    const big = await host.run("head -c 80000 /dev/zero | tr '\\0' x | fold | sendmail -i ops@example.org");
    expect([big.code !== 0, big.stderr]).toEqual([true, expect.stringContaining("message file too big")]);
    expect(
      await host.must("postconf -xh smtp_destination_rate_delay maximal_queue_lifetime smtp_helo_name mail_name"),
    ).toBe("1s\n24h\nhelo.example.com\nLab$Mail\n");
    const probe = await lastProbe();
    expect(probe?.headers.received?.[0]).toMatch(/^from helo\.example\.com /);
    expect(probe?.headers.received?.[1]).toMatch(/by vps\.example\.com \(Lab\$Mail, from userid 0\)/);
  });
});

test("each user of the relay host logs in, however odd the name and the password", async () => {
  for (const user of relay.users.slice(1)) {
    const { code, text } = await up({ credentials: user });
    expect(code, `${user.username}: ${text}`).toBe(0);
    expect((await lastProbe())?.saslUser).toBe(user.username);
  }
});

/** The SHA-256 fingerprint of the relay's certificate. */
const fingerprint = () => new X509Certificate(readFileSync(join(relay.root, "etc/lab/normal.pem"))).fingerprint256;

const ways: [what: string, config: () => Record<string, unknown>, log: RegExp, client: () => string][] = [
  [
    "an IPv4 address, and a name for the certificate",
    () => ({ relayHost: { host: relay.address }, tls: { certificateNames: [relay.host] } }),
    /Verified TLS connection established to \d+\./,
    () => host.address,
  ],
  [
    "an IPv6 address, without a look at the certificate",
    () => ({ relayHost: { host: relay.address6 }, tls: { level: "encrypted" }, ipVersion: "ipv6" }),
    /TLS connection established to fd52/,
    () => `IPv6:${host.address6}`,
  ],
  [
    "MX lookup",
    () => ({ relayHost: { host: relay.host, lookupMx: true }, ipVersion: "ipv4" }),
    /Verified TLS connection established to relay-1\.example\.test/,
    () => host.address,
  ],
  [
    "a fingerprint, whoever signed",
    () => ({ tls: { fingerprints: [fingerprint()] }, caCertificate: undefined }),
    /Verified TLS connection established to relay-1\.example\.test/,
    () => host.address,
  ],
];

test.each(ways)("the relay host by %s", async (_, config, log, client) => {
  const before = (await host.journal()).length;
  expect(await up(config())).toMatchObject({ code: 0 });
  expect((await lastProbe())?.client).toBe(client());
  // What the second Postfix logs goes with it; the running one does the same.
  await arrival("printf 'Subject: MARK\\n\\nx\\n' | sendmail ops@example.org");
  expect((await host.journal()).slice(before)).toMatch(log);
});

test("another fingerprint is refused", async () => {
  const wrong = fingerprint().replace(/^../, (byte) => (byte === "00" ? "01" : "00"));
  const { code, text } = await up({ tls: { fingerprints: [wrong] } });
  expect([code !== 0, text]).toEqual([true, expect.stringMatching(/not verified/)]);
});

describe("more than one relay host", () => {
  const otherAccount = { username: "odd.user@example.net", password: "second secret" };

  beforeAll(() => second.setUsers([otherAccount]));

  test.each([
    [587, 465],
    [465, 587],
    [587, 587],
  ])(
    "mail goes to the second one (port %d, then %d) while the first is down, and logs in with its own account",
    async (one, two) => {
      const config = { relayHost: { host: relay.host, port: one }, fallback: [{ host: second.host, port: two }] };
      await relay.set("normal");
      expect(await up(config, { [second.host]: otherAccount })).toMatchObject({ code: 0 });
      await relay.set("port-closed");
      const message = await arrival("printf 'Subject: MARK\\n\\nx\\n' | sendmail ops@example.org", second);
      expect([message.saslUser, message.recipients, message.tls]).toEqual([
        otherAccount.username,
        ["ops@example.org"],
        expect.stringMatching(/^TLS/),
      ]);
      await relay.set("normal");
    },
  );

  test("some senders have a relay host and an account of their own", async () => {
    const senderDependent = {
      "shop@example.org": { host: second.host, port: 465 },
      "@example.net": { host: second.host },
    };
    const accounts = { "shop@example.org": otherAccount, "@example.net": otherAccount };
    expect(await up({ senderDependent }, accounts)).toMatchObject({ code: 0 });
    const send = (from: string) => `printf 'Subject: MARK\\n\\nx\\n' | sendmail -f ${from} ops@example.org`;
    for (const from of ["shop@example.org", "any@example.net"])
      expect(await arrival(send(from), second)).toMatchObject({ sender: from, saslUser: otherAccount.username });
    expect(await arrival(send("any@example.org"))).toMatchObject({ saslUser: account.username });
  });
});

test("nobody but the sendmail command and a bridge can hand in mail", async () => {
  const knock = (address: string) => `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/25 && head -n 1 <&3' 2>&1`;
  // The other host has an address of the bridge's network, as a container would.
  const bridge = "172.29.0.1";
  await host.must(`ip link add br0 type bridge && ip address add ${bridge}/24 dev br0 && ip link set br0 up
    ip route add 172.29.0.2 via ${other.address}`);
  await other.must(`ip address add 172.29.0.2/32 dev lo && ip route add ${bridge} via ${host.address} src 172.29.0.2`);
  expect(await up({ listen: "none", bridges: [`${bridge}/24`], sender: "alerts@example.com" })).toMatchObject({
    code: 0,
  });
  expect((await host.run(knock("127.0.0.1"))).stdout).toContain("Connection refused");
  expect((await other.run(knock(host.address))).stdout).toContain("Connection refused");
  expect((await other.run(knock(bridge))).stdout).toMatch(/^220 /);
  expect(await host.must("postconf -h mynetworks")).toContain(" 172.29.0.0/24");
  const script = `printf 'EHLO other\\r\\nMAIL FROM:<app@other.test>\\r\\nRCPT TO:<ops@example.org>\\r\\nDATA\\r\\nFrom: app@other.test\\r\\nSubject: MARK\\r\\n\\r\\nx\\r\\n.\\r\\nQUIT\\r\\n'`;
  const talk = `bash -c 'exec 3<>/dev/tcp/${bridge}/25; read -r _ <&3; ${script.replaceAll("'", `'"'"'`)} >&3; cat <&3'`;
  const message = await arrival(talk, relay, other);
  expect([message.sender, message.headers.from]).toEqual(["alerts@example.com", ["alerts@example.com"]]);
  expect(message.client).toBe(host.address);
});
