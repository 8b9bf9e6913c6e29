// The SSH server for the tests of the engine: that of a lab host, behind a proxy that counts and cuts connections.
import { once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { quote } from "../../src/host/quote.ts";
import { openLab } from "../index.ts";

const PASSWORD = "correct horse";

/** A running server. */
export type Sshd = Awaited<ReturnType<typeof startSshd>>;

/**
 * Starts a server, which is reached at 127.0.0.1. With `command` it runs that for each command, which it finds in
 * SSH_ORIGINAL_COMMAND.
 */
export async function startSshd({ command }: { command?: (folder: string) => string } = {}) {
  const lab = await openLab();
  const host = await lab.host({ release: "bookworm", name: "sshd" });
  // A folder of the host that has the same path on this machine.
  const folder = join(host.root, "var/tmp/work");
  mkdirSync(folder);
  const config = [
    "PermitRootLogin yes",
    "MaxStartups 100",
    "AcceptEnv LAB_* PULUMI_COMMAND_STDOUT",
    ...(command ? [`ForceCommand ${command(folder)}`] : []),
  ];
  await host.must(
    `mkdir -p ${quote(dirname(host.root))} && ln -s / ${quote(host.root)} && cat > /etc/ssh/sshd_config.d/lab.conf &&
    echo 'root:${PASSWORD}' | chpasswd && systemctl restart ssh`,
    { input: `${config.join("\n")}\n` },
  );
  const front = await countingProxy(host.address);
  return {
    lab,
    port: front.port,
    /** Its own address, where port 22 is the same server, uncounted. */
    address: host.address,
    user: "root",
    password: PASSWORD,
    /** An accepted private key. */
    privateKey: lab.key.private,
    hostKey: host.hostKey,
    rsaHostKey: host.publicKey("rsa"),
    /** An empty folder, for commands to write to. */
    folder,
    /** Accepts another key, given as an authorized_keys line. */
    authorize: (publicKey: string) => appendFileSync(join(host.root, "root/.ssh/authorized_keys"), `${publicKey}\n`),
    /** How many connections have come in so far. */
    connections: front.connections,
    /** How many of them are open. */
    open: front.open,
    /** Cuts all open connections. */
    cut: front.cut,
    async close() {
      front.close();
      await lab.close();
    },
  };
}

async function countingProxy(target: string) {
  let count = 0;
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    count++;
    const outgoing = connect(22, target);
    for (const socket of [incoming, outgoing]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    open: () => open.size / 2,
    cut,
    close() {
      server.close();
      cut();
    },
  };
}
