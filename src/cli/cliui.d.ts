// The part of cliui that is used here; the package has no types of its own.

declare module "cliui" {
  interface Column {
    text: string;
    width?: number;
  }

  interface Layout {
    /** Adds a row. */
    div(...columns: Column[]): void;
    /** All rows, without blanks at the ends of their lines. */
    toString(): string;
  }

  /** `width` in columns; `wrap`: whether texts that are too long for their column are broken into lines. */
  export default function cliui(options: { width: number; wrap: boolean }): Layout;
}
