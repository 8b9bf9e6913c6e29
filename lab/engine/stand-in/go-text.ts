// Part of the stand-in for the command provider (command-provider.ts): texts as the real provider, a Go program, writes
// them. Unused where the official provider is installed.
import { constants } from "node:os";

const named: Record<string, string> = Object.fromEntries(
  ["\x07a", "\bb", "\ff", "\nn", "\rr", "\tt", "\vv", "\\\\", '""'].map(([from, to]) => [from, `\\${to}`]),
);

/** A text in double quotes, as Go's `%q` writes it. */
export function quoted(text: string): string {
  const characters = Array.from(text, (character) => {
    if (named[character]) return named[character];
    const code = character.codePointAt(0) as number;
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (code < 0x7f || !/[\p{C}\p{Z}]/u.test(character)) return character;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${characters.join("")}"`;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
  ECONNRESET: "read: connection reset by peer",
  ENOENT: "connect: no such file or directory",
  EACCES: "connect: permission denied",
};

/** Why a TCP connection or a local socket could not be opened. */
export function dialError(network: "tcp" | "unix", address: string, error: unknown): Error {
  const { errors = [], code = "", message } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  const first = errors[0] as (NodeJS.ErrnoException & { address?: string; port?: number }) | undefined;
  const own = first ?? (error as NodeJS.ErrnoException & { address?: string; port?: number });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new Error(`dial ${network}: lookup ${address.replace(/:\d+$/, "")}: no such host`);
  }
  const target = network === "tcp" && own.address ? join(own.address, own.port ?? 0) : address;
  return new Error(`dial ${network} ${target}: ${reasons[own.code ?? code] ?? own.message ?? message}`);
}

/** Host and port in one text. */
export function join(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How a remote command ended: its status, or the signal that ended it. */
export function exitText(code: number | null, signal?: string, reason?: string): string {
  if (!signal) return `Process exited with status ${code}`;
  // SSH names a signal without its SIG.
  const name = signal.replace(/^SIG/, "");
  const status = 128 + (constants.signals[`SIG${name}` as NodeJS.Signals] ?? 0);
  return `Process exited with status ${status} from signal ${name}${reason ? `. Reason was: ${reason}` : ""}`;
}
