// A password: from a terminal, which does not show it, or from a pipe.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { USAGE } from "./exit-codes.ts";
import { Refusal } from "./refusal.ts";

/** The terminal, or what stands for it. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: { readonly write: (text: string) => unknown };
}

/**
 * Asks on the terminal; what is typed is not shown, and no history keeps it. Ctrl-C, Ctrl-D and the signal end it with
 * a Refusal of exit code 130.
 */
export function askHidden(question: string, { input, output }: Terminal, signal?: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const line = createInterface({ input, output: nowhere, terminal: true, historySize: 0, signal });
  output.write(question);
  return new Promise((resolve, reject) => {
    let answer: string | undefined;
    line.once("line", (text) => {
      answer = text;
      line.close();
    });
    line.once("SIGINT", () => line.close());
    line.once("close", () => {
      output.write("\n");
      if (answer === undefined) reject(new Refusal("nothing was done", INTERRUPTED));
      else resolve(answer);
    });
  });
}

/** The exit code of who was interrupted. */
export const INTERRUPTED = 130;

/** A new password, or whatever `word` says, typed twice. */
export async function newPassword(
  ask: (question: string) => Promise<string>,
  whose: string,
  word = "password",
): Promise<string> {
  const first = await ask(`New ${word} ${whose}: `);
  if (first === "") throw new Refusal(`no ${word} was typed; nothing was written`, USAGE);
  if ((await ask("Once more: ")) !== first) throw new Refusal(`these are two ${word}s; nothing was written`, USAGE);
  return first;
}

/** The password, or whatever `word` says, in what came through a pipe: all of it, without the end of its line. */
export function passwordIn(text: string, word = "password"): string {
  const password = text.replace(/\r?\n$/, "");
  if (password === "")
    throw new Refusal(`there is no ${word} on stdin; pipe it in, or run this on a terminal, which asks for it`, USAGE);
  return password;
}
