// What can be asked of the command line.

import type { Path } from "../settings/problems.ts";
import type { AccountSecret } from "../stack/account.ts";

/** Commands that check all hosts. */
export const checks = ["check", "status"] as const;

/** Commands that do something on the hosts that they name. */
export const actions = ["test", "probe", "queue", "rollback"] as const;

/** The hosts that a command is about, and the form of the answer. */
export interface Scope {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** Names of stacks; none for the one that is selected. */
  readonly stacks: readonly string[];
  readonly all: boolean;
  /** Names of hosts; none for all of them. */
  readonly hosts: readonly string[];
  readonly json: boolean;
  /** Colours by choice; undefined leaves that to the environment. */
  readonly color?: boolean;
}

/** A check of hosts. */
export interface Request extends Scope {
  readonly command: (typeof checks)[number];
  /** Whether each host is probed, too. */
  readonly probe: boolean;
  /** Recipient of the probes; undefined for that of the test delivery of each host. */
  readonly to?: string;
}

/** Something that is done on hosts. */
export interface Action extends Scope {
  readonly command: (typeof actions)[number];
  /** Recipient of a message or a probe; undefined for that of the test delivery. */
  readonly to?: string;
  /** Whether nobody is asked before something is changed. */
  readonly yes: boolean;
}

/** A new project: what was given as options, so that it is not asked. */
export interface InitOptions {
  readonly cwd: string;
  readonly stack: string;
  readonly json: boolean;
  /** USER@HOST:PORT of a host whose Postfix was set up by hand: it answers what it can. */
  readonly from?: string;
  readonly address?: string;
  readonly name?: string;
  readonly domain?: string;
  readonly relay?: string;
  readonly username?: string;
  readonly to?: string;
}

/** A verb of `rollout`. */
export interface RolloutRequest {
  readonly verb: string;
  readonly id: string | undefined;
  readonly names: readonly string[];
  readonly cwd: string;
  readonly state: string | undefined;
  readonly database: string | undefined;
  readonly stacks: readonly string[];
  readonly tags: readonly string[];
  readonly exclude: readonly string[];
  readonly all: boolean;
  readonly waves: readonly string[] | undefined;
  readonly concurrency: number | undefined;
  readonly maxFailures: number;
  readonly maxUnreachable: number;
  /** Seconds. */
  readonly bake: number;
  readonly timeout: number;
  readonly approval: "none" | "after-canary" | "each-wave";
  readonly gate: boolean;
  readonly check: boolean;
  readonly replan: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly workerId: string | undefined;
  readonly days: number;
  readonly files: { readonly html?: string; readonly junit?: string; readonly markdown?: string };
  readonly color?: boolean;
}

/** A verb of `credentials`. */
export interface CredentialsRequest {
  readonly verb: string;
  /** Where the account stands in the configuration of a stack. */
  readonly path: Path;
  /** Which of its secrets is a new one. */
  readonly secret: AccountSecret;
  /** The new user name; undefined for the one that is there. */
  readonly username: string | undefined;
  /** The stacks, and the rollout that follows. */
  readonly rollout: RolloutRequest;
}

/** A verb of `hostkey`. */
export interface HostKeyRequest {
  readonly verb: string;
  readonly stack: string;
  /** Undefined for all hosts of the stack. */
  readonly host: string | undefined;
  readonly cwd: string;
  /** Whether a key that is there gives way to another one. */
  readonly replace: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly color?: boolean;
}

/** How consent is given: by a code that is typed into a page, or by a browser that is sent back to this machine. */
export type ConsentFlow = "device" | "browser";

/** A verb of `oauth`. */
export interface OauthRequest {
  readonly verb: string;
  /** Name of the stack; undefined for the one that is selected. */
  readonly stack: string | undefined;
  /** Where the account stands in its configuration. */
  readonly path: Path;
  readonly cwd: string;
  /** Undefined for the flow that the service is known for. */
  readonly flow: ConsentFlow | undefined;
  /** Whether the address is pasted back; undefined leaves that to the terminal: over SSH it is. */
  readonly paste: boolean | undefined;
  /** What the configuration lacks. */
  readonly clientId: string | undefined;
  readonly tokenEndpoint: string | undefined;
  readonly scope: string | undefined;
  /** Where consent is asked for; undefined for what is known of the service. */
  readonly deviceEndpoint: string | undefined;
  readonly authorizeEndpoint: string | undefined;
  /** Seconds until nobody waits for consent any more. */
  readonly timeout: number;
}

/** The names that a completion offers. */
export interface Names {
  readonly stacks: readonly string[];
  readonly hosts: readonly string[];
}

/** Whether a command is a check. */
export const isCheckName = (command: string): command is Request["command"] =>
  (checks as readonly string[]).includes(command);

/** Whether a check was asked for, which changes nothing. */
export const isCheck = (request: Request | Action): request is Request => isCheckName(request.command);
