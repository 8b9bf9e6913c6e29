// `npm run pictures`: a host and a relay of the lab, a green, a red and a drift run, and what `pulumi` prints in them,
// for docs/pictures. `npm run docs` makes the pictures of it.

import { mkdirSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { openLab } from "../../lab/index.ts";
import { Stack } from "../integration/stack.ts";
import { runText } from "./run-text.ts";

const folder = new URL("../../docs/pictures/", import.meta.url);

const typed = (command: string) => `${styleText("bold", `$ ${command}`, { validateStream: false })}\n`;

async function record(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lab = await openLab({ log: (line) => console.error(`  ${line}`) });
  const relay = await lab.relay({ name: "relay" });
  const host = await lab.host({ release: "bookworm", name: "web-1" });
  const stack = await Stack.create("prod");
  const password = (text: string) => stack.secret("postfix-relay:credentials.password", text);
  const run = async (name: string, typing: string[], args: string[], without: string[] = []) => {
    const { text } = await stack.pulumi([...args, "--color", "always", "--suppress-progress", "--stack", "prod"]);
    writeFileSync(new URL(`${name}.ansi`, folder), typing.map(typed).join("") + runText(text, without));
    console.log(`docs/pictures/${name}.ansi`);
  };
  try {
    stack.write({
      domain: "example.com",
      relayHost: { host: relay.host },
      credentials: { username: "relayuser" },
      caCertificate: lab.ca,
      testDelivery: { to: "ops@example.org" },
      deliverability: { mode: "off" },
      hosts: [{ name: host.name, connection: { host: host.address, hostKey: host.hostKey } }],
    });
    await stack.secret("postfix-relay:connection.privateKey", lab.key.private);
    await password("relaypass");
    await run("green", ["pulumi up --yes"], ["up", "--yes", "--skip-preview"]);
    await password("not-mine");
    const wrong = "echo not-mine | pulumi config set --secret --path postfix-relay:credentials.password";
    // Pulumi shows the outputs as removed, since this run has none.
    await run("red", [wrong, "pulumi up --yes"], ["up", "--yes", "--skip-preview"], ["Outputs"]);
    await password("relaypass");
    const { code, text } = await stack.up();
    if (code !== 0) throw new Error(text);
    await host.must(
      "sed -i 's/^relayhost = .*/relayhost = [other.example.net]:25/' /etc/postfix/main.cf && postfix stop",
    );
    await run("drift", ["pulumi preview"], ["preview"]);
  } finally {
    stack.remove();
    await lab.close();
  }
}

if (import.meta.main) await record();
