// Why a rollout does not begin, or not continue: in words for the user, with the exit code of the command.

/** The exit codes that only a rollout has. */
export const codes = {
  done: 0,
  failed: 1,
  inconclusive: 2,
  waits: 3,
  aborted: 4,
  usage: 64,
  /** The database is not there, a stack is locked by somebody, or another version of us has begun it. */
  unavailable: 75,
  interrupted: 130,
} as const;

/** The message says what is in the way, and what to do about it; never a secret. */
export class Refused extends Error {
  readonly code: number;

  constructor(message: string, code: number = codes.usage) {
    super(message);
    this.code = code;
  }
}
