import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificateOf, certificates } from "./certificates.ts";
import { LabHost } from "./host.ts";
import type { Recipe } from "./images.ts";
import { type Message, readMessages } from "./messages.ts";
import type { Release } from "./mirror.ts";
import { until } from "./until.ts";

/** How a relay behaves. All modes but `normal` are failures, or quirks of real providers. */
export type Mode =
  | "normal"
  | "wrong-password"
  | "auth-required"
  | "sender-refused"
  | "no-starttls"
  | "expired-certificate"
  | "foreign-certificate"
  | "wrong-name"
  | "greylisting"
  | "refuse-421"
  | "silence"
  | "port-closed"
  | { mechanisms: ("cram-md5" | "plain" | "login")[] }
  | { messageSizeLimit: number }
  /** Refuses only these senders. */
  | { refusedSenders: string[] }
  | { tokens: Tokens };

/** Takes XOAUTH2 and OAUTHBEARER beside passwords: JSON Web Tokens (RS256) whose claim is the user name. */
export interface Tokens {
  /** The public key that verifies them, as PEM. */
  key: string;
  /** The claims `azp` that they may have. One without that claim may always come. */
  clients?: readonly string[];
  /** The claim with the user name. Defaults to `upn`. */
  claim?: string;
}

/** A user of a relay. */
export interface User {
  username: string;
  password: string;
}

const users: User[] = [
  { username: "relayuser", password: "relaypass" },
  { username: "odd.user@example.net", password: `p w  :#"$x%y\\z='\`é日本 {PLAIN}!` },
  { username: 'we"ird $user#1%u@example.org', password: "sesame-7" },
];

const script = (name: string) => readFileSync(new URL(`relay/${name}.sh`, import.meta.url), "utf8");

/** The image of a relay. Bookworm, because the configuration of Dovecot changed after it. */
export const relayImage: { release: Release; recipe: Recipe } = {
  release: "bookworm",
  recipe: {
    packages: ["postfix", "dovecot-core", "postgrey"],
    files: {
      "usr/local/lib/lab/keep": script("keep"),
      "usr/local/lib/lab/silence": script("silence"),
      "usr/local/sbin/lab-relay": script("mode"),
    },
    script: script("setup"),
  },
};

function withValue(mode: Exclude<Mode, string>): [name: string, value: string] {
  if ("mechanisms" in mode) return ["mechanisms", mode.mechanisms.join(" ")];
  if ("tokens" in mode) return ["tokens", mode.tokens.claim ?? "upn"];
  if ("refusedSenders" in mode) return ["refused-senders", mode.refusedSenders.join(" ")];
  return ["message-size-limit", String(mode.messageSizeLimit)];
}

/** A submission server that keeps what it accepts, and fails on demand. */
export class LabRelay extends LabHost {
  /** Users who can log in to it over SMTP; `setUsers` changes them. */
  get users(): User[] {
    return JSON.parse(readFileSync(join(this.record.folder, "users.json"), "utf8"));
  }

  /** Its DNS name, which is the one in its certificate. */
  get host(): string {
    return `${this.name}.example.test`;
  }

  /** The messages it has accepted so far, oldest first. */
  messages(): Promise<Message[]> {
    return readMessages(join(this.root, "var/spool/lab"));
  }

  /** Waits for a message; one that is already there counts. */
  async waitFor(wanted: (message: Message) => boolean, { timeout = 30 }: { timeout?: number } = {}): Promise<Message> {
    const find = async () => (await this.messages()).find(wanted);
    return await until(`${this.name} has the message that is waited for`, find, { seconds: timeout, every: 100 });
  }

  /** Switches its mode. Open connections are not affected, later ones see the new mode. */
  async set(mode: Mode): Promise<void> {
    if (typeof mode === "object" && "tokens" in mode) this.writeKeys(mode.tokens);
    const [name = "", value = ""] = typeof mode === "string" ? [mode] : withValue(mode);
    await this.must(`lab-relay ${name} '${value}'`);
  }

  /** Replaces its users, and switches it to normal. */
  async setUsers(list: User[]): Promise<void> {
    this.writeUsers(list);
    await this.set("normal");
  }

  /** What Postfix and Dovecot have logged. */
  log(): Promise<string> {
    const since = existsSync(this.cursor) ? `--after-cursor='${readFileSync(this.cursor, "utf8")}'` : "";
    return this.must(`journalctl --quiet --no-pager --output=short-iso ${since} SYSLOG_FACILITY=2`);
  }

  /**
   * Makes it again what a new one is: users, mode, network, without messages and with an empty log. Nobody may be
   * sending to it.
   */
  async reset(): Promise<void> {
    if (!this.running) await this.start();
    await this.firewall();
    await this.setUsers(users);
    // What was accepted last may still be on its way from the queue to the folder.
    await this.must(`for try in $(seq 200); do [ -n "$(postqueue -j)" ] || break; sleep 0.05; done; test -z "$(postqueue -j)"
      find /var/spool/lab -type f -delete; journalctl --sync`);
    const end = await this.must("journalctl --quiet --lines=0 --show-cursor");
    writeFileSync(this.cursor, end.replace("-- cursor: ", "").trim());
  }

  /** Where its log began when it was reset. */
  private get cursor(): string {
    return join(this.record.folder, "cursor");
  }

  /** Writes the key where Dovecot looks for it: by client (`default` where a token names none) and algorithm. */
  private writeKeys({ key, clients = [] }: Tokens): void {
    const folder = join(this.root, "etc/dovecot/keys");
    rmSync(folder, { recursive: true, force: true });
    for (const client of ["default", ...clients]) {
      mkdirSync(join(folder, client, "RS256"), { recursive: true });
      writeFileSync(join(folder, client, "RS256/default"), key);
    }
  }

  /** Writes the list of users without restarting anything. */
  writeUsers(list: User[]): void {
    writeFileSync(join(this.record.folder, "users.json"), JSON.stringify(list));
    // The password in base64, because colons divide the file; Dovecot looks names up with their quotes escaped.
    const escaped = (text: string) => text.replace(/["'\\]/g, "\\$&");
    const lines = list.map(
      (user) => `${escaped(user.username)}:{PLAIN.b64}${Buffer.from(user.password).toString("base64")}\n`,
    );
    writeFileSync(join(this.root, "etc/lab/users"), lines.join(""));
  }
}

/** Writes name, certificates and users into a relay that has not been started yet. */
export async function setUpRelay(relay: LabRelay, lab: string): Promise<void> {
  const inside = (path: string) => join(relay.root, path);
  for (const kind of certificates)
    writeFileSync(inside(`etc/lab/${kind}.pem`), await certificateOf(lab, relay.host, kind), { mode: 0o600 });
  relay.writeUsers(users);
  writeFileSync(inside("etc/dovecot/users"), readFileSync(inside("etc/lab/users")), { mode: 0o644 });
  for (const file of ["etc/lab/main.cf", "etc/postfix/main.cf"]) {
    const text = readFileSync(inside(file), "utf8").replace(/^(myhostname|mydomain|myorigin) .*\n/gm, "");
    writeFileSync(inside(file), `${text}myhostname = ${relay.host}\n`);
    // Postfix waits up to two seconds before it reads a file that has just changed.
    utimesSync(inside(file), 0, Date.now() / 1000 - 10);
  }
}
