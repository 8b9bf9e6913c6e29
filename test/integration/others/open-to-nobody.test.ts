import { beforeAll, describe, expect, test } from "vitest";
import { type Args, Steps } from "../steps.ts";
import { openWorld } from "../world.ts";
import { postfix, right } from "./scene.ts";

// Whatever `listen`, `bridges` and `mainCf` say: another machine can send nothing through a host, nor to its users by a
// bridge.
const { world, relay, web, other } = await openWorld({ web: { packages: postfix }, other: {} });
const BRIDGE = "172.30.0.1";
const bridges = [`${BRIDGE}/16`];
const steps = new Steps(web, {
  domain: "example.com",
  relayHost: { host: relay.host },
  credentials: right,
  caCertificate: world.lab.ca,
  testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
});

beforeAll(async () => {
  await web.must(`ip link add docker0 type bridge && ip address add ${BRIDGE}/16 dev docker0 && ip link set docker0 up
    ip route add 172.30.0.2 via ${other.address}`);
  // Another machine that knows a way to the bridge; with the second address it is a container.
  await other.must(`ip route add ${BRIDGE} via ${web.address} && ip address add 172.30.0.2/32 dev lo`);
});

/** Recipients outside, in the forms by which relays were opened, and a user of the host. */
const recipients = [
  "<b@gmail.test>",
  "<b%gmail.test@web.example.com>",
  "<@web.example.com:b@gmail.test>",
  '<"b@gmail.test"@web.example.com>',
  "<b@gmail.test@web.example.com>",
  "<gmail.test!b>",
  "<root>",
];

/** How many of them a server takes; -1: it does not answer at all. */
async function accepted(server: string): Promise<number> {
  const talk = ["EHLO other", "MAIL FROM:<a@example.org>", ...recipients.map((to) => `RCPT TO:${to}`), "QUIT"];
  const { stdout } = await other.run(`timeout 60 bash -c "$(cat)"`, {
    input: `exec 3<>/dev/tcp/${server}/25 || { echo closed; exit; }
reply() {
  while IFS= read -r -t 20 line <&3; do case $line in ???-*) ;; *) echo "$1 $line"; return ;; esac; done
}
reply greeting
while IFS= read -r command; do
  printf '%s\\r\\n' "$command" >&3
  reply "\${command:0:4}"
done <<'TALK'
${talk.join("\n")}
TALK
`,
  });
  if (stdout.startsWith("closed")) return -1;
  expect(stdout).toMatch(/^greeting /);
  return (stdout.match(/^RCPT 25/gm) ?? []).length;
}

/** Runs something while the other machine has the address of a container. */
async function asContainer<T>(what: () => Promise<T>): Promise<T> {
  await other.must(`ip route replace ${BRIDGE} via ${web.address} src 172.30.0.2`);
  const result = await what();
  await other.must(`ip route replace ${BRIDGE} via ${web.address}`);
  return result;
}

const samples: [what: string, args: Args][] = [
  ["nothing", {}],
  ["listen: none", { listen: "none" }],
  ["a bridge", { bridges }],
  ["a bridge, and listen: none", { bridges, listen: "none" }],
  ...[
    { smtpd_recipient_restrictions: "permit" },
    { smtpd_client_restrictions: "permit", smtpd_sender_restrictions: "permit", smtpd_data_restrictions: "permit" },
    { smtpd_delay_reject: "yes", smtpd_relay_before_recipient_restrictions: "no" },
    { permit_mx_backup_networks: "0.0.0.0/0", smtpd_restriction_classes: "all", all: "permit" },
    { virtual_mailbox_domains: "gmail.test", virtual_mailbox_maps: "static:x" },
    { proxy_interfaces: "192.0.2.9", parent_domain_matches_subdomains: "mynetworks relay_domains" },
    { smtpd_sasl_auth_enable: "yes", broken_sasl_auth_clients: "yes" },
  ].map((mainCf): [string, Args] => [`a bridge, and ${Object.keys(mainCf).join(", ")}`, { bridges, mainCf }]),
];

describe.each(samples)("%s", (_, args) => {
  test("0 of another machine's recipients are taken", async () => {
    const run = await steps.up({ listen: undefined, bridges: undefined, mainCf: undefined, ...args });
    expect(run.code, run.text).toBe(0);
    expect([await accepted(web.address), await accepted(BRIDGE)].filter((count) => count > 0)).toEqual([]);
    // The control: a container gets through to the same server.
    if (args.bridges) expect(await asContainer(() => accepted(BRIDGE))).toBeGreaterThan(2);
  });
});

test.each([
  ["its own address in the network of other machines", () => web.address, /host0 leads to a gateway/],
  ["the bridge, which is the way out now", () => BRIDGE, /docker0 is the way to all other machines/],
])("refused: %s", async (_, address, reason) => {
  if (address() === BRIDGE) await web.must("ip route add default via 172.30.0.9 dev docker0 metric 9999");
  const before = await web.must("postrelay status");
  const run = await steps.up({ bridges: [`${address()}/24`], mainCf: undefined });
  await web.run("ip route del default via 172.30.0.9 dev docker0");
  expect(run.code, run.text).toBe(78);
  expect(run.text).toMatch(/in 'bridges' is not for containers of this host alone: /);
  expect(run.text).toMatch(reason);
  expect(await web.must("postrelay status")).toBe(before);
});
