// Text from elsewhere, such as from a host, on its way to a terminal: it may say what it likes, but it moves no cursor,
// hides nothing, begins no line, and does not fill the screen.

/** Control characters, invisible ones, those that turn the direction of a text, and the ends of lines. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** The characters of one text that are shown. */
const LONGEST = 500;

/** The text with a blank for each run of such characters, and no mark that Pulumi takes for a colour. */
export const cleanWhole = (text: string): string => text.replace(UNPRINTABLE, " ").replaceAll("<{%", "<{ %");

/**
 * The same; what is beyond 500 characters is counted. Our own words and line breaks come round it afterwards.
 */
export function clean(text: string): string {
  const printable = cleanWhole(text);
  if (printable.length <= LONGEST) return printable;
  const characters = [...printable];
  const more = characters.length - LONGEST;
  if (more <= 0) return printable;
  return `${characters.slice(0, LONGEST).join("")} … (${more} more characters)`;
}
