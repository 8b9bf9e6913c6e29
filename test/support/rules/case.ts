type Values = Record<string, unknown>;

/** Values put over the example, and the path of the problem. */
export type Case = [values: Values, path?: string];

/** By the id of a rule: what it refuses, and what is close to that and can work. */
export type Cases = Record<string, { refused: Case[]; accepted: Case[] }>;

export const other = { host: "smtp.example.org" };
export const sameServer = { host: "example.sakura.ne.jp", port: 2525 };
export const account = { username: "other", password: "secret" };
export const FINGERPRINT = Array(32).fill("AB").join(":");
