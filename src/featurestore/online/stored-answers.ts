import type { Micros, Status, TondoError, ValueKind } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";
import type { PushedBeside } from "./pushed-beside.ts";

/** What was found for some rows: `stride` stored values a row, each with its status and, of snapshots, its time. */
export interface StoredAnswers {
  readonly at: Micros;
  readonly stride: number;
  readonly values: Raw[];
  /** `unavailable` until a record, or that there is none, says otherwise. */
  readonly statuses: Status[];
  /** When the row of a snapshot happened; NaN where there is none. */
  readonly times: number[];
  /** Why what is unavailable is, by place; absent where nothing is. */
  causes: (TondoError | undefined)[] | undefined;
  /** Set once these are answered with: what a store says from then on comes too late. */
  isFinal: boolean;
}

/** What every answer to a program begins as; see {@link blankRow}. */
export interface BlankRow {
  readonly values: readonly Raw[];
  readonly statuses: readonly Status[];
  readonly times: readonly number[];
  /** Whether all its values are numbers. */
  readonly isNumeric: boolean;
}

/** A row of which nothing is known yet, of values that are missing like these. */
export function blankRow(missing: readonly Raw[]): BlankRow {
  return {
    values: [...missing],
    statuses: missing.map(() => "unavailable"),
    times: missing.map(() => NaN),
    isNumeric: missing.every((one) => one !== null),
  };
}

/** Room for the answers of some rows. Arrays of numbers alone are copied as such, and take less memory than others. */
export function emptyAnswers(rows: number, blank: BlankRow, at: Micros): StoredAnswers {
  const stride = blank.values.length;
  const n = rows * stride;
  const isOne = rows === 1;
  return {
    at,
    stride,
    values: isOne ? blank.values.slice() : blank.isNumeric ? noNumbers(n) : nothing(n),
    statuses: isOne ? blank.statuses.slice() : notKnown(n),
    times: isOne ? blank.times.slice() : noNumbers(n),
    causes: undefined,
    isFinal: false,
  };
}

/** The most answers of a call that are copied; more are filled in. */
const mostCopied = 1 << 14;

/** Makes arrays of one value, as copies of one that is as long as the longest so far: to fill them in takes several times as long. */
function copiesOf<T>(value: T): (n: number) => T[] {
  let kept: readonly T[] = [];
  return (n) => {
    if (n > mostCopied) return new Array<T>(n).fill(value);
    if (kept.length < n) kept = new Array<T>(n).fill(value);
    return kept.slice(0, n);
  };
}

const noNumbers = copiesOf(NaN);
const nothing = copiesOf<Raw>(null);
const notKnown = copiesOf<Status>("unavailable");

/** A stored value that a group's reader finds: the place in its layout's list, its kind, and where the answer goes. */
export interface WantedValue {
  readonly index: number;
  readonly kind: ValueKind;
  /** What stands for a missing one. */
  readonly missing: Raw;
  readonly target: number;
}

/**
 * Puts what a record says (or what it says that there is none) into the answers of the row that begins at `base`.
 *
 * @param pushed what was pushed beside it, with values by the place of what is wanted; absent where nothing was
 */
export type RecordReader = (
  record: Uint8Array | undefined,
  at: Micros,
  into: StoredAnswers,
  base: number,
  pushed?: PushedBeside,
) => void;
