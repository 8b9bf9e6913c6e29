import type { Input } from "@pulumi/pulumi";

/** What the host does with mail to its own domain. */
export const OwnDomainMail = {
  /** The relay host delivers it, as any other mail. */
  Relay: "relay",
  /** It stays in mailboxes on the host. Only for domains whose MX is this host. */
  Local: "local",
} as const;
export type OwnDomainMail = (typeof OwnDomainMail)[keyof typeof OwnDomainMail];

/** How much of TLS must hold before a message or a password is sent. */
export const TlsLevel = {
  /** Encrypted, and the certificate is valid for the relay host's name. */
  Secure: "secure",
  /** Encrypted, but anybody may be at the other end. Only where the certificate cannot be checked. */
  Encrypted: "encrypted",
} as const;
export type TlsLevel = (typeof TlsLevel)[keyof typeof TlsLevel];

/** What the provider does with the old password when a new one is made. */
export const Rotation = {
  /** Both are valid for a while. */
  Overlap: "overlap",
  /** The old one is dead at once. */
  Cutover: "cutover",
} as const;
export type Rotation = (typeof Rotation)[keyof typeof Rotation];

/** A machine that the SSH connection goes through. */
export interface ProxyArgs {
  /**
   * Name or address of the bastion.
   */
  host: Input<string>;
  /**
   * SSH port of the bastion. Defaults to 22.
   */
  port?: Input<number>;
  /**
   * Login user on the bastion. Defaults to "root".
   */
  user?: Input<string>;
  /**
   * Public host key of the bastion, as in `/etc/ssh/ssh_host_ed25519_key.pub`. Another key ends the connection.
   */
  hostKey: Input<string>;
  /**
   * Text of a private key for the bastion, kept as a secret. Defaults to the keys of the SSH agent.
   */
  privateKey?: Input<string>;
  /**
   * Passphrase of `privateKey`, kept as a secret.
   */
  privateKeyPassword?: Input<string>;
  /**
   * Socket of the SSH agent. Defaults to the value of SSH_AUTH_SOCK.
   */
  agentSocketPath?: Input<string>;
}

/** How to log in to the host over SSH. */
export interface ConnectionArgs {
  /**
   * Name or address of the host. Changing it sets up the new host and leaves the old one as it is.
   */
  host: Input<string>;
  /**
   * SSH port. Defaults to 22.
   */
  port?: Input<number>;
  /**
   * Login user: root, or a user who may run `sudo` without a password. Defaults to "root".
   */
  user?: Input<string>;
  /**
   * Public host key, as in `/etc/ssh/ssh_host_ed25519_key.pub`. Takes ed25519 and ecdsa. Another key ends the
   * connection before anything is sent.
   */
  hostKey: Input<string>;
  /**
   * Text of a private key, kept as a secret. Defaults to the keys of the SSH agent, which leave nothing in the state.
   */
  privateKey?: Input<string>;
  /**
   * Passphrase of `privateKey`, kept as a secret.
   */
  privateKeyPassword?: Input<string>;
  /**
   * Socket of the SSH agent. Defaults to the value of SSH_AUTH_SOCK.
   */
  agentSocketPath?: Input<string>;
  /**
   * A bastion to connect through. Defaults to a direct connection.
   */
  proxy?: Input<ProxyArgs>;
  /**
   * Failed attempts to connect that are tried again, for hosts that still boot. Defaults to 0 for the first step on a
   * direct connection, so that a wrong key stops after one attempt; to 3 through a bastion, where sshd drops connections
   * at random when there are many, and to 3 for all later steps.
   */
  dialErrorLimit?: Input<number>;
}

/** The server that takes the host's mail. */
export interface RelayHostArgs {
  /**
   * Full name of the relay host. Its certificate must be valid for this name. MX records are not looked up.
   */
  host: Input<string>;
  /**
   * Submission port. 465, 2465, 8465 and 443 speak TLS from the first byte, any other starts with STARTTLS. Defaults
   * to 587.
   */
  port?: Input<number>;
}

/** The account at the relay host. */
export interface CredentialsArgs {
  /**
   * User name, as the provider writes it. No colon.
   */
  username: Input<string>;
  /**
   * Password or API key, kept as a secret. A wrong one fails the test delivery, and the host keeps the old one.
   */
  password: Input<string>;
}

/** How the connection to the relay host is protected. */
export interface TlsArgs {
  /**
   * What must hold before anything is sent; mail waits in the queue otherwise. Defaults to "secure".
   */
  level?: Input<TlsLevel>;
}

/** The message that proves each change. */
export interface TestDeliveryArgs {
  /**
   * Who gets it: a mailbox behind the relay host, not on this host.
   */
  to: Input<string>;
  /**
   * Sender, in the envelope and in the header. The provider must accept it. Defaults to root@hostname.
   */
  from?: Input<string>;
  /**
   * Seconds until the relay host must have answered, from 5 to 600. Later is a failure. Defaults to 60.
   */
  timeoutSeconds?: Input<number>;
}

/** Arguments of a Relay. */
export interface RelayArgs {
  /**
   * How to log in to the host over SSH.
   */
  connection: Input<ConnectionArgs>;
  /**
   * The domain this host belongs to, such as example.com.
   */
  domain: Input<string>;
  /**
   * The server that takes the host's mail.
   */
  relayHost: Input<RelayHostArgs>;
  /**
   * The account at the relay host.
   */
  credentials: Input<CredentialsArgs>;
  /**
   * The message that proves each change.
   */
  testDelivery: Input<TestDeliveryArgs>;
  /**
   * The host's own full name, used as HELO name and after the @ of bare senders such as root. Defaults to the name of
   * the Relay, a dot and `domain`.
   */
  hostname?: Input<string>;
  /**
   * What the host does with mail to `domain`. Defaults to "relay".
   */
  ownDomainMail?: Input<OwnDomainMail>;
  /**
   * How the connection to the relay host is protected. Defaults to encrypted with a verified certificate.
   */
  tls?: Input<TlsArgs>;
  /**
   * The only SASL mechanisms to use, such as CRAM-MD5, PLAIN or LOGIN. Defaults to the best one that the relay host
   * offers.
   */
  mechanisms?: Input<Input<string>[]>;
  /**
   * Whether the old password is still valid while a new one is proved. With "cutover" the host tries nothing with the
   * old one as soon as an update with another account begins: mail waits in the queue until a delivery with the new one
   * is proven, and goes on waiting if it is refused. Defaults to "overlap".
   */
  rotation?: Input<Rotation>;
  /**
   * PEM text of the certificate authorities to trust, instead of those of the operating system.
   */
  caCertificate?: Input<string>;
}

/** One host of a RelayFleet: the arguments of a Relay, and its name. */
export interface FleetHostArgs extends RelayArgs {
  /**
   * Name of the host's Relay, unique in the stack.
   */
  name: string;
}

/** Arguments of a RelayFleet. */
export interface RelayFleetArgs {
  /**
   * The hosts, in the order in which they are changed. Put the one that may fail first.
   */
  hosts: FleetHostArgs[];
  /**
   * Sizes of the waves, each a number of hosts or a percentage of all hosts, rounded up: "1", "25%", "100%". The last
   * one repeats until all hosts are done. A wave starts when every test delivery of the one before is proven. Defaults
   * to one host, then all others.
   */
  waves?: string[];
}
