/** One word for a POSIX shell. In single quotes nothing is special but their end, so that is left, written and entered again. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
