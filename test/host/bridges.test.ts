// Addresses that come later, and services of master.cf that are others: pure functions of the host tool.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions("postfix/master-cf");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bridges-"));
  for (const folder of ["etc/postfix", "etc/systemd/system", "var/lib/postfix-relay/good/etc"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "etc/systemd/system/postfix-relay-bridges.service"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const proven = `# comment
smtp      inet  n       -       y       -       -       smtpd
pickup    unix  n       -       y       60      1       pickup
  -o a=b
qmgr unix n - n 300 1 qmgr
127.0.0.1:10625 inet n - y - - smtpd
172.17.0.1:25 inet n - y - - smtpd
[fd00::1]:25 inet n - y - - smtpd
`;

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${tool}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };
  const runs = needs(program);
  const there = 'ip() { case "$*" in *172.17*) echo "2: docker0" ;; esac; }';

  runs("bridges that are missing are left out of main.cf, once, and are in it again when they are there", () => {
    writeFileSync(join(root, "etc/postfix/master.cf"), proven);
    writeFileSync(join(root, "etc/postfix/main.cf"), "a = b\nmaster_service_disable = x/unix\n");
    writeFileSync(join(root, "var/lib/postfix-relay/live"), "1 proven\n");
    const settle = 'settle_bridges; echo "$? $(bridges_left_out)"';
    const none = `ip() { :; }; ${settle}`;
    const all = `ip() { echo "2: docker0"; }; ${settle}`;
    expect(run([none, none, `${there}; ${settle}`, all, all, 'cat "$etc/main.cf"'].join("\n"))).toBe(
      [
        "0 172.17.0.1 [fd00::1] ",
        "1 172.17.0.1 [fd00::1] ",
        "0 [fd00::1] ",
        "0 ",
        "1 ",
        "a = b",
        "master_service_disable = x/unix",
        "",
      ].join("\n"),
    );
    expect(run(`${none}; tail -n 3 "$etc/main.cf"`)).toMatch(
      /\n# --- Added .*\n# Bridges .*\nmaster_service_disable = 172\.17\.0\.1:25\/inet \[fd00::1\]:25\/inet x\/unix\n$/,
    );
  });

  runs("what else stands below the marker stays", () => {
    const text = "$marker\n# paused\ndefer_transports = smtp";
    const lines = `printf 'x = y\n%s\n# paused\ndefer_transports = smtp\n' "$marker" > "$root/f"`;
    const adds = `${lines}; ip() { :; }; leave_out_bridges "$etc" "$root/f"; without_bridges < "$root/f"`;
    writeFileSync(join(root, "etc/postfix/master.cf"), proven);
    expect(run(adds)).toBe(`x = y\n${text.replace("$marker", "# --- Added by postfix-relay for a while ---")}\n`);
  });

  /** Interfaces as the kernel shows them: a bridge with a pair, one with a card, one with a bond of cards, a card. */
  const interfaces = `for folder in docker0/brif/veth1 veth1 br0/brif/eth0 eth0/device br1/brif/bond0 \\
      bond0/lower_eth1/device wan/brif/veth2; do
      mkdir -p "$root/sys/class/net/$folder"
    done
    ip() {
      case "$*" in
      '-o address show to 172.17.0.1 '*) echo "2: docker0    inet 172.17.0.1/16 scope global docker0" ;;
      '-o address show to 10.0.0.5 '*) echo "3: eth0    inet 10.0.0.5/24 scope global eth0" ;;
      '-o address show to 10.0.1.5 '*) echo "3: br0    inet 10.0.1.5/24 scope global br0" ;;
      '-o address show to 10.0.2.5 '*) echo "3: br1    inet 10.0.2.5/24 scope global br1" ;;
      '-o address show to 10.0.3.5 '*) echo "3: wan    inet 10.0.3.5/24 scope global wan" ;;
      '-o address show to 10.0.4.5 '*) echo "3: host0    inet 10.0.4.5/24 scope global host0" ;;
      '-o address show to 10.0.5.5 '*) echo "3: ve-box    inet 10.0.5.5/28 scope global ve-box" ;;
      *' link show dev eth0') echo "3: eth0: mtu 1500 state UP" ;;
      *' link show dev host0' | *' link show dev ve-box') echo "3: x link-netnsid 0    veth addrgenmode" ;;
      *' link show dev '*) echo "2: x: mtu 1500 state UP    bridge forward_delay 1500" ;;
      'route show dev wan' | '-6 route show dev host0') echo "default via 10.0.3.1 dev x" ;;
      'route show dev docker0') echo "10.8.0.0/24 via 172.17.0.2 dev docker0" ;;
      esac
    }`;

  runs.each([
    ["a bridge of containers, even with a route behind one of them", "172.17.0.1", ""],
    ["one end of a pair to a container", "10.0.5.5", ""],
    ["an address that no interface has", "10.9.9.9", ""],
    ["a network card", "10.0.0.5", "eth0 is no bridge"],
    ["a bridge with a card as a port", "10.0.1.5", "the network card eth0 is a port of br0"],
    ["a bridge with cards behind a port", "10.0.2.5", "the network card bond0 is a port of br1"],
    ["a bridge that is the way out", "10.0.3.5", "wan is the way to all other machines"],
    ["the end of a pair that a container has", "10.0.4.5", "host0 leads to a gateway"],
  ])("who may be behind it: %s", (_, address, said) => {
    expect(run(`${interfaces}; bridge_refusal ${address}`)).toBe(said && `${said}\n`);
  });

  runs("one of ours that is not on a bridge now is left out; one of the host's own is not", () => {
    writeFileSync(
      join(root, "etc/postfix/master.cf"),
      "10.0.0.5:25 inet n - y - - smtpd\n10.0.0.5:465 inet n - y - - smtpd\n",
    );
    mkdirSync(join(root, "var/lib/postfix-relay/good/sent"), { recursive: true });
    const missing = `${interfaces}; missing_bridges "$etc"`;
    expect(run(missing)).toBe("");
    const edits = ["M 10.0.0.5:25/inet = 10.0.0.5:25 inet n - y - - smtpd", "M smtps/unix = smtps unix - - y - - smtp"];
    writeFileSync(join(root, "var/lib/postfix-relay/good/sent/master_edits"), `${edits.join("\n")}\n`);
    expect(run(missing)).toBe("10.0.0.5:25\n");
  });

  runs("a host without ip, or with a name: it may be there", () => {
    expect(run("ip() { return 127; }; has_address 172.17.0.1; echo $?; has_address docker.example; echo $?")).toBe(
      "0\n0\n",
    );
  });

  runs.each([
    ["white space and comments", proven.replaceAll("       ", " ").replace("# comment\n", "#\n\n"), ""],
    ["a changed service", proven.replace("a=b", "a=c"), "pickup/unix was changed\n"],
    ["one that is gone", proven.replace(/qmgr.*\n/, ""), "qmgr/unix is gone\n"],
    ["one that others reach", `${proven}0.0.0.0:2525 inet n - y - - smtpd\n`, "0.0.0.0:2525/inet was added\n"],
    ["one at a port that nobody knows", `${proven}nosuchport inet n - y - - smtpd\n`, "nosuchport/inet was added\n"],
    [
      "some of the host's own",
      `${proven}465 inet n - y - - smtpd\n127.0.0.1:99 inet n - y - - smtpd\nx unix - - n - - pipe\n`,
      "",
    ],
    ["a line that is none", `garbage\n${proven}`, ""],
  ])("services of master.cf: %s", (_, live, said) => {
    writeFileSync(join(root, "var/lib/postfix-relay/good/etc/master.cf"), proven);
    writeFileSync(join(root, "etc/postfix/master.cf"), live);
    expect(run('getent() { return 2; }; changed_services "$etc"')).toBe(said);
  });
});
