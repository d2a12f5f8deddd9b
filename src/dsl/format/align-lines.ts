import { maxWidth } from "./print-document.ts";
import { type PrintedLine, widthOf } from "./printed-line.ts";

/**
 * The text of printed lines. Adjacent lines that are items of one family are aligned at their marks, adjacent lines with
 * a comment at their end at the comments; a run that would get too wide by that stays as it is.
 */
export function alignLines(lines: readonly PrintedLine[]): string {
  const aligned = runs(lines, sameFamily).flatMap(alignRun);
  const commented = runs(aligned, bothCommented).flatMap(alignComments);
  return commented.map((text) => `${text}\n`).join("");
}

function runs(
  lines: readonly PrintedLine[],
  together: (a: PrintedLine, b: PrintedLine) => boolean,
): readonly (readonly PrintedLine[])[] {
  const found: PrintedLine[][] = [];
  let last: PrintedLine | undefined;
  for (const line of lines) {
    if (last !== undefined && together(last, line)) found.at(-1)?.push(line);
    else found.push([line]);
    last = line;
  }
  return found;
}

function sameFamily(a: PrintedLine, b: PrintedLine): boolean {
  return (
    a.family !== undefined && a.family === b.family && a.indent === b.indent && a.marks.length + b.marks.length > 0
  );
}

function bothCommented(a: PrintedLine, b: PrintedLine): boolean {
  return a.comment !== undefined && b.comment !== undefined && a.indent === b.indent;
}

function alignRun(run: readonly PrintedLine[]): readonly PrintedLine[] {
  if (run.length === 1) return run;
  const cells = run.map(({ text, marks }) => [0, ...marks].map((from, i) => text.slice(from, marks[i] ?? text.length)));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, cell] of row.entries()) if (i < row.length - 1) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  const texts = cells.map((row) =>
    row.map((cell, i) => (i < row.length - 1 ? padded(cell, widths[i] ?? 0) : cell)).join(""),
  );
  if (run.some(({ indent }, i) => indent + widthOf(texts[i] ?? "") > maxWidth)) return run;
  return run.map((line, i) => ({ ...line, text: texts[i] ?? line.text }));
}

function alignComments(run: readonly PrintedLine[]): readonly string[] {
  const width = run.reduce((most, { text }) => Math.max(most, widthOf(text)), 0);
  return run.map(({ indent, text, comment }) => {
    const line = `${" ".repeat(text === "" ? 0 : indent)}${text}`;
    return comment === undefined ? line : `${padded(line, indent + width)}  ${comment}`;
  });
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - widthOf(text));
}
