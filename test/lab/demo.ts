// `npm run demo`: from nothing to a delivered message, with the stack program of this checkout and a plain `pulumi up`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { engine } from "./engine/index.ts";
import { closeKept, type Lab, type LabHost, LabRelay, openLab, unavailable } from "./index.ts";
import { kept } from "./records.ts";

const name = "demo";
const checkout = join(import.meta.dirname, "../..");
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

async function main([verb, ...rest]: string[]): Promise<number> {
  if (verb === "--help" || verb === "-h") {
    process.stdout.write(help);
    return 0;
  }
  const reason = unavailable();
  if (reason) throw new Error(`The demo cannot run here: ${reason}`);
  if (verb === undefined) return await demo();
  if (verb === "down") return await down();
  if (verb === "env") return await printEnv();
  if (verb === "ssh") return ssh(await open(), rest);
  if (verb === "messages") return showAll(parts(await open()).relay);
  throw new Error(`no such command: ${verb}\n\n${help}`);
}

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
  const programs = await engine({ log: progress });
  console.log(`  ${programs.describe()}`);
  const env = await environment(lab);

  heading("3. A stack with its secrets");
  if (!existsSync(configFile)) await configure(lab, host, relay, env);
  else console.log(`  stacks/Pulumi.${name}.yaml is there already`);

  heading("4. $ pulumi up");
  const code = await pulumi(["up", "--yes", "--stack", name], env);
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
  echo wrong | pulumi config set --secret --path postfix-relay:credentials.password && pulumi up
      breaks the password: the update fails and says why, and the host keeps the one that works
  npm run demo -- ssh                         looks around: postrelay status, /etc/postfix/main.cf
  npm run demo -- down                        takes it all down
`;

/** Config as a user would set it; secrets go in on stdin. */
async function configure(lab: Lab, host: LabHost, relay: LabRelay, env: Record<string, string>): Promise<void> {
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
  await shown(["stack", "init", name], env);
  const pairs = Object.entries(plain).flatMap(([path, value]) => ["--plaintext", `postfix-relay:${path}=${value}`]);
  await shown(["config", "set-all", "--path", ...pairs], env);
  await shown(["config", "set", "postfix-relay:caCertificate"], env, lab.ca);
  const secret = ["config", "set", "--secret", "--path"];
  await shown([...secret, "postfix-relay:credentials.password"], env, user.password);
  await shown([...secret, "postfix-relay:connection.privateKey"], env, lab.key.private);
}

/** Runs a quiet `pulumi` command after showing it. */
async function shown(args: string[], env: Record<string, string>, input?: string): Promise<void> {
  const words = args.map((arg) => (/^[\w./:@=-]+$/.test(arg) ? arg : `'${arg}'`));
  console.log(
    `  $ pulumi ${words.join(" ").replaceAll(" --plaintext", " \\\n      --plaintext")}${input ? " < …" : ""}`,
  );
  const code = await pulumi(args, env, input ?? "");
  if (code !== 0) throw new Error(`pulumi ${args[0]} ended with exit code ${code}`);
}

/** Runs `pulumi` in the checkout: in the foreground as a user sees it, or with an input. */
function pulumi(args: string[], env: Record<string, string>, input?: string): Promise<number> {
  const child = spawn("pulumi", args, {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: input === undefined ? "inherit" : ["pipe", "ignore", "inherit"],
  });
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const stateFolder = (lab: Lab) => join(lab.record.folder, "state");

/** What `pulumi` needs for the demo: the lab's engine, and a state that goes with the lab. */
async function environment(lab: Lab): Promise<Record<string, string>> {
  const { env } = await engine({ log: progress });
  return { ...env, PULUMI_BACKEND_URL: `file://${stateFolder(lab)}`, PULUMI_CONFIG_PASSPHRASE: "demo" };
}

function parts(lab: Lab): { host?: LabHost; relay?: LabRelay } {
  const hosts = lab.hosts();
  return {
    host: hosts.find((host) => !(host instanceof LabRelay)),
    relay: hosts.find((host) => host instanceof LabRelay),
  };
}

async function open(): Promise<Lab> {
  if (!(await kept()).has(name)) throw new Error("The demo is not set up: npm run demo");
  return await openLab({ keep: name, log: progress });
}

async function printEnv(): Promise<number> {
  for (const [key, value] of Object.entries(await environment(await open()))) {
    console.log(`export ${key}='${value.replaceAll("'", "'\\''")}'`);
  }
  return 0;
}

function ssh(lab: Lab, command: string[]): number {
  const { host } = parts(lab);
  if (!host) throw new Error("The host is gone: npm run demo");
  const args = host.sshArguments().filter((arg) => arg !== "-oBatchMode=yes");
  return spawnSync("ssh", [...args, ...command], { stdio: "inherit" }).status ?? 1;
}

async function showAll(relay: LabRelay | undefined): Promise<number> {
  for (const message of (await relay?.messages()) ?? []) {
    const { date, subject } = message.headers;
    console.log(
      `${date?.[0]}  ${message.saslUser}  ${message.sender} -> ${message.recipients.join(", ")}  ${subject?.[0]}`,
    );
  }
  return 0;
}

async function down(): Promise<number> {
  const there = await closeKept(name);
  rmSync(configFile, { force: true });
  console.log(there ? "The demo is removed. Images and engine stay for the next time." : "There was no demo.");
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
