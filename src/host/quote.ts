/** One word for a POSIX shell. In single quotes only their end is special: it is left, written and entered again. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
