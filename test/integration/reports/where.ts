import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LabHost, type LabRelay, until } from "../../../lab/index.ts";

/** How a program hands in a message: the command, and its input. */
interface How {
  command: string;
  input: string;
}

let count = 0;
const sendmail = (to: string, subject: string): How => ({
  command: `/usr/sbin/sendmail -i -- '${to}'`,
  input: `Subject: ${subject}\n\nx\n`,
});

/**
 * Where a message comes out that a program on the host sends to this address: the recipients that the relay host got,
 * `mailbox` if it stays in one on the host, `nowhere` if it does neither.
 */
export async function whereTo(host: LabHost, relay: LabRelay, to: string, how = sendmail): Promise<string> {
  const subject = `where-${host.name}-${++count}-`;
  const { command, input } = how(to, subject);
  await host.must(command, { input });
  const look = async () => {
    const sent = (await relay.messages()).find(({ headers }) => headers.subject?.includes(subject));
    if (sent) return sent.recipients.join(" ");
    return mailboxes(host).some((text) => text.includes(subject)) && "mailbox";
  };
  return await until("", look, { seconds: 20, every: 100 }).catch(() => "nowhere");
}

function mailboxes(host: LabHost): string[] {
  const folder = join(host.root, "var/mail");
  return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")) : [];
}
