import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { withLock } from "../../../lab/lock.ts";
import { everyRow } from "../rows.ts";

const file = join(import.meta.dirname, "../../../docs/faults.md");

/** What the tests of one file have seen, as a section of docs/faults.md. */
export class Table {
  readonly #title: string;
  readonly #columns: string[];
  readonly #rows: string[][] = [];

  constructor(title: string, columns: string[]) {
    this.#title = title;
    this.#columns = columns;
  }

  add(...cells: (string | number)[]): void {
    // The package mirror of the machine that ran it is nobody's business.
    this.#rows.push(
      cells.map((cell) =>
        String(cell)
          .replace(/https?:\/\/\S+.*?refused\)/, "…")
          .replace(/https?:\/\/[^\s`]+/g, "…"),
      ),
    );
  }

  /** Prints it; with UPDATE_DOCS=1 writes it to the docs, else looks whether the docs name each of its rows. */
  async close(): Promise<void> {
    const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
    const lines = [line(this.#columns), line(this.#columns.map(() => "-")), ...this.#rows.map(line)];
    console.log(`${this.#title}\n${lines.join("\n")}`);
    if (process.env.UPDATE_DOCS) {
      if (!everyRow) throw new Error("only `--project all` has each row of the tables");
      await withLock("faults-docs", async () => {
        const text = existsSync(file) ? readFileSync(file, "utf8") : "";
        const [before = "", after = ""] = parts(text, this.#title);
        const section = [`## ${this.#title}`, "", ...lines, ""].join("\n");
        writeFileSync(
          file,
          [before.trimEnd(), section.trimEnd(), after.trim()].filter(Boolean).join("\n\n").concat("\n"),
        );
      });
      return;
    }
    const docs = readFileSync(file, "utf8").replace(/ +/g, " ");
    for (const [what = "", where = ""] of this.#rows) expect(docs).toContain(`| ${what} | ${where} |`);
  }
}

/** The text before and after a section. */
function parts(text: string, title: string): string[] {
  const start = text.indexOf(`## ${title}\n`);
  if (start < 0) return [text];
  const end = text.indexOf("\n## ", start + 3);
  return [text.slice(0, start), end < 0 ? "" : text.slice(end + 1)];
}
