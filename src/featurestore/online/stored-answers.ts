import type { Micros, Status, TondoError, ValueKind } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";
import type { PushedValues } from "./pushed-values.ts";

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
  /** As many rows as were asked for last: who asks for many does so again, and to copy them takes a fraction of filling them in. */
  several: BlankRows | undefined;
}

/** Some rows of which nothing is known yet. */
interface BlankRows {
  readonly rows: number;
  readonly values: readonly Raw[];
  readonly statuses: readonly Status[];
  readonly times: readonly number[];
}

/** The most values of rows that are kept to be copied. */
const mostKept = 1 << 14;

/** A row of which nothing is known yet, of values that are missing like these. */
export function blankRow(missing: readonly Raw[]): BlankRow {
  return {
    values: [...missing],
    statuses: missing.map(() => "unavailable"),
    times: missing.map(() => NaN),
    isNumeric: missing.every((one) => one !== null),
    several: undefined,
  };
}

/** Room for the answers of some rows. Arrays of numbers alone are copied or filled as such, and take less memory than others. */
export function emptyAnswers(rows: number, blank: BlankRow, at: Micros): StoredAnswers {
  const { values, statuses, times } = rows === 1 ? blank : blankRows(rows, blank);
  return {
    at,
    stride: blank.values.length,
    values: values.slice(),
    statuses: statuses.slice(),
    times: times.slice(),
    causes: undefined,
    isFinal: false,
  };
}

function blankRows(rows: number, blank: BlankRow): BlankRows {
  if (blank.several?.rows === rows) return blank.several;
  const n = rows * blank.values.length;
  const several = {
    rows,
    values: new Array<Raw>(n).fill(blank.isNumeric ? NaN : null),
    statuses: new Array<Status>(n).fill("unavailable"),
    times: new Array<number>(n).fill(NaN),
  };
  if (n <= mostKept) blank.several = several;
  return several;
}

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
 * @param pushed what was pushed beside it: values by the place of what is wanted; absent where nothing was
 */
export type RecordReader = (
  record: Uint8Array | undefined,
  at: Micros,
  into: StoredAnswers,
  base: number,
  pushed?: readonly PushedValues[],
) => void;
