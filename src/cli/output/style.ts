import { visible } from "../../core/index.ts";

/** Paints text for a terminal, or leaves it as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Colours by ANSI escapes, or none. */
export function styleOf(colours: boolean): Style {
  const paint =
    (on: number, off: number) =>
    (text: string): string =>
      colours && text !== "" ? `\u001b[${String(on)}m${text}\u001b[${String(off)}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** A text whose line breaks are the only signs that a terminal obeys: names and values come from files. */
export function printable(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** As {@link printable}, with the colours that a {@link Style} has put on: what a command says, as a whole. */
export function printableWithColours(text: string): string {
  return text
    .split(/(\u001b\[(?:1|2|22|31|32|33|36|39)m)/)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}
