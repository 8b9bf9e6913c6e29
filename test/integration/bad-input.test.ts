import { expect, test } from "vitest";
import type { LabHost } from "../../lab/index.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host, other } = await openWorld({ web: {}, other: {} });
const stack = await world.stack("bad", relay, [host], { testDelivery: { to: "ops@example.org", timeoutSeconds: 15 } });

const logins = async (host: LabHost) => (await host.journal()).match(/Accepted publickey/g)?.length ?? 0;
const isUntouched = async (host: LabHost) => {
  const found = await host.run(
    "ls -d /var/lib/postfix-relay /etc/postfix /usr/local/sbin/postrelay 2>/dev/null; dpkg-query -W postfix 2>/dev/null",
  );
  return found.stdout.trim();
};

type Config = Record<string, unknown>;
const replaced = (config: Config): Config => ({ ...world.config(relay, [host], "root"), ...config });
const entry = () => world.config(relay, [host], "root").hosts[0];
const connection = (change: Config) => ({
  hosts: [{ name: "web", connection: { ...entry()?.connection, ...change } }],
});

const rows: [what: string, config: () => Config, error: RegExp][] = [
  ["a missing domain", () => ({ domain: undefined }), /postfix-relay:domain: missing; give the domain/],
  ["an empty domain", () => ({ domain: "" }), /postfix-relay:domain: got "", which is empty/],
  ["no host", () => connection({ host: undefined }), /postfix-relay:hosts\[0\]\.connection\.host: missing/],
  ["no credentials", () => ({ credentials: undefined }), /postfix-relay:credentials/],
  ["no host key", () => connection({ hostKey: undefined }), /postfix-relay:hosts\[0\]\.connection\.hostKey: missing/],
  [
    "an RSA host key",
    () => connection({ hostKey: host.publicKey("rsa") }),
    /connection\.hostKey: got "ssh-rsa .*RSA key/,
  ],
  [
    "a port out of range",
    () => ({ relayHost: { host: "relay.example.test", port: 70000 } }),
    /postfix-relay:relayHost\.port: got the number 70000; .*1 to 65535/,
  ],
  ["an unknown key", () => ({ relayhost: "x" }), /postfix-relay:relayhost: unknown; did you mean relayHost\?/],
  [
    "an unknown key further down",
    () => ({ tls: { lvl: "secure" } }),
    /postfix-relay:tls\.lvl: unknown; known here: level/,
  ],
  [
    "a recipient that is no address",
    () => ({ testDelivery: { to: "ops" } }),
    /postfix-relay:testDelivery\.to: got "ops"/,
  ],
  [
    "two hosts of one name",
    () => ({ hosts: [entry(), entry()] }),
    /postfix-relay:hosts\[1\]\.name: got "web", which another host has/,
  ],
  [
    "a password that can be read in the file",
    () => ({ credentials: { username: "u", password: "open-secret" } }),
    /credentials\.password: is in plain text in the file; run `pulumi config set --secret --path/,
  ],
];

test.each(rows)("%s is refused in the preview, without a connection", async (_, config, error) => {
  stack.write(replaced(config()));
  const before = await logins(host);
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.text).toMatch(error);
  expect(preview.text).toContain("Pulumi.bad.yaml:");
  expect(preview.text).not.toMatch(/open-secret|^\s+at /m);
  expect(await logins(host)).toBe(before + 1); // the look into the journal
  expect(await isUntouched(host)).toBe("");
});

test("all mistakes are reported at once", async () => {
  stack.write(replaced({ domain: "x y", relayHost: { host: "https://relay", port: 0 }, testDelivery: { to: "ops" } }));
  const { text } = await stack.preview();
  for (const path of ["domain", "relayHost.host", "relayHost.port", "testDelivery.to"])
    expect(text).toContain(`postfix-relay:${path}: got`);
});

test("a password with a newline is refused and not shown", async () => {
  stack.write(replaced({}));
  await stack.secret("postfix-relay:credentials.password", "poison-first\npoison-second");
  const { code, text } = await stack.preview();
  expect(code).not.toBe(0);
  expect(text).toMatch(/postfix-relay:credentials\.password: got a text, which contains a line break/);
  expect(text).not.toContain("poison");
});

async function upOf(config: Config): Promise<string> {
  stack.write(replaced(config));
  await stack.secret("postfix-relay:credentials.password", "relaypass");
  await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  return result.text;
}

test("a wrong host key: one look and one step, then a clear stop", async () => {
  // A connection that ends before a login leaves lines with the process of sshd that served it.
  const seen = async () => new Set((await host.journal()).match(/sshd\S*\[\d+\](?=: .*\[preauth\])/g)).size;
  const before = await seen();
  expect(await upOf(connection({ hostKey: other.hostKey }))).toMatch(/host key mismatch/);
  expect(await seen()).toBe(before + 2);
  expect(await isUntouched(host)).toBe("");
});

test("a host that cannot be reached", async () => {
  expect(await upOf(connection({ port: 2 }))).toMatch(/web-packages.*[\s\S]*connection refused/);
});

test("a login user without sudo", async () => {
  expect(await upOf({ connection: { user: "plain" } })).toMatch(
    /plain cannot become root here: .*\s+What to do: .*connection\.user to root\.\s+Nothing was changed/,
  );
  expect(await isUntouched(host)).toBe("");
});

test("a host that is not Debian or Ubuntu", async () => {
  const release = await other.must("cat /etc/os-release");
  await other.run("cat > /etc/os-release", { input: 'ID=fedora\nPRETTY_NAME="Fedora Linux 44"\n' });
  const { name, address, hostKey } = other;
  expect(await upOf({ hosts: [{ name, connection: { host: address, hostKey } }] })).toMatch(
    /this host runs Fedora Linux 44; only Debian and Ubuntu are supported\.\s+Nothing was changed/,
  );
  expect(await isUntouched(other)).toBe("");
  await other.run("cat > /etc/os-release", { input: release });
});
