// An IMAP server for tests: folders with messages, one user, and the ways in which a server can be in the way.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { authority, certificate } from "../../lab/certificates.ts";

/** A folder: its special use, and its messages, each with the number by which it is fetched. */
interface Folder {
  use?: string;
  messages: string[];
}

/** How the server behaves. */
export type Manner = "right" | "no STARTTLS" | "silent" | "mute after the login" | "another protocol" | "cuts off once";

/** The server. */
export interface ImapServer {
  readonly port: number;
  /** The certificate of its authority. */
  readonly ca: string;
  /** The commands so far, without their tags. */
  readonly commands: string[];
  /** Connections so far. */
  connections: number;
  folders: Record<string, Folder>;
  capabilities: string;
  manner: Manner;
  close(): void;
}

/** A key and a certificate for `localhost`, and the authority that has signed it. */
async function pemsOf(): Promise<{ own: string; ca: string }> {
  const folder = mkdtempSync(join(tmpdir(), "imap-"));
  const ca = readFileSync(await authority(folder, "Test CA"), "utf8");
  const own = await certificate(folder, "localhost");
  rmSync(folder, { recursive: true });
  return { own, ca };
}

const PASSWORD = "correct horse";

/** Opens it at a free port, with STARTTLS. Each user has the password `correct horse`. */
export async function openImapServer(): Promise<ImapServer> {
  const pems = await pemsOf();
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    server.connections++;
    serve(socket);
  });
  listener.listen(0, "localhost");
  await once(listener, "listening");
  const server: ImapServer = {
    port: (listener.address() as AddressInfo).port,
    ca: pems.ca,
    ...{ commands: [], connections: 0, folders: {}, capabilities: "", manner: "right" },
    close: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };

  function serve(plain: Socket): void {
    let socket: Socket = plain;
    let isSecure = false;
    let selected: Folder | undefined;
    const say = (text: string) => void socket.write(`${text}\r\n`);
    const capabilities = () =>
      `IMAP4rev1 SPECIAL-USE ${isSecure || server.manner === "no STARTTLS" ? "" : "STARTTLS LOGINDISABLED"} ${server.capabilities}`
        .replace(/ +/g, " ")
        .trim();
    const listen = (to: Socket) => {
      let text = "";
      to.on("error", () => {});
      to.on("data", (part) => {
        text += part.toString("utf8");
        for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
          const line = text.slice(0, end);
          text = text.slice(end + 2);
          answer(line);
        }
      });
    };
    const answer = (line: string): void => {
      const [, tag = "", command = "", rest = ""] = /^(\S+) ((?:UID )?\S+)(?: (.*))?$/i.exec(line) ?? [];
      server.commands.push(`${command} ${rest}`.trim());
      const done = (text = "done") => say(`${tag} OK ${text}`);
      const refuse = (text: string) => say(`${tag} NO ${text}`);
      const answers: Record<string, () => void> = {
        CAPABILITY: () => {
          say(`* CAPABILITY ${capabilities()}`);
          done();
        },
        STARTTLS: () => {
          done();
          plain.removeAllListeners("data");
          socket = new TLSSocket(plain, {
            isServer: true,
            secureContext: createSecureContext({ key: pems.own, cert: pems.own }),
          });
          isSecure = true;
          listen(socket);
        },
        LOGIN: () => {
          if (!rest.endsWith(` "${PASSWORD}"`)) refuse("[AUTHENTICATIONFAILED] Invalid credentials");
          else if (server.manner !== "mute after the login") done("logged in");
        },
        LIST: () => {
          // Asked for nothing, it names what stands between the parts of a folder's name.
          if (rest === '"" ""') say('* LIST (\\Noselect) "/" ""');
          else
            for (const [name, { use }] of Object.entries(server.folders))
              say(`* LIST (\\HasNoChildren${use ? ` ${use}` : ""}) "/" "${name}"`);
          done();
        },
        NOOP: () => {
          if (server.manner !== "cuts off once") return done();
          server.manner = "right";
          socket.destroy();
        },
        EXAMINE: () => {
          selected = server.folders[rest.replace(/ \(.*$/, "").replaceAll('"', "")];
          if (selected) {
            say(`* ${selected.messages.length} EXISTS`);
            say("* FLAGS (\\Seen)");
            say("* OK [UIDVALIDITY 1] valid");
            done("[READ-ONLY] open");
          } else refuse("no such folder");
        },
        "UID SEARCH": () => {
          const [, key = "", word = ""] = /(SUBJECT|TEXT|X-GM-RAW) "?(?:subject:)?(\w+)"?/i.exec(rest) ?? [];
          const isIn = (message: string) =>
            (/TEXT/i.test(key)
              ? message
              : (/^Subject: (.*)$/im.exec(message.split("\n\n")[0] ?? "")?.[1] ?? "")
            ).includes(word);
          const found = (selected?.messages ?? []).flatMap((message, at) => (isIn(message) ? [at + 1] : []));
          say(`* SEARCH ${found.join(" ")}`.trim());
          done();
        },
        "UID FETCH": () => {
          const uid = Number(rest.split(" ")[0]);
          const message = Buffer.from((selected?.messages[uid - 1] ?? "").replace(/\r?\n/g, "\r\n"));
          socket.write(`* ${uid} FETCH (UID ${uid} BODY[]<0> {${message.length}}\r\n`);
          socket.write(message);
          say(")");
          done();
        },
      };
      (answers[command.toUpperCase()] ?? done)();
    };
    listen(plain);
    if (server.manner === "silent") return;
    say(
      server.manner === "another protocol" ? "220 mail.example.com ESMTP" : `* OK [CAPABILITY ${capabilities()}] ready`,
    );
  }
  return server;
}
