// The choice of colours.

/** The option wins; then the conventions of https://no-color.org and https://force-color.org; then the terminal. */
export function usesColor(option: boolean | undefined, env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  if (option !== undefined) return option;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return !["0", "false"].includes(env.FORCE_COLOR);
  return isTTY && env.TERM !== "dumb";
}
