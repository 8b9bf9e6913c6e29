// `postfix-relay init --from`: a host whose Postfix was set up by hand answers the questions, keeps its password, and
// stays as it is.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAgent } from "../../lab/agent.ts";
import { run } from "../../lab/shell.ts";
import { hostsInFile } from "../../src/stack/file.ts";
import { untouched } from "./others/scene.ts";
import { watch } from "./watch.ts";
import { openWorld } from "./world.ts";

const program = join(import.meta.dirname, "../../src/cli/main.ts");
const { world, relay, web, bare } = await openWorld({ web: { packages: ["postfix", "libsasl2-modules"] }, bare: {} });
const agent = await openAgent(world.lab);
const root = mkdtempSync(join(tmpdir(), "postfix-relay-from-"));
afterAll(() => rmSync(root, { recursive: true }));
const password = "poison-Vb5Rt9";

beforeAll(async () => {
  await web.must(
    `umask 077
    cat > /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd`,
    {
      input: `[${relay.host}]:587 relayuser:${password}\n@example.org other:${password}-2\n`,
    },
  );
  await web.must(`printf '%s\\n' '/.+/ noreply@example.com' > /etc/postfix/sender
    postconf -e 'relayhost = [${relay.host}]:587' 'smtp_sasl_auth_enable = yes' 'smtp_tls_security_level = encrypt' \\
      'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd' 'myhostname = web.example.com' \\
      'sender_canonical_maps = regexp:/etc/postfix/sender' 'smtp_sasl_security_options = noanonymous' \\
      'my_password = ${password}' 'header_size_limit = 4096000' 'inet_interfaces = loopback-only'
    systemctl restart postfix`);
});

/** Runs it in a new folder of that name. */
const init = (name: string, from: string, env: Record<string, string> = { SSH_AUTH_SOCK: agent }) =>
  run(
    process.execPath,
    [program, "init", "-C", join(root, name), "--from", from, "--to", "ops@example.org", "--domain", "example.com"],
    { cwd: root, env: { PATH: String(process.env.PATH), ...env } },
  );

test.each(["root", "deploy"])(
  "by %s: the same as a stack file, and no password in it, on the way or in a process",
  async (user) => {
    const before = await untouched(web, "/etc/postfix", "/etc/aliases");
    const watching = watch(web.root, [password]);
    const ran = await init(user, `${user}@${web.address}`);
    expect((await watching.stop()).processes).toEqual([]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await untouched(web, "/etc/postfix", "/etc/aliases")).toBe(before);
    const file = readFileSync(join(root, user, "Pulumi.prod.yaml"), "utf8");
    for (const text of [ran.stdout, ran.stderr, file]) expect(text).not.toContain("poison");
    expect(hostsInFile(file).hosts).toEqual([
      {
        name: "web",
        args: {
          domain: "example.com",
          relayHost: { host: relay.host, port: 587 },
          credentials: { username: "relayuser" },
          sender: "noreply@example.com",
          testDelivery: { to: "ops@example.org" },
          connection: { host: web.address, ...(user !== "root" && { user }), hostKey: web.hostKey },
        },
      },
    ]);
    for (const name of ["header_size_limit", "smtp_tls_security_level = encrypt"]) {
      expect(ran.stdout).toContain(`  ${name}: `);
      expect(file).toContain(`# Not taken over: ${name}: `);
    }
    expect(ran.stdout).toMatch(/account of @example\.org is not used/);
    expect(ran.stdout).not.toContain("mydestination");
  },
);

test("hosts that cannot be read: why, and what to do", async () => {
  const refused = async (from: string, env?: Record<string, string>) => {
    const { code, stderr } = await init("refused", from, env);
    return `${code} ${stderr}`;
  };
  expect(await refused(`plain@${web.address}`)).toMatch(/^2 .*plain cannot become root on .* take --from root@/);
  expect(await refused(`root@${bare.address}`)).toMatch(/^64 .*there is no Postfix on /);
  expect(await refused(`root@${web.address}:2222`)).toMatch(/^2 .*host key of .* cannot be fetched: nothing listens/);
  expect(await refused(`root@${web.address}`, {})).toMatch(
    /^2 .*there is no SSH key to log in with: start an SSH agent/,
  );
  expect(await refused(`nobody@${web.address}`)).toMatch(/^2 .*it refuses the login of nobody; load the key/);
});
