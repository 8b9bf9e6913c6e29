// A picture of a terminal, from what a program has printed on it: text with colours (SGR), as SVG.

import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

const COLUMNS = 112;
const CELL = 8;
const LINE = 19;
const MARGIN = 18;
const BAR = 34;

// Readable on a dark ground, which the picture brings itself: it looks the same on a light page.
const GROUND = "#161b22";
const TEXT = "#e6edf3";
const palette = [
  ...["#6e7681", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#c9d1d9"],
  ...["#8b949e", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#ffffff"],
];

/** A sequence that changes the style. */
const colours = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`);

interface Style {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
}

interface Run {
  readonly text: string;
  readonly style: Style;
  readonly column: number;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One of the 256 colours. */
function indexed(index: number): string {
  if (index < 16) return palette[index] ?? TEXT;
  if (index > 231) return `rgb(${Array(3).fill(8 + (index - 232) * 10)})`;
  const part = (place: number) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / place) % 6];
  return `rgb(${[part(36), part(6), part(1)]})`;
}

/** The style after the codes of one escape sequence. */
function changed(style: Style, codes: readonly number[]): Style {
  const [code = 0, ...rest] = codes;
  const next = (one: Style, taken = 0) => (rest.length > taken ? changed(one, rest.slice(taken)) : one);
  if (code === 0) return next({});
  if (code === 1) return next({ ...style, bold: true });
  if (code === 2) return next({ ...style, dim: true });
  if (code === 3) return next({ ...style, italic: true });
  if (code === 4) return next({ ...style, underline: true });
  if (code === 22) return next({ ...style, bold: false, dim: false });
  if (code === 23) return next({ ...style, italic: false });
  if (code === 24) return next({ ...style, underline: false });
  if (code === 38 && rest[0] === 5) return next({ ...style, color: indexed(rest[1] ?? 7) }, 2);
  if (code === 38 && rest[0] === 2) return next({ ...style, color: `rgb(${rest.slice(1, 4)})` }, 4);
  if (code === 39) return next({ ...style, color: undefined });
  if (code >= 30 && code <= 37) return next({ ...style, color: palette[code - 30] });
  if (code >= 90 && code <= 97) return next({ ...style, color: palette[code - 82] });
  return next(style);
}

/** A line, continued below where it begins if it is too long. */
function wrapped(line: string): string[] {
  const [indent = ""] = /^ */.exec(stripVTControlCharacters(line)) ?? [];
  const [first = "", ...rest] = wrapAnsi(line, COLUMNS - indent.length, { hard: true, trim: false }).split("\n");
  return [first, ...rest.map((one) => indent + one.trimStart())];
}

/** The pieces of one style in each line. */
function runs(text: string): Run[][] {
  let style: Style = {};
  return text
    .trimEnd()
    .split("\n")
    .flatMap(wrapped)
    .map((line) => {
      let column = 0;
      return line.split(colours).flatMap((piece, index) => {
        if (index % 2 === 1) {
          style = changed(style, piece.slice(2, -1).split(";").map(Number));
          return [];
        }
        // Other sequences, such as links, show nothing.
        const shown = stripVTControlCharacters(piece);
        const run = { text: shown, style, column };
        column += stringWidth(shown);
        return shown.trim() ? [run] : [];
      });
    });
}

function element({ text, style, column }: Run, line: number): string {
  const lead = text.length - text.trimStart().length;
  const word = text.trim();
  const x = MARGIN + (column + lead) * CELL;
  const attributes = [
    `x="${x}"`,
    `y="${BAR + MARGIN + line * LINE}"`,
    // Whatever font is there: the columns stay where they are.
    `textLength="${stringWidth(word) * CELL}"`,
    ...(style.color ? [`fill="${style.color}"`] : []),
    ...(style.bold ? ['font-weight="600"'] : []),
    ...(style.dim ? ['opacity="0.7"'] : []),
    ...(style.italic ? ['font-style="italic"'] : []),
    ...(style.underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(" ")}>${escaped(word)}</text>`;
}

/** The picture; its title is read out to those who do not see it. */
export function terminal(text: string, title: string): string {
  const lines = runs(text);
  const width = 2 * MARGIN + COLUMNS * CELL;
  const height = BAR + 2 * MARGIN + (lines.length - 1) * LINE;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (color, index) => `<circle cx="${MARGIN + 4 + index * 20}" cy="${BAR / 2 + 2}" r="6" fill="${color}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title" \
xml:space="preserve" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" \
font-size="13" fill="${TEXT}">
<title id="title">${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="10" fill="${GROUND}"/>
${dots.join("")}
${lines.flatMap((line, index) => line.map((run) => element(run, index))).join("\n")}
</svg>
`;
}
