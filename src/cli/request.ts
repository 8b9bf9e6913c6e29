// What can be asked of the command line.

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
