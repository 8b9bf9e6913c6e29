/** Whether an argument of this name is a secret, wherever it stands. */
export function isSecret(name: string | number | undefined): boolean {
  return name === "password" || name === "privateKey" || name === "privateKeyPassword";
}
