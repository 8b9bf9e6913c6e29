import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificate } from "./certificates.ts";
import { LabHost } from "./host.ts";
import type { Recipe } from "./images.ts";
import type { Release } from "./mirror.ts";
import { until } from "./until.ts";

/** What a server does that is both a relay and the receiver behind it. All of it is as in lab/receiver/mode.sh. */
export interface Ways {
  receive?: "inbox" | "junk" | "elsewhere" | "drop" | "later" | "refuse-rcpt" | "refuse-data" | "greylist";
  judge?: "sort" | "refuse" | "none";
  sign?: "none" | "sender" | "relay";
  envelope?: "kept" | "own";
  from?: "kept" | "own";
  id?: "kept" | "own";
  dsn?: "yes" | "no";
  /** A result in the message as if the server of that name had written it. */
  forged?: "no" | "mx.example.org" | "mail.example.org";
}

/** A message in a mailbox. */
export interface Stored {
  /** `INBOX`, or another folder. */
  folder: string;
  /** Whether somebody has read it. */
  seen: boolean;
  raw: string;
}

const script = (name: string) => readFileSync(new URL(`receiver/${name}.sh`, import.meta.url), "utf8");

/** The image of a receiver. Bookworm, because the configuration of Dovecot changed after it. */
export const receiverImage: { release: Release; recipe: Recipe } = {
  release: "bookworm",
  recipe: {
    packages: [
      ...["postfix", "postfix-policyd-spf-python", "opendkim", "opendmarc", "publicsuffix", "postgrey"],
      ...["dovecot-core", "dovecot-imapd", "dovecot-lmtpd", "dovecot-sieve"],
    ],
    files: {
      "usr/local/lib/lab/later": script("later"),
      "usr/local/sbin/lab-receiver": script("mode"),
    },
    script: script("setup"),
  },
};

/** The password of both mailboxes. */
const PASSWORD = "mailbox word Qz6Vt4";

/**
 * A submission server, and behind it the receiver of example.org, which has a mailbox for its mail and one for the
 * reports of example.com. Three judges that are not ours look at each message: policyd-spf, OpenDKIM and OpenDMARC.
 */
export class LabReceiver extends LabHost {
  /** Its DNS name, which is the one in its certificate, beside its address. */
  get host(): string {
    return `${this.name}.example.test`;
  }

  /** The user at the relay. */
  get user() {
    return { username: "relayuser", password: "relaypass" };
  }

  /** The mailbox of the recipient, and that of the sender. */
  get mailboxes() {
    const at = { host: this.address, password: PASSWORD };
    return { inbox: { ...at, user: "ops@example.org" }, bounces: { ...at, user: "ops@example.com" } };
  }

  /** What the DNS has at `lab._domainkey` of a domain that it signs for. */
  get key(): string {
    const pem = readFileSync(join(this.root, "etc/lab/dkim.pem"), "utf8");
    const der = createPublicKey(pem).export({ format: "der", type: "spki" });
    return `v=DKIM1; k=rsa; p=${der.toString("base64")}`;
  }

  /** The records with which its mail passes, but for a key. */
  get zones(): Record<string, string[]> {
    const here = `A ${this.address}`;
    return {
      [this.host]: [here],
      "example.com": ["MX mx.example.org", `TXT v=spf1 ip4:${this.address} -all`],
      "_dmarc.example.com": ["TXT v=DMARC1; p=none"],
      "example.net": ["MX mx.example.org", `TXT v=spf1 ip4:${this.address} -all`],
      "relay.example.net": [here],
      "example.org": ["MX mx.example.org"],
      "mx.example.org": [here],
    };
  }

  /** Changes what it does; what is not named is as it was at first. */
  async set(ways: Ways = {}): Promise<void> {
    await this.must(["lab-receiver", ...Object.entries(ways).map(([name, way]) => `${name}=${way}`)].join(" "));
  }

  /** Gives both mailboxes another password. */
  setPassword(password: string): void {
    writeUsers(this.root, password);
  }

  /** The messages in a mailbox, such as `ops@example.org`. */
  mailbox(user = "ops@example.org"): Stored[] {
    const [local = "", domain = ""] = user.split("@");
    const home = join(this.root, "srv/mail", domain, local, "Maildir");
    if (!existsSync(home)) return [];
    const folders = readdirSync(home).filter((name) => /^\.[A-Z]/.test(name));
    return ["", ...folders].flatMap((folder) =>
      ["new", "cur"].flatMap((state) => {
        const at = join(home, folder, state);
        return (existsSync(at) ? readdirSync(at) : []).map((file) => ({
          folder: folder ? folder.slice(1) : "INBOX",
          seen: /:2,[A-Z]*S/.test(file),
          raw: readFileSync(join(at, file), "utf8"),
        }));
      }),
    );
  }

  /** Waits for a message in a mailbox; one that is already there counts. */
  waitFor(wanted: (message: Stored) => boolean, user?: string): Promise<Stored> {
    const find = () => this.mailbox(user).find(wanted);
    return until(`${this.name} has the message that is waited for`, find, { every: 100 });
  }

  /** How often somebody has logged in to a mailbox. */
  async logins(): Promise<number> {
    const log = await this.must("journalctl --sync; journalctl --quiet --output=cat SYSLOG_IDENTIFIER=dovecot");
    return log.match(/imap-login: Login: /g)?.length ?? 0;
  }

  /** Empties both mailboxes. */
  async empty(): Promise<void> {
    await this.must("find /srv/mail -type f -path '*/Maildir/*' \\( -path '*/new/*' -o -path '*/cur/*' \\) -delete");
  }
}

/** Writes the list of users, without restarting anything. */
function writeUsers(root: string, password: string): void {
  const line = (name: string, word: string) => `${name}:{PLAIN.b64}${Buffer.from(word).toString("base64")}\n`;
  const users = { relayuser: "relaypass", "ops@example.org": password, "ops@example.com": password };
  const lines = Object.entries(users).map(([name, word]) => line(name, word));
  writeFileSync(join(root, "etc/lab/users"), lines.join(""), { mode: 0o644 });
}

/** Writes names, certificate, keys and users into a receiver that has not been started yet. */
export async function setUpReceiver(receiver: LabReceiver, lab: string, dns: string): Promise<void> {
  const inside = (path: string) => join(receiver.root, path);
  const pem = await certificate(join(lab, "ca"), receiver.host, { address: receiver.address });
  writeFileSync(inside("etc/lab/normal.pem"), pem, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  // OpenDKIM, which is not root, reads it; it is told to take a key that others can read.
  writeFileSync(inside("etc/lab/dkim.pem"), privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o644 });
  writeUsers(receiver.root, PASSWORD);
  mkdirSync(inside("etc/opendkim"), { recursive: true });
  for (const file of ["lab/main.cf", "lab/master.cf", "postfix/main.cf", "postfix/master.cf", "opendkim.conf"]) {
    const path = inside(`etc/${file}`);
    const text = readFileSync(path, "utf8")
      .replaceAll("@NAME@", receiver.host)
      .replaceAll("@ADDRESS@", receiver.address)
      .replaceAll("@DNS@", dns);
    writeFileSync(path, text);
    // Postfix waits up to two seconds before it reads a file that has just changed.
    utimesSync(path, 0, Date.now() / 1000 - 10);
  }
}
