import type { Micros, Status, TondoError, ValueKind } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";

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

/** Room for the answers of some rows. */
export function emptyAnswers(rows: number, stride: number, at: Micros): StoredAnswers {
  const n = rows * stride;
  return {
    at,
    stride,
    values: new Array<Raw>(n).fill(null),
    statuses: new Array<Status>(n).fill("unavailable"),
    times: new Array<number>(n).fill(NaN),
    causes: undefined,
    isFinal: false,
  };
}

/** A stored value that a group's reader finds: the place in its layout's list, its kind, and where the answer goes. */
export interface WantedValue {
  readonly index: number;
  readonly kind: ValueKind;
  readonly target: number;
}

/** Puts what a record says (or what it says that there is none) into the answers of the row that begins at `base`. */
export type RecordReader = (record: Uint8Array | undefined, at: Micros, into: StoredAnswers, base: number) => void;
