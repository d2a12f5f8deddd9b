import { casedRanges, ignorableRanges, lowerRuns, unicodeVersion, upperRuns } from "./tables/case-tables.ts";

/** The tables that upper and lower case come from, as fingerprints name them. */
export const caseTables: string = `unicode ${unicodeVersion}`;

const sigma = 0x3a3;
const finalSigma = "ς";

interface Tables {
  readonly lower: ReadonlyMap<number, string>;
  readonly upper: ReadonlyMap<number, string>;
  /** First and last code point of each range, ascending. */
  readonly cased: Uint32Array;
  readonly ignorable: Uint32Array;
}

let made: Tables | undefined;

/** Made when the first text beyond ASCII comes. */
function tables(): Tables {
  made ??= {
    lower: readRuns(lowerRuns),
    upper: readRuns(upperRuns),
    cased: readRanges(casedRanges),
    ignorable: readRanges(ignorableRanges),
  };
  return made;
}

/**
 * Upper case by Unicode's full mappings (`ß` becomes `SS`), of the release named in {@link caseTables}, whatever the
 * locale and the running Node.
 */
export function upperCase(text: string): string {
  // What Unicode says of ASCII will never change, so that the engine's own may do it.
  return beyondAscii.test(text) ? mapped(text, tables().upper) : text.toUpperCase();
}

/** Lower case, see {@link upperCase}; a capital sigma at the end of a word becomes `ς` (Unicode's Final_Sigma). */
export function lowerCase(text: string): string {
  // The lower case of Latin-1 lies within it, one for one, and by Unicode's stability of case pairs stays what it is.
  return beyondLatin1.test(text) ? mapped(text, tables().lower) : text.toLowerCase();
}

/** V8 knows without looking that a text held in bytes has no such unit: faster than a loop, however short the text is. */
const beyondLatin1 = /[\u0100-\uffff]/;
const beyondAscii = /[\u0080-\uffff]/;

function mapped(text: string, mapping: ReadonlyMap<number, string>): string {
  let result = "";
  // What stays as it is goes over in one piece.
  let copied = 0;
  for (let i = 0; i < text.length;) {
    const point = text.codePointAt(i) ?? 0;
    const width = point > 0xffff ? 2 : 1;
    let to = mapping.get(point);
    if (to !== undefined) {
      if (point === sigma && isFinal(text, i)) to = finalSigma;
      result += text.slice(copied, i) + to;
      copied = i + width;
    }
    i += width;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/** Whether a sigma ends a word: a letter stands before it and none behind it, marks passed over. */
function isFinal(text: string, at: number): boolean {
  return casedBefore(text, at) && !casedBehind(text, at + 1);
}

function casedBefore(text: string, end: number): boolean {
  const { cased, ignorable } = tables();
  for (let i = end - 1; i >= 0; i--) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) i--;
    const point = text.codePointAt(i) ?? 0;
    if (!contains(ignorable, point)) return contains(cased, point);
  }
  return false;
}

function casedBehind(text: string, start: number): boolean {
  const { cased, ignorable } = tables();
  for (let i = start; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (!contains(ignorable, point)) return contains(cased, point);
    if (point > 0xffff) i++;
  }
  return false;
}

function contains(ranges: Uint32Array, point: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  // The last range that begins at or before the point.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[2 * middle] ?? 0) <= point) low = middle + 1;
    else high = middle;
  }
  return low > 0 && point <= (ranges[2 * low - 1] ?? 0);
}

function readRuns(runs: string): Map<number, string> {
  const mapping = new Map<number, string>();
  let last = 0;
  for (const run of runs.split(" ")) {
    const [gap = 0, ...rest] = run.split(/[,:]/).map((digits) => Number.parseInt(digits, 36));
    last += gap;
    if (run.includes(":")) {
      mapping.set(last, String.fromCodePoint(...rest));
      continue;
    }
    const [count = 0, step = 0, difference = 0] = rest;
    for (let i = 0; i < count; i++) mapping.set(last + i * step, String.fromCodePoint(last + i * step + difference));
    last += (count - 1) * step;
  }
  return mapping;
}

function readRanges(text: string): Uint32Array {
  let last = 0;
  return Uint32Array.from(
    text.split(" ").flatMap((range) => {
      const [gap = 0, more = 0] = range.split(",").map((digits) => Number.parseInt(digits, 36));
      const from = last + gap;
      last = from + more;
      return [from, last];
    }),
  );
}

/** White space as ECMAScript 2025 defines it for `trim`, kept as it is. */
export function isWhiteSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit >= 0x2000 && unit <= 0x200a) return true;
  return [0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].includes(unit);
}

/** A text without white space at both ends. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
