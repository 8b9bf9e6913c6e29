import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLab, type Release } from "../../../lab/index.ts";
import { script } from "../../../src/host/pack.ts";

// Whether sudo logs what the tool reads, for each way to write it in sudoers: what sudo really logs, and whether the
// first step goes on. A password may only be sent where nothing is logged; the other way round a step may stop in vain,
// where that cannot be told from the text.
const lab = await openLab();
afterAll(() => lab.close());

const tool = "/usr/local/sbin/postrelay";
const rule = (tags: string, command: string, as = "ALL") => `deploy ALL=(${as}) NOPASSWD: ${tags} ${command}`;
const on = "Defaults log_input\n";

const rows: [what: string, sudoers: string, careful?: "careful"][] = [
  ["nothing", ""],
  ["everything", "Defaults log_input"],
  ["its output alone", "Defaults log_output"],
  ["what comes in a pipe", "Defaults log_stdin"],
  ["a login", "Defaults:deploy log_input"],
  ["an alias of logins", "User_Alias STAFF = deploy\nDefaults:STAFF log_input"],
  ["a group of logins", "Defaults:%deploy log_input"],
  ["hosts", "Defaults@ALL log_input"],
  ["as root", "Defaults>root log_input"],
  ["as root by number", "Defaults>#0 log_input"],
  ["as the group of root", "Defaults>%root log_input"],
  ["as an alias", "Runas_Alias OPS = root\nDefaults>OPS log_input"],
  ["as anybody but root", "Defaults>ALL, !root log_input"],
  ["as another", "Defaults>www-data log_input"],
  ["the tool", `Defaults!${tool} log_input`],
  ["another tool", "Defaults!/usr/bin/id log_input"],
  ["any tool", "Defaults!ALL log_input"],
  ["any but the tool", `Defaults!ALL, !${tool} log_input`],
  ["its folder", "Defaults!/usr/local/sbin/ log_input"],
  ["a star", "Defaults!/usr/local/sbin/post* log_input"],
  ["two stars", "Defaults!/usr/local/*/* log_input"],
  ["a question mark", "Defaults!/usr/local/sbin/p?strelay log_input"],
  ["a class", "Defaults!/usr/local/sbin/[o-q]ostrelay log_input"],
  ["a negated class", "Defaults!/usr/local/sbin/[!a]ostrelay log_input"],
  ["another tool by a star", "Defaults!/usr/bin/i* log_input", "careful"],
  ["a regular expression", "Defaults!^/usr/local/sbin/.*$ log_input"],
  ["one with alternatives", "Defaults!^/usr/(local/)?sbin/(id|postrelay)$ log_input"],
  ["an alias", `Cmnd_Alias TOOLS = /usr/bin/id, ${tool}\nDefaults!TOOLS log_input`],
  ["an alias of aliases", `Cmnd_Alias ONE_1 = ${tool}\nCmnd_Alias TOOLS = ONE_1\nDefaults!TOOLS log_input`],
  ["an alias with arguments", `Cmnd_Alias STAGE = ${tool} stage main-cf\nDefaults!STAGE log_input`],
  ["a path through a link", "Defaults!/opt/tools/postrelay log_input"],
  ["a folder through a link", "Defaults!/opt/tools/ log_input"],
  ["a crooked path", "Defaults!/usr/local/sbin/../sbin/postrelay log_input"],
  ["another line", `${on}Defaults !log_input`],
  ["a file that is included", "@include /etc/sudo-more"],
  ["a folder that is included", "@includedir /etc/sudo-more.d"],
  ["an exempt tool", `${on}Defaults!${tool} !log_input`],
  ["two exempt tools", `${on}Defaults!/usr/bin/id, ${tool} !log_input`],
  ["another exempt tool", `${on}Defaults!/usr/bin/id !log_input`],
  ["an exempt star", `${on}Defaults!/usr/local/sbin/post* !log_input`, "careful"],
  ["an exempt alias", `Cmnd_Alias TOOLS = ${tool}\n${on}Defaults!TOOLS !log_input`],
  ["an exempt call", `Cmnd_Alias CHECK = ${tool} check\n${on}Defaults!CHECK !log_input`],
  ["a tag", rule("LOG_INPUT:", "ALL")],
  ["a tag of a star", rule("LOG_INPUT:", "/usr/local/sbin/post*")],
  ["a tag of a regular expression", rule("LOG_INPUT:", "^/usr/local/sbin/.*$")],
  ["a tag of some calls", rule("LOG_INPUT:", `${tool} stage *`)],
  ["a tag of calls of another", rule("LOG_INPUT:", "/usr/bin/id -u *")],
  ["a tag of an alias", `Cmnd_Alias TOOLS = ${tool}\n${rule("LOG_INPUT:", "TOOLS")}`],
  ["a tag of all but another", rule("LOG_INPUT:", "ALL, !/usr/bin/id")],
  ["a tag of the second command", rule("", `/usr/bin/id, LOG_INPUT: ${tool}`)],
  ["a tag as another", rule("LOG_INPUT:", "ALL", "www-data")],
  ["a tag as anybody but root", rule("LOG_INPUT:", "ALL", "ALL, !root")],
  ["an exempt tag", `${rule("LOG_INPUT:", "ALL")}\n${rule("NOLOG_INPUT:", tool)}`],
  ["an exempt tag of some calls", `${rule("LOG_INPUT:", "ALL")}\n${rule("NOLOG_INPUT:", `${tool} check`)}`],
  ["an exempt tag of a star", `${rule("LOG_INPUT:", "ALL")}\n${rule("NOLOG_INPUT:", "/usr/local/sbin/p*")}`, "careful"],
  ["a tag with a checksum", rule("LOG_INPUT:", `sha256:$SUM ${tool}`)],
];

/** Tries row N on the host: whether sudo takes it, whether the step goes on, and whether the needle was logged. */
const TRY = `
trap 'rm -f /etc/sudoers.d/zz-row' EXIT
sum=$(sha256sum <${tool} | cut -d ' ' -f 1)
while read -r n; do
  { echo 'Defaults use_pty, !compress_io'; sed "s/\\$SUM/$sum/" "/root/rows/$n"; echo; } >/etc/sudoers.d/zz-row
  chmod 440 /etc/sudoers.d/zz-row
  visudo -cq || { echo "$n invalid -"; continue; }
  rm -rf /var/log/sudo-io/*
  goes=stops
  runuser -u deploy -- sh /opt/try.sh install </dev/null >/dev/null 2>&1 && goes=on
  rm -rf /var/log/sudo-io/*
  printf 'needle-%s\\n' "$n" | runuser -u deploy -- sudo -n ${tool} stage main-cf
  logged=no
  ! grep -rqs "needle-$n" /var/log/sudo-io || logged=yes
  echo "$n $goes $logged"
done`;

const releases: Release[] = ["bookworm", "trixie"];

test.each(releases.filter((release) => !lab.missing(release)))("on %s", async (release) => {
  const host = await lab.host({ release, name: `sudo-${release}` });
  // `cat` reads all, as the tool does.
  await host.must(`printf '#!/bin/sh\\ncat >/dev/null\\n' > ${tool} && chmod 755 ${tool} && mkdir -p /root/rows /opt
    ln -s /usr/local/sbin /opt/tools; echo 'Defaults log_input' > /etc/sudo-more
    mkdir /etc/sudo-more.d && echo 'Defaults log_input' > /etc/sudo-more.d/x
    chmod 440 /etc/sudo-more /etc/sudo-more.d/x`);
  const functions = script("bootstrap").replace(/^main\(\) \{/m, "unused() {");
  writeFileSync(join(host.root, "opt/try.sh"), `${functions}\nbecome_root "$1"\n`);
  for (const [n, [, sudoers]] of rows.entries()) writeFileSync(join(host.root, `root/rows/${n}`), sudoers);
  const stdout: string = await host.must(TRY, { input: rows.map((_, n) => `${n}\n`).join("") });
  const found = new Map(stdout.split("\n").map((line) => [line.split(" ")[0], line.split(" ").slice(1)]));
  const wrong = rows.flatMap(([what, , careful], n) => {
    const [goes, logged] = found.get(String(n)) ?? [];
    const right = careful ? goes === "stops" : goes === (logged === "yes" ? "stops" : "on");
    return right && goes !== "invalid" ? [] : [`${what}: ${goes}, logged: ${logged}`];
  });
  expect(wrong).toEqual([]);
  // The control: both happen.
  const all = [...found.values()].map(([, logged]) => logged);
  expect(all.filter((logged) => logged === "yes").length).toBeGreaterThan(20);
  expect(all.filter((logged) => logged === "no").length).toBeGreaterThan(10);
});
