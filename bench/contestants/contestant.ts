// What every contestant is asked for.

import type { Lab, LabHost, LabRelay } from "../../lab/index.ts";
import type { Measured } from "../machine.ts";
import type { State } from "../results.ts";

/** The configuration that hosts are to have. */
export interface Wanted {
  readonly port: 587 | 465;
  readonly ownDomainMail: "relay" | "local";
  readonly username: string;
  readonly password: string;
  /** Whether the host is looked at before, by a program that can. */
  readonly drift?: "off";
}

/** What does not change. */
export interface Scene {
  readonly lab: Lab;
  readonly relay: LabRelay;
}

/** Hosts that one program manages. */
export interface Managed {
  readonly hosts: readonly LabHost[];
  /** Writes down what is wanted, as a user edits a file; that takes no time. */
  want(wanted: Wanted): Promise<void>;
  /** Makes it so, by one of the program's ways. */
  run(way: string): Promise<Measured>;
  /** Bytes of what the program keeps on this machine for each host. */
  state?(): State;
  close(): Promise<void>;
}

/** A program that manages hosts. */
export interface Contestant {
  readonly name: string;
  /** Its ways, each a column: what they are. */
  readonly ways: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  manage(scene: Scene, name: string, hosts: readonly LabHost[]): Promise<Managed>;
}

/** main.cf as one would write it by hand; what stands in no file of ours too, so that all do the same work. */
export const mainCf = (relayHost: string, { port, ownDomainMail }: Wanted): string =>
  [
    "compatibility_level = 2",
    "mydomain = example.com",
    "myorigin = $myhostname",
    "inet_interfaces = loopback-only",
    `mydestination = $myhostname, localhost.$mydomain, localhost${ownDomainMail === "local" ? ", $mydomain" : ""}`,
    `relayhost = [${relayHost}]:${port}`,
    "alias_maps = $default_database_type:/etc/aliases",
    "smtp_tls_security_level = secure",
    `smtp_tls_wrappermode = ${port === 465 ? "yes" : "no"}`,
    "smtp_tls_CAfile = /etc/postfix/ca.pem",
    "smtp_sasl_auth_enable = yes",
    "smtp_sasl_password_maps = $default_database_type:/etc/postfix/sasl_passwd",
    "smtp_sasl_security_options = noanonymous",
    "",
  ].join("\n");

/** The line of sasl_passwd. */
export const saslPasswd = (relayHost: string, { port, username, password }: Wanted): string =>
  `[${relayHost}]:${port} ${username}:${password}\n`;
