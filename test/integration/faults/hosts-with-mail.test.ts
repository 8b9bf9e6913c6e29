import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import type { PulumiResult, Stack } from "../stack.ts";
import { openWorld } from "../world.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

const { world, relay } = await openWorld();
const table = new Table("Hosts with a mail system", ["host", "`pulumi up`", "error or result"]);
afterAll(() => table.close());

const green = ({ code, text }: PulumiResult) => expect(code, text).toBe(0);
const packages = (host: LabHost) => host.must("dpkg -l | awk '/^ii/ { print $2 }'");

describe("hosts with a mail system", () => {
  const systems = ["exim4-daemon-light", "sendmail-bin", "msmtp-mta", "nullmailer"];
  let hosts: LabHost[];
  let handMade: LabHost;
  let stack: Stack;
  let sender: Sender;
  const before = new Map<LabHost, string>();
  const files = (host: LabHost) =>
    host.must(
      "find /etc/exim4 /etc/mail /etc/nullmailer /etc/msmtprc /etc/postfix -type f ! -path '/etc/mail/*' -o -name sendmail.mc -o -name submit.mc -o -name local-host-names 2> /dev/null | sort | xargs -r md5sum",
    );

  beforeAll(async () => {
    [handMade, ...hosts] = (await Promise.all(
      ["postfix", ...systems].map((system) =>
        world.lab.host({
          release: "bookworm",
          name: system,
          packages:
            system === "postfix" ? ["postfix", "libsasl2-modules"] : system.startsWith("sendmail") ? [] : [system],
        }),
      ),
    )) as [LabHost, ...LabHost[]];
    const sendmail = hosts[1] as LabHost;
    // It waits for a minute, again and again, where the host has no full name.
    await sendmail.must(
      "sed -i 's/^127.0.1.1 .*/127.0.1.1 sendmail-bin.example.com sendmail-bin/' /etc/hosts; DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends sendmail-bin > /dev/null",
    );
    await handMade.must(
      `cd /etc/postfix && cat > main.cf && chmod 640 sasl_passwd 2> /dev/null; umask 077
      echo '[${relay.host}]:587 relayuser:relaypass' > sasl_passwd && postmap hash:sasl_passwd && cat > relay_ca.pem <<'END'
${world.lab.ca}
END
      chmod 644 relay_ca.pem; systemctl restart postfix`,
      {
        input: `compatibility_level = 3.6
myhostname = hand.example.com
relayhost = [${relay.host}]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_sasl_tls_security_options = noanonymous
smtp_tls_security_level = encrypt
inet_interfaces = loopback-only
`,
      },
    );
    for (const host of [handMade, ...hosts]) before.set(host, `${await packages(host)}${await files(host)}`);
    sender = await Sender.start(handMade, "hand");
    await sender.more(2);
    stack = await world.stack("existing", relay, [handMade, ...hosts], { waves: ["100%"] });
  });

  test("are taken over", async () => {
    const result = await stack.up();
    green(result);
    for (const host of [handMade, ...hosts])
      expect(await host.run("postrelay check"), host.name).toMatchObject({ code: 0 });
    expect(await handMade.must("cat /var/lib/postfix-relay/original/etc/main.cf")).toContain(
      "myhostname = hand.example.com",
    );
    for (const host of hosts)
      table.add(`${host.name} installed`, "green", "replaced by Postfix; back after destroy, its files unchanged");
  });

  test("destroy gives them back", async () => {
    const result = await stack.destroy();
    green(result);
    await sender.more(2);
    await sender.stop();
    await drain(handMade);
    const count = await sender.count(relay);
    expect(count).toMatchObject({ delivered: count.accepted, twice: 0, bounced: 0, missing: 0 });
    table.add(
      "Postfix, made by hand",
      "green",
      `taken over and restored by destroy; ${count.accepted} messages in, ${count.delivered} out`,
    );
    for (const host of [handMade, ...hosts])
      expect(`${await packages(host)}${await files(host)}`, host.name).toBe(before.get(host));
    expect(await handMade.must("postconf -h myhostname")).toBe("hand.example.com\n");
  });
});
