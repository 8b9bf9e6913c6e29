import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { packagesScript } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const sample = (name: string) => readFileSync(join(import.meta.dirname, "apt-output", `${name}.txt`), "utf8");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packages-"));
  for (const name of ["bin", "var/lib/postfix-relay/packages"]) mkdirSync(join(folder, name), { recursive: true });
  standIn("dpkg", "echo amd64"); // --print-architecture
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command of that name, before the real one. */
const standIn = (name: string, script: string) =>
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

const list = (name: string, text?: string) => {
  const file = join(folder, "var/lib/postfix-relay/packages", name);
  if (text !== undefined) writeFileSync(file, text);
  return readFileSync(file, "utf8");
};

/** Sets which packages are installed: dpkg's letters by name. */
function installed(packages: Record<string, string>): void {
  const cases = Object.entries(packages).map(([name, letters]) => `${name}) printf '${letters}' ;;`);
  standIn("dpkg-query", `for name; do :; done\ncase $name in\n${cases.join("\n")}\n*) exit 1 ;;\nesac`);
}

describe.for(shells)("%s", ([program, ...args]) => {
  const test = needs(program);

  /** Runs lines of shell after the modules. */
  function sh(lines: string, input = ""): { code: number | null; stdout: string; stderr: string } {
    const script = join(folder, "script");
    // The stand-ins come first, which the script's own PATH does not know.
    writeFileSync(script, `POSTRELAY_ROOT='${folder}'\n${packagesScript()}PATH='${folder}/bin':$PATH\n${lines}\n`);
    const { status, stdout, stderr } = spawnSync(program, [...args, script], { input, encoding: "utf8" });
    return { code: status, stdout, stderr };
  }
  const words = (lines: string, input = "") => {
    const ran = sh(lines, input);
    expect(ran.stderr).toBe("");
    return ran.stdout.split("\n").filter(Boolean);
  };

  test("what apt-get will install and remove", () => {
    expect(words("apt_planned new", sample("new"))).toEqual(
      "cpio libicu72 libsasl2-2 libsasl2-modules libsasl2-modules-db netbase postfix ssl-cert".split(" "),
    );
    expect(words("apt_planned removed", sample("new"))).toEqual([]);
    expect(words("apt_planned new", sample("replaces"))).toEqual([
      "cpio",
      "libicu72",
      "libsasl2-2:i386",
      "postfix",
      "ssl-cert",
    ]);
    expect(words("apt_planned removed", sample("replaces"))).toEqual([
      "exim4-base",
      "exim4-config",
      "exim4-daemon-light",
      "libfoo:i386",
    ]);
  });

  test("what dpkg has begun with, of a log that may end anywhere", () => {
    expect(words("apt_begun new", sample("new"))).toEqual(["libicu72", "libsasl2-modules-db", "postfix"]);
    expect(words("apt_begun removed", sample("replaces"))).toEqual(["exim4-base", "exim4-daemon-light", "libfoo:i386"]);
    expect(words("apt_begun new", sample("replaces"))).toEqual(["libsasl2-2:i386"]);
    expect(words("apt_begun new", sample("new").slice(0, sample("new").indexOf("libicu72:amd64.")))).toEqual([]);
  });

  test.for([
    [sample("busy"), "process 1207 (unattended-upgr) holds /var/lib/dpkg/lock-frontend"],
    [
      "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 3 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/\n",
      "process 3 (apt-get) holds /var/lib/apt/lists/lock",
    ],
    [
      "E: Could not get lock /var/cache/apt/archives/lock - open (11: Resource temporarily unavailable)\n",
      "another process holds /var/cache/apt/archives/lock",
    ],
    [
      "dpkg: error: dpkg frontend lock was locked by another process with pid 1207\nNote: removing the lock file is always wrong\n",
      "process 1207 holds the frontend lock of dpkg",
    ],
    [
      "dpkg: error: dpkg database lock was locked by /usr/bin/perl process with pid 822\n",
      "process 822 holds the database lock of dpkg",
    ],
    [
      'debconf: DbDriver "config": /var/cache/debconf/config.dat is locked by another process: Resource temporarily unavailable\n',
      "another process holds /var/cache/debconf/config.dat",
    ],
    ["E: Could not open lock file /var/lib/dpkg/lock-frontend - open (30: Read-only file system)\n", ""],
    [sample("failed"), ""],
  ] as const)("who keeps apt busy: $1", ([output, holder]) => {
    list("a.log", output);
    expect(words(`apt_log=$state/packages/a.log; if apt_busy; then echo "$apt_holder"; fi`).join()).toBe(holder);
  });

  test.for([
    [
      sample("failed"),
      "dpkg: error processing package postfix (--configure): installed postfix package post-installation script subprocess returned error exit status 1",
    ],
    [
      sample("unmet"),
      "Unable to correct problems, you have held broken packages (postfix : Depends: libicu72 (>= 72.1~rc-1~) but it is not installable)",
    ],
    ["E: Unable to locate package postfix\n", "Unable to locate package postfix"],
    ["Reading package lists...\n", "Reading package lists"],
    ["", ""],
  ])("why apt failed: $1", ([output, why]) => {
    list("a.log", output);
    expect(words("apt_log=$state/packages/a.log; apt_reason").join()).toBe(why);
  });

  test("which package lists could not be had", () => {
    expect(words("apt_failed_lists", sample("update"))).toEqual([
      "http://dead.example.test/debian/dists/stable/InRelease",
      "http://gone.example.test/apt stable",
    ]);
  });

  test("apt that stays busy: a line every 15 seconds, and the end after 5 minutes", () => {
    standIn("apt-get", `cat <<'END'\n${sample("busy")}END\nexit 100`);
    // A clock of its own: each look at it is five seconds later.
    const clock = `echo 0 >"$state/ticks"
      now() { ticks=$(($(cat "$state/ticks") + 5)); echo $ticks | tee "$state/ticks"; }
      sleep() { :; }`;
    const ran = sh(`${clock}\napt_patient apt_get a.log install postfix`);
    expect(ran.code).toBe(75);
    const lines = ran.stderr.trim().split("\n");
    expect(lines.splice(-3)).toEqual([
      "postrelay: apt has been busy for 5 minutes: process 1207 (unattended-upgr) holds /var/lib/dpkg/lock-frontend.",
      "What to do: Run pulumi up again when that is done.",
      "Nothing was changed.",
    ]);
    expect(lines).toEqual(
      Array(20).fill("postrelay: waiting for apt: process 1207 (unattended-upgr) holds /var/lib/dpkg/lock-frontend"),
    );
  });

  test("a list is written as a whole, sorted, without duplicates; a full disk is an error", () => {
    sh(`write_list ours 'b\na\n\nb'`);
    expect(list("ours")).toBe("a\nb\n");
    const ran = sh("durable() { return 1; }\nwrite_list ours c");
    expect(ran).toMatchObject({ code: 73, stderr: expect.stringContaining("is the disk full or read-only?") });
    expect(list("ours")).toBe("a\nb\n");
  });

  test("mail systems, also half-installed and versioned ones; not Postfix, nor what is gone", () => {
    standIn(
      "dpkg-query",
      `cat <<'END'
ii |postfix|mail-transport-agent
hi |exim4-daemon-light|mail-transport-agent, exim4-localscanapi-4.2
iF |dma|default-mta, mail-transport-agent (= 1)
rc |nullmailer|mail-transport-agent
un |sendmail-bin|mail-transport-agent
ii |mutt|mail-reader, imap-client, not-mail-transport-agent
END`,
    );
    expect(words("mta_installed")).toEqual(["dma", "exim4-daemon-light"]);
  });

  test("what later packages of others recommend", () => {
    standIn(
      "dpkg-query",
      `cat <<'END'
ii |old|libsasl2-2
ii |ours|libicu72
ii |mutt|libsasl2-modules (>= 2.1), sensible-mda | default-mta, locales:any
rc |gone|ssl-cert
ii |postfix-user|postfix
END`,
    );
    list("before", "old\n");
    list("ours", "ours\n");
    expect(words("removal_wished")).toEqual(["default-mta", "libsasl2-modules", "locales", "sensible-mda"]);
  });

  test("what else would go with ours is asked of apt, which removes nothing yet", () => {
    standIn("apt-get", `echo "Asked: $*"; echo 'Remv postfix [3.7]'; echo 'Remv mutt [2.2] [postfix]'`);
    expect(words('removal_mine=postfix; removal_try postfix dma+; echo "$removal_others"')).toEqual(["mutt "]);
    expect(list("try.log")).toMatch(/^Asked: .* -s remove postfix dma\+\n/);
  });

  const all = { cpio: "ii ", libicu72: "iU ", "libsasl2-modules-db": "ii ", postfix: "iF ", netbase: "ii " };

  test("a call that was killed: what it had begun is ours, not what came since", () => {
    installed({ ...all, "libsasl2-modules": "ii ", "ssl-cert": "rc " });
    list("apt.log", sample("new"));
    list("ours", "before\n");
    list("begun", "here\n");
    sh("boot_id() { echo here; }\npackages_adopt");
    expect(list("ours")).toBe("before\nlibicu72\nlibsasl2-modules-db\npostfix\n");
    expect(() => list("begun")).toThrow();
  });

  test("a call that a power cut ended: what it had planned is ours, if it is there", () => {
    installed({ ...all, "ssl-cert": "rc " });
    list("apt.log", sample("new").slice(0, sample("new").indexOf("1 upgraded")));
    list("begun", "before\n");
    sh("boot_id() { echo here; }\npackages_adopt");
    expect(list("ours")).toBe("cpio\nlibicu72\nlibsasl2-modules-db\nnetbase\npostfix\n");
  });

  test("a killed call had removed a part of another mail system", () => {
    installed({ "exim4-config": "ii ", "exim4-base": "rc ", "libfoo:i386": "ii " });
    list("apt.log", sample("replaces"));
    list("begun", "here\n");
    sh("boot_id() { echo here; }\npackages_adopt");
    expect(list("removed")).toBe("exim4-base\nexim4-daemon-light\n");
    expect(() => list("ours")).toThrow();
  });
});
