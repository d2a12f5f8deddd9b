import type { Micros, Status, ValueKind } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";

/** What was found for some rows: `stride` stored values a row, each with its status and, of snapshots, its time. */
export interface StoredAnswers {
  readonly at: Micros;
  readonly stride: number;
  readonly values: Raw[];
  readonly statuses: Status[];
  /** When the row of a snapshot happened; NaN where there is none. */
  readonly times: number[];
}

/** Room for the answers of some rows. */
export function emptyAnswers(rows: number, stride: number, at: Micros): StoredAnswers {
  const n = rows * stride;
  return {
    at,
    stride,
    values: new Array<Raw>(n).fill(null),
    statuses: new Array<Status>(n).fill("missing"),
    times: new Array<number>(n).fill(NaN),
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
