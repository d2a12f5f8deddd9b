import type { Micros } from "../../../core/index.ts";
import { decodeFolds, decodePushed, encodeFolds, encodePushed, foldedUpTo, type PushedRow } from "../codec/index.ts";
import { keyOfRecent } from "../recent-rows.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** What is left of a record, or the record itself where all is; and how many rows are not. */
interface Dropped {
  readonly record: Bytes | undefined;
  readonly rows: number;
}

/**
 * Takes rows out of a record of an overlay.
 *
 * @param upTo folds that end there or before are dropped, too
 */
export function dropRows(key: Bytes, record: Bytes, isWanted: (row: PushedRow) => boolean, upTo: Micros): Dropped {
  return keyOfRecent(key) === undefined ? withoutRows(record, isWanted, upTo) : withoutFolds(record, upTo);
}

function withoutFolds(record: Bytes, upTo: Micros): Dropped {
  const folds = decodeFolds(record);
  const kept = folds.filter((fold) => fold.upTo > upTo);
  if (kept.length === folds.length) return { record, rows: 0 };
  const rows = folds.reduce((sum, fold) => (fold.upTo > upTo ? sum : sum + fold.rows), 0);
  return { record: kept.length === 0 ? undefined : encodeFolds(kept), rows };
}

/** That rows were folded is said by the record of the others, also where there are none: as long as there is a fold. */
function withoutRows(record: Bytes, isWanted: (row: PushedRow) => boolean, upTo: Micros): Dropped {
  const folded = foldedUpTo(record);
  const said = folded === undefined || folded <= upTo ? undefined : folded;
  const rows = decodePushed(record);
  const kept = rows.filter((row) => !isWanted(row));
  if (kept.length === rows.length && said === folded && (kept.length > 0 || said !== undefined))
    return { record, rows: 0 };
  const isEmpty = kept.length === 0 && said === undefined;
  return { record: isEmpty ? undefined : encodePushed(kept, said), rows: rows.length - kept.length };
}
