// A program of some kind on real hosts: set up, another password, what somebody changes, destroyed. No secret is left
// anywhere, and each drift is told, repaired, and then gone.

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabHost, LabRelay } from "../../../lab/index.ts";
import { must } from "../../../lab/shell.ts";
import { arrives } from "../others/scene.ts";
import { taken } from "../rows.ts";
import { filesWith } from "../watch.ts";
import type { World } from "../world.ts";
import type { Flags, Program } from "./program.ts";
import type { Kind } from "./recording.ts";
import { made } from "./values.ts";

/** What a file of tests has opened. */
export interface Scene {
  readonly world: World;
  readonly relay: LabRelay;
  /** The hosts that get a Relay each. */
  readonly hosts: readonly LabHost[];
  readonly bastion: LabHost;
}

const odd = (mark: string) => `${mark}-a "q" \\b $HOME $(id)  秘密é ${mark}-z`;
const secrets = { word: "poison-Kx7Qm2", next: "poison-Tz4Wd8", key: "poison-Gf6Jd4", jump: "poison-Rt3Yc9" };

/** Everything that somebody bought a host without. */
const BARE = `systemctl disable --now postfix-relay-boot.service; apt-get -qq purge -y postfix libsasl2-modules
  rm -rf /var/lib/postfix-relay /usr/local/sbin/postrelay /etc/systemd/system/postfix-relay-boot.service
  rm -rf /etc/postfix /var/spool/postfix /var/lib/postfix /etc/aliases*; systemctl daemon-reload`;

export function describeHosts({ name, open }: Kind, { world, relay, hosts, bastion }: Scene): void {
  describe(`${name}: on hosts`, () => {
    const marks = Object.values(secrets);
    const said: [where: string, text: string][] = [];
    let program: Program;
    let keys: string[];

    const write = (password: unknown) =>
      program.write({
        relays: Object.fromEntries(
          hosts.map((host) => [
            host.name,
            {
              connection: {
                host: host.address,
                hostKey: host.hostKey,
                privateKey: keys[0],
                privateKeyPassword: secrets.key,
                proxy: {
                  host: bastion.address,
                  hostKey: bastion.hostKey,
                  privateKey: keys[1],
                  privateKeyPassword: secrets.jump,
                },
              },
              domain: "example.com",
              relayHost: { host: relay.host },
              credentials: { username: "relayuser", password },
              caCertificate: world.lab.ca,
              testDelivery: { to: "ops@example.org" },
            },
          ]),
        ),
      });

    /** Runs it, which has to succeed, and keeps what it says. */
    const run = async (verb: "preview" | "up" | "export" | "destroy", flags: Flags = {}): Promise<string> => {
      const { code, text } = await program[verb](flags);
      said.push([`${verb} ${JSON.stringify(flags)}`, text]);
      expect(code, text).toBe(0);
      return text;
    };

    /** That a preview has nothing to do and nothing to say. */
    const empty = async () => {
      expect(await run("preview", { expectNoChanges: true })).not.toMatch(/warning|repairs it|not installed/i);
    };

    async function markedKey(of: readonly LabHost[], passphrase: string): Promise<string> {
      const file = join(world.folder, passphrase);
      await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "marked", "-f", file]);
      for (const host of of) appendFileSync(join(host.root, "root/.ssh/authorized_keys"), readFileSync(`${file}.pub`));
      return readFileSync(file, "utf8");
    }

    beforeAll(async () => {
      keys = [await markedKey(hosts, secrets.key), await markedKey([bastion], secrets.jump)];
      marks.push(...keys.map((key) => key.split("\n")[3] ?? ""));
      program = await open();
      await relay.setUsers([{ username: "relayuser", password: odd(secrets.word) }]);
    });
    afterAll(() => program?.remove());

    test("set up, and nothing to do afterwards", async () => {
      write(made("secret", odd(secrets.word)));
      await run("preview", { diff: true });
      await run("up", { diff: true });
      await empty();
      for (const host of hosts) await arrives(host, relay, `first-${host.name}@example.org`);
    });

    test("the command line knows its hosts", async () => {
      const found: string[][] = [];
      for (const { code, text } of await program.check()) {
        said.push(["check", text]);
        expect(code, text).toBe(0);
        for (const { host, state } of JSON.parse(text).hosts) found.push([host, state]);
      }
      expect(found.sort()).toEqual(hosts.map((host) => [host.name, "in-sync"]).sort());
    });

    test("another password", async () => {
      await relay.setUsers([{ username: "relayuser", password: odd(secrets.next) }]);
      write(odd(secrets.next));
      await run("preview", { diff: true });
      await run("preview", { json: true });
      await run("up", { diff: true });
      await empty();
    });

    const changes: { what: string; does: string; says: RegExp; always?: true }[] = [
      {
        what: "an edited main.cf",
        does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
        says: /main\.cf was edited: relayhost is .*, proven is /,
        always: true,
      },
      {
        what: "an edited sasl_passwd",
        does: "echo '# edited' >> /etc/postfix/sasl_passwd",
        says: /sasl_passwd was edited/,
      },
      { what: "a host that was reinstalled", does: BARE, says: /postfix-relay is not installed on this host yet/ },
    ];
    test.each(taken(changes))("$what is told, repaired, and gone", async ({ what, does, says }) => {
      const [host] = hosts as [LabHost];
      await host.must(does);
      expect(await run("preview", { diff: true })).toMatch(says);
      expect(await run("up", { diff: true })).toMatch(says);
      await empty();
      expect((await host.run("postrelay check")).code).toBe(0);
      await arrives(host, relay, `${what.replace(/\W+/g, "-")}@example.org`);
    });

    test("destroyed", async () => {
      await run("export");
      await run("destroy");
      for (const host of hosts)
        expect(await host.run("test -e /usr/local/sbin/postrelay")).not.toMatchObject({ code: 0 });
    });

    test("no secret is in the backend, or in anything that was said", () => {
      expect(filesWith(program.state, marks)).toEqual([]);
      for (const [where, text] of said)
        for (const mark of marks) expect(text.includes(mark), `${where}: ${mark}`).toBe(false);
      // The control: what is public is found.
      expect(filesWith(program.state, ["ops@example.org"])).not.toEqual([]);
      expect(said.length).toBeGreaterThan(10);
    });
  });
}
