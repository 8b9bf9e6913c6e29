import { describe, expect, test } from "vitest";
import type { LabHost, Mode } from "../../../lab/index.ts";
import type { Args } from "../steps.ts";
import { arrives, asFound, openScene, untouched } from "./scene.ts";

// An `-o` in a hand-made master.cf goes before main.cf: with one that touches TLS or the login, nothing this package
// promises would hold. It is refused before anything is switched, and the relay host never sees a session without TLS.
const scene = await openScene();

/** What a client has sent to the relay host so far that only a proven server may get: logins and messages. */
async function sent(host: LabHost): Promise<string[]> {
  const log = (await scene.relay.log()).split("\n").filter((line) => line.includes(`[${host.address}]`));
  const spoken = log.filter((line) => /sasl_method=|sasl_username=|SASL .* authentication failed/.test(line));
  const kept = (await scene.relay.messages()).filter(({ client }) => client === host.address);
  return [...spoken, ...kept.map(({ id, tls }) => `${id} with ${tls ?? "no TLS"}`)];
}

const service = (name: string, options: string) =>
  `${name}/unix = ${name} unix - - y - - smtp${options && ` ${options}`}`;

interface Row {
  what: string;
  name: string;
  /** What somebody has made of master.cf. */
  service: string;
  parameter: string;
  args?: Args;
  modes?: Mode[];
  /** The service is one that our master.cf writes itself: what is wrong then is the relay host alone. */
  ours?: true;
}

const insecure: Mode[] = ["no-starttls", "foreign-certificate"];
const rows: Row[] = [
  {
    what: "TLS if it is offered",
    name: "may",
    service: "smtp",
    parameter: "smtp_tls_security_level=may",
    modes: insecure,
  },
  { what: "no TLS", name: "none", service: "smtp", parameter: "smtp_tls_security_level=none", modes: ["no-starttls"] },
  { what: "old versions of TLS", name: "old", service: "smtp", parameter: "smtp_tls_mandatory_protocols=!SSLv2" },
  {
    what: "a policy map",
    name: "policy",
    service: "smtp",
    parameter: "smtp_tls_policy_maps=static:may",
    modes: insecure,
  },
  { what: "no login", name: "login", service: "smtp", parameter: "smtp_sasl_auth_enable=no" },
  { what: "accounts of its own", name: "accounts", service: "smtp", parameter: "smtp_sasl_password_maps=static:a:b" },
  { what: "any way to log in", name: "options", service: "smtp", parameter: "smtp_sasl_security_options=" },
  { what: "an address of its own", name: "bind", service: "smtp", parameter: "smtp_bind_address=127.0.0.1" },
  {
    what: "the service relay, which a parameter leads to",
    name: "relay",
    service: "relay",
    parameter: "smtp_tls_security_level=may",
    args: {
      mainCf: { virtual_mailbox_domains: "example.org", virtual_transport: "relay:[relay-1.example.test]:587" },
    },
    modes: insecure,
  },
  {
    what: "a transport of its own, which a parameter leads to",
    name: "outside",
    service: "outside",
    parameter: "smtp_tls_security_level=may",
    args: {
      mainCf: { virtual_mailbox_domains: "example.org", virtual_transport: "outside:[relay-1.example.test]:587" },
    },
    modes: insecure,
  },
  {
    what: "the name of our second transport",
    name: "smtps",
    service: "smtps",
    parameter: "smtp_tls_security_level=may",
    args: { fallback: [{ host: "relay-1.example.test", port: 465 }] },
    modes: ["foreign-certificate"],
    ours: true,
  },
];

describe.each(rows)(
  "$what: $service -o $parameter",
  ({ name, service: of, parameter, args = {}, modes = ["normal"], ours }) => {
    test("is refused before the switch, by name, or taken out and restored", async () => {
      const host = await scene.handMade(name);
      await host.must(`postconf -Me '${service(of, `-o ${parameter}`)}' && systemctl restart postfix`);
      const found = await asFound(host, "/etc/postfix");
      const before = await untouched(host, "/etc/postfix");
      const steps = scene.steps(host, args);
      for (const mode of modes) {
        await scene.relay.set(mode);
        const known = await sent(host);
        const run = await steps.up();
        if (mode !== "normal") expect(await sent(host), run.text).toEqual(known);
        if (run.code === 0) continue;
        if (!ours) {
          expect(run.text).toContain(of);
          expect(run.text).toContain(parameter.replace(/=.*/, ""));
          expect(run.text).toContain("master.cf");
        }
        expect(await untouched(host, "/etc/postfix"), run.text).toBe(before);
      }
      const normal = async () => {
        await scene.relay.set("normal");
        return await steps.up();
      };
      const run = await normal();
      // Green with it is right only where it is not in force any more.
      const [parameterName = ""] = parameter.split("=");
      const inForce = await host.must(`postconf -P ${of}/unix/${parameterName} 2>&1 || :`);
      if (run.code === 0) expect(inForce).not.toContain(`${parameterName} =`);
      const destroy = await steps.destroy();
      expect(destroy.code, destroy.text).toBe(0);
      expect(await asFound(host, "/etc/postfix")).toBe(found);
    });
  },
);

test("taken out by hand, as the error says: green; put in again later: the next `up` does not let it pass", async () => {
  const host = await scene.host("later");
  const bad = service("smtp", "-o smtp_tls_security_level=may");
  await host.must(`postconf -Me '${bad}' && systemctl restart postfix`);
  const steps = scene.steps(host);
  expect(await steps.up()).not.toMatchObject({ code: 0 });
  await host.must(`postconf -Me '${service("smtp", "")}' && systemctl restart postfix`);
  const green = await steps.up();
  expect(green.code, green.text).toBe(0);
  await arrives(host, scene.relay, "later@example.org");
  await host.must(`postconf -Me '${bad}' && systemctl restart postfix`);
  const again = await steps.up({ domain: "later.example.com" });
  if (again.code === 0)
    expect(await host.must("postconf -P smtp/unix/smtp_tls_security_level || :")).not.toContain("may");
  else expect(again.text).toContain("smtp_tls_security_level");
});

test("options that change nothing of ours are left alone", async () => {
  const host = await scene.host("harmless");
  await host.must(
    `postconf -Me '${service("smtp", "-o syslog_name=postfix/outside -o smtp_helo_timeout=20s")}' && systemctl restart postfix`,
  );
  const steps = scene.steps(host);
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  expect(await host.must("postconf -P smtp/unix/smtp_helo_timeout")).toContain("20s");
});
