// How to reach the host. A bastion and a host have seven arguments of one name, and no base: the schema for other
// languages has a text for each, and would say of a bastion what is true of hosts alone.

import type { Input } from "@pulumi/pulumi";

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
   * How many failed attempts to connect are repeated, for hosts that are still booting. Defaults to 0 for the first
   * step on a direct connection, so that a wrong key stops after one attempt; to 3 through a bastion, where sshd drops
   * connections at random when there are many, and to 3 for all later steps.
   */
  dialErrorLimit?: Input<number>;
}
