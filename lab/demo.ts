// `npm run demo`: from nothing to a delivered message, with the stack program of this checkout and a plain `pulumi up`.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { quote } from "../src/host/quote.ts";
import { existing, login, printExports, runVerb } from "./by-hand.ts";
import { engine } from "./engine/index.ts";
import { PulumiStack } from "./engine/pulumi.ts";
import { closeKept, type Lab, type LabHost, LabRelay, openLab } from "./index.ts";

const name = "demo";
const checkout = join(import.meta.dirname, "..");
const configFile = join(checkout, "stacks", `Pulumi.${name}.yaml`);
const help = `A demonstration on this machine: a Debian host, a submission server, and a stack for the host.

  npm run demo               set all of it up and run \`pulumi up\`; the second time only what has changed
  npm run demo -- env        exports for a shell: eval "$(npm run -s demo -- env)", then use \`pulumi\` as ever
  npm run demo -- ssh [CMD…] log in to the host
  npm run demo -- messages   what the relay has received so far
  npm run demo -- down       remove all of it

Needs root on Debian or Ubuntu. Nothing leaves this machine but downloads of packages.
`;

const bold = (text: string) => styleText("bold", text, { stream: process.stdout });
const dim = (text: string) => styleText("dim", text, { stream: process.stderr });
const heading = (text: string) => console.log(`\n${bold(text)}`);
const progress = (line: string) => console.error(dim(`  ${line}`));

async function demo(): Promise<number> {
  heading("1. A Debian host and a submission server, on this machine");
  const lab = await openLab({ keep: name, log: progress });
  if (!parts(lab).relay) await lab.relay({ name: "relay" });
  if (!parts(lab).host) {
    await lab.host({ release: "bookworm", name: "vps" });
    rmSync(configFile, { force: true });
  }
  const { host, relay } = parts(lab);
  if (!host || !relay) throw new Error("The hosts did not stay: npm run demo -- down, and again.");
  console.log(`  vps    a fresh Debian at ${host.address}, reached over SSH as deploy, with sudo`);
  console.log(`  relay  ${relay.host}: port 587 with STARTTLS, user ${relay.users[0]?.username}`);

  heading("2. The Pulumi engine");
  console.log(`  ${(await engine({ log: progress })).describe()}`);
  const stack = await stackOf(lab);

  heading("3. A stack with its secrets");
  if (!existsSync(configFile)) await configure(lab, host, relay, stack);
  else console.log(`  stacks/Pulumi.${name}.yaml is there already`);

  heading("4. $ pulumi up");
  const code = await stack.foreground(["up", "--yes", "--stack", name]);
  if (code !== 0) return code;

  heading("5. The last message, as the relay received it");
  const message = (await relay.messages()).at(-1);
  console.log(`  by user ${message?.saslUser}, for ${message?.recipients.join(", ")}\n`);
  for (const line of message?.raw.trimEnd().split("\n") ?? []) console.log(`  ${line}`);

  heading("What to try next");
  console.log(next);
  return 0;
}

const next = `  eval "$(npm run -s demo -- env)"            then, in that shell:

  pulumi config set postfix-relay:ownDomainMail local && pulumi up
      changes a setting: look at the line of main.cf in the preview's details
  echo not-mine | pulumi config set --secret --path postfix-relay:credentials.password && pulumi up
      breaks the password: the update fails and says why, and the host keeps the one that works
  npm run demo -- ssh                         looks around: postrelay status, /etc/postfix/main.cf
  npm run demo -- down                        takes it all down
`;

/** Config as a user would set it; secrets go in on stdin. */
async function configure(lab: Lab, host: LabHost, relay: LabRelay, stack: PulumiStack): Promise<void> {
  const user = relay.users[0];
  if (!user) throw new Error("the relay has no user");
  mkdirSync(stateFolder(lab), { recursive: true });
  const plain = {
    domain: "example.com",
    "relayHost.host": relay.host,
    "credentials.username": user.username,
    "testDelivery.to": "ops@example.org",
    "connection.user": "deploy",
    "hosts[0].name": host.name,
    "hosts[0].connection.host": host.address,
    "hosts[0].connection.hostKey": host.hostKey,
  };
  await shown(["stack", "init", name], stack);
  const pairs = Object.entries(plain).flatMap(([path, value]) => ["--plaintext", `postfix-relay:${path}=${value}`]);
  await shown(["config", "set-all", "--path", ...pairs], stack);
  await shown(["config", "set", "postfix-relay:caCertificate"], stack, lab.ca);
  const secret = ["config", "set", "--secret", "--path"];
  await shown([...secret, "postfix-relay:credentials.password"], stack, user.password);
  await shown([...secret, "postfix-relay:connection.privateKey"], stack, lab.key.private);
}

/** Runs a quiet `pulumi` command after showing it. */
async function shown(args: string[], stack: PulumiStack, input?: string): Promise<void> {
  const words = args.map((arg) => (/^[\w./:@=-]+$/.test(arg) ? arg : quote(arg)));
  console.log(
    `  $ pulumi ${words.join(" ").replaceAll(" --plaintext", " \\\n      --plaintext")}${input ? " < …" : ""}`,
  );
  await stack.must(args, input);
}

const stateFolder = (lab: Lab) => join(lab.record.folder, "state");

/** The demo's stack: the project of this checkout, with a state that goes with the lab. */
const stackOf = async (lab: Lab) =>
  new PulumiStack(await engine({ log: progress }), {
    folder: checkout,
    name,
    state: stateFolder(lab),
    passphrase: "demo",
  });

function parts(lab: Lab): { host?: LabHost; relay?: LabRelay } {
  const hosts = lab.hosts();
  return {
    host: hosts.find((host) => !(host instanceof LabRelay)),
    relay: hosts.find((host) => host instanceof LabRelay),
  };
}

const open = () => existing(name, "The demo is not set up: npm run demo", progress);

async function ssh(...command: string[]): Promise<number> {
  const { host } = parts(await open());
  if (!host) throw new Error("The host is gone: npm run demo");
  return await login(host, "root", command);
}

async function messages(): Promise<void> {
  for (const message of (await parts(await open()).relay?.messages()) ?? []) {
    const { date, subject } = message.headers;
    console.log(
      `${date?.[0]}  ${message.saslUser}  ${message.sender} -> ${message.recipients.join(", ")}  ${subject?.[0]}`,
    );
  }
}

async function down(): Promise<void> {
  const there = await closeKept(name);
  rmSync(configFile, { force: true });
  console.log(there ? "The demo is removed. Images and engine stay for the next time." : "There was no demo.");
}

await runVerb(help, {
  "": demo,
  env: async () => printExports((await stackOf(await open())).env),
  ssh,
  messages,
  down,
});
