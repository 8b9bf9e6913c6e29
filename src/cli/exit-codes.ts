// The exit codes of the command, in one table.

/** sysexits.h: the command line was wrong. Drift must not look like a mistake in typing, so it is not 1. */
export const USAGE = 64;

/** A fault of this program. */
export const FAULT = 70;

/** What `--help` says of them. */
export const exitCodes = `Exit codes:
  0   all is well: in sync, or done
  1   a host has drifted, has another owner, or cannot do it
  2   unknown: a host does not answer, or a stack cannot be read
  ${USAGE}  wrong usage
  ${FAULT}  a fault of this program`;
