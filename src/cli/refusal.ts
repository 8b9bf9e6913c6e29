// The reason why a command ends, in words for the user.

/** The message says what is in the way and what to do about it; never a secret. */
export class Refusal extends Error {
  /** Exit code. */
  readonly code: number;

  constructor(message: string, code = 2) {
    super(message);
    this.code = code;
  }
}
