import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LabHost, type LabRelay, until } from "../../../lab/index.ts";

/** How many messages a batch has: each of the eight ways five times. */
export const SIZE = 40;

/** Hands in a message over SMTP on the loopback address. Arguments: sender, recipient, header. */
const smtp = `use IO::Socket::INET;
my ($from, $to, @header) = @ARGV;
my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1:25", Timeout => 10) or exit 1;
sub answered { while (my $line = <$server>) { return $line =~ /^[23]/ if $line =~ /^\\d{3} / } 0 }
answered() or exit 1;
for ("EHLO localhost", "MAIL FROM:<$from>", "RCPT TO:<$to>", "DATA", join("\\r\\n", @header, "", "x", ".")) {
  print $server "$_\\r\\n";
  answered() or exit 1;
}`;

/**
 * The ways: root and another user by sendmail, programs with senders of their own, SMTP, a local user, the own domain.
 */
const program = (run: string) => `
by_smtp() { perl /var/tmp/smtp.pl "$1" "$2" "Subject: $id" "From: $1" "X-Mailer: program"; }
by_sendmail() { to=$1; shift; printf 'Subject: %s\\nX-Mailer: program\\n\\nx\\n' "$id" | "$@" "$to"; }
i=0
while [ $i -lt ${SIZE} ]; do
  i=$((i + 1)) id=${run}-$i
  case $((i % 8)) in
  0) by_sendmail $id@example.org /usr/sbin/sendmail -i ;;
  1) by_sendmail $id@example.org setpriv --reuid=deploy --clear-groups --regid=deploy /usr/sbin/sendmail -i ;;
  2) by_sendmail $id@example.org /usr/sbin/sendmail -i -f app@shop.example.net ;;
  3) by_smtp cron@web.example.com $id@example.org ;;
  4) by_smtp app@shop.example.net $id@example.org ;;
  5) by_sendmail deploy /usr/sbin/sendmail -i ;;
  6) by_sendmail $id@example.com /usr/sbin/sendmail -i ;;
  7) by_smtp root $id@example.org ;;
  esac || echo $id >> /var/tmp/${run}.refused
  sleep 0.03
done`;

/** Messages that the programs of a host hand in one after the other, and where they arrive. */
export class Batch {
  readonly #host: LabHost;
  readonly #run: string;

  private constructor(host: LabHost, run: string) {
    this.#host = host;
    this.#run = run;
  }

  /** Starts to hand them in. `run` is in each subject. */
  static async start(host: LabHost, run: string): Promise<Batch> {
    await host.must("cat > /var/tmp/smtp.pl", { input: smtp });
    await host.must(`systemd-run --quiet --collect --unit=batch-${run} sh -c "$(cat)"`, { input: program(run) });
    return new Batch(host, run);
  }

  /** Waits until each is handed in, and then until it has arrived: `relay from to …` in the order of their numbers. */
  async arrivals(...relays: LabRelay[]): Promise<string[]> {
    await this.#host.must(`while systemctl --quiet is-active batch-${this.#run}; do sleep 0.05; done`);
    const refused = join(this.#host.root, `var/tmp/${this.#run}.refused`);
    if (existsSync(refused)) throw new Error(`not accepted: ${readFileSync(refused, "utf8")}`);
    let arrived: Arrival[] = [];
    const all = async () => {
      arrived = [...(await atRelays(relays, this.#run)), ...atHome(this.#host, this.#run)];
      return new Set(arrived.map(({ number }) => number)).size === SIZE;
    };
    await until("", all, { seconds: 20, every: 200 }).catch(() => {});
    return arrived
      .sort((a, b) => a.number - b.number || a.what.localeCompare(b.what))
      .map(({ number, what }) => `${number} ${what.replaceAll(`${this.#run}-`, "RUN-")}`);
  }
}

interface Arrival {
  number: number;
  what: string;
}

async function atRelays(relays: LabRelay[], run: string): Promise<Arrival[]> {
  const found = relays.map(async (relay) =>
    (await relay.messages())
      .filter(({ raw }) => raw.includes(`${run}-`))
      .map(({ sender, recipients, headers, saslUser, raw }) => {
        const names = Object.keys(headers).join(",");
        const helo = /from (\S+)/.exec(headers.received?.[0] ?? "")?.[1];
        const number = numberOf(headers.subject?.[0] ?? raw, run);
        return { number, what: [relay.name, saslUser, helo, sender, recipients, headers.from, names].join(" ") };
      }),
  );
  return (await Promise.all(found)).flat();
}

function atHome(host: LabHost, run: string): Arrival[] {
  return ["root", "deploy"].flatMap((user) => {
    const box = join(host.root, "var/mail", user);
    const messages = existsSync(box) ? readFileSync(box, "utf8").split(/^From /m) : [];
    return messages
      .filter((text) => text.includes(`${run}-`))
      .map((text) => ({ number: numberOf(text, run), what: `mailbox of ${user}, from ${text.split(" ")[0]}` }));
  });
}

/** The number in the subject; 0: a message about one of them, such as a bounce. */
const numberOf = (text: string, run: string) =>
  Number(new RegExp(`^(?:Subject: )?${run}-(\\d+)$`, "m").exec(text)?.[1] ?? 0);
