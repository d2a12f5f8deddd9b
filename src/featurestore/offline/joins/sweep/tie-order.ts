import { isMissingRaw, type Raw, type RawColumn } from "../../../../dsl/index.ts";
import type { Passing } from "./window-sweep.ts";

/** A stretch of the passage with the columns that order events of one time. */
export interface TiedPassing extends Passing {
  readonly ties: readonly RawColumn[];
}

/**
 * Puts events of one key, moment and time into the order of the contract: by the columns that tell them apart, each missing before all values. What passes
 * comes a stretch at a time, and such events may lie in several: those are held until the last of them is there.
 */
export class TieOrder {
  #held: TiedPassing[] = [];

  /** Takes the next stretch; gives what is in order now, which ends with the stretch before. */
  take(next: TiedPassing): Passing | undefined {
    const last = this.#held.at(-1);
    if (last === undefined || areTied(last, last.rows - 1, next, 0)) {
      this.#held.push(next);
      return undefined;
    }
    const settled = this.finish();
    this.#held.push(next);
    return settled;
  }

  /** Gives what is still held; nothing comes behind it. */
  finish(): Passing | undefined {
    const [first, ...rest] = this.#held;
    this.#held = [];
    if (first === undefined) return undefined;
    return order(rest.length === 0 ? first : joined([first, ...rest]));
  }
}

/** Whether two are events of one key, moment and time. */
function areTied(a: Passing, i: number, b: Passing, j: number): boolean {
  return (
    a.asks[i] === 0 && b.asks[j] === 0 && a.key[i] === b.key[j] && a.moment[i] === b.moment[j] && a.at[i] === b.at[j]
  );
}

/** Orders the ties of a stretch, in place. */
function order(passing: TiedPassing): Passing {
  const { rows } = passing;
  const columns = new Set<RawColumn>([...passing.inputs, ...passing.wheres, ...passing.ties]);
  if (passing.until !== undefined) columns.add(passing.until);
  for (let start = 0; start < rows;) {
    let end = start + 1;
    while (end < rows && areTied(passing, start, passing, end)) end++;
    if (end - start > 1) orderRun(passing.ties, columns, start, end);
    start = end;
  }
  return passing;
}

function orderRun(ties: readonly RawColumn[], columns: ReadonlySet<RawColumn>, start: number, end: number): void {
  const places = Array.from({ length: end - start }, (_, i) => start + i);
  places.sort((a, b) => compareRows(ties, a, b));
  if (places.every((place, i) => place === start + i)) return;
  for (const column of columns) {
    const values = places.map((place) => column[place] ?? null);
    // Of an array of numbers a missing value is NaN, never null.
    for (const [i, value] of values.entries()) (column as Raw[])[start + i] = value;
  }
}

function compareRows(ties: readonly RawColumn[], a: number, b: number): number {
  for (const column of ties) {
    const order = compareRaw(column[a] ?? null, column[b] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * The order of values of one kind, as the engines sort: missing before all, texts by code points, lists element by element, one that ends before one that goes on.
 *
 * @example `compareRaw("a", "b") // below 0`
 */
export function compareRaw(a: Raw, b: Raw): number {
  const [first, second] = [isMissingRaw(a), isMissingRaw(b)];
  if (first || second) return Number(second) - Number(first);
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  if (isSequence(a) && isSequence(b)) {
    const shared = Math.min(a.length, b.length);
    for (let i = 0; i < shared; i++) {
      const order = compareRaw(a[i] ?? null, b[i] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  // Ints beyond 2^53 are bigints beside numbers.
  const [x, y] = [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : 0;
}

function isSequence(value: Raw): value is Raw & ArrayLike<Raw> {
  return typeof value === "object" && value !== null;
}

/** By code points, which is the order of UTF-8's bytes. JavaScript's own is by halves of code points: those of pairs come before U+E000. */
function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Stretches as one; columns that were the same array are again. */
function joined(parts: readonly [TiedPassing, ...TiedPassing[]]): TiedPassing {
  const [first] = parts;
  const known = new Map<RawColumn, RawColumn>();
  const column = (own: RawColumn, of: (part: TiedPassing) => RawColumn): RawColumn => {
    const made = known.get(own) ?? append(parts.map(of));
    known.set(own, made);
    return made;
  };
  const numbers = (of: (part: TiedPassing) => Float64Array): Float64Array => append(parts.map(of)) as Float64Array;
  const columns = (of: (part: TiedPassing) => readonly RawColumn[]): readonly RawColumn[] =>
    of(first).map((own, i) => column(own, (part) => of(part)[i] ?? []));
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    key: numbers(({ key }) => key),
    moment: numbers(({ moment }) => moment),
    asks: numbers(({ asks }) => asks),
    at: numbers(({ at }) => at),
    until: first.until === undefined ? undefined : numbers(({ until }) => until ?? new Float64Array()),
    inputs: columns(({ inputs }) => inputs),
    wheres: columns(({ wheres }) => wheres),
    ties: columns(({ ties }) => ties),
  };
}

/** Columns one behind the other; numbers stay numbers where all of them are. */
function append(parts: readonly RawColumn[]): RawColumn {
  if (parts.every((part) => part instanceof Float64Array)) {
    const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
  return parts.flatMap((part) => Array.from(part as ArrayLike<Raw>));
}
