import type { Micros } from "../../core/index.ts";
import { columnOfVersion, findVersion } from "./codec/index.ts";
import type { RowLayout } from "./group-layout.ts";
import type { RecordReader, StoredAnswers, WantedValue } from "./stored-answers.ts";

/**
 * Reads rows of snapshots and tables: of the versions the first that happened at the moment asked for or before it wins
 * whole, missing values included; where it is a deletion there is none, however old it is. A `ttl` refuses one that is older: it is used iff `q - t <= ttl`.
 */
export function rowReader(layout: RowLayout, wanted: readonly WantedValue[], ttl: Micros | undefined): RecordReader {
  const columns = layout.columns.length;
  return (record, at, into, base) => {
    const version = record === undefined ? undefined : findVersion(record, columns, at);
    if (version === undefined) {
      refuse(wanted, into, base, "not_found", NaN);
    } else if (ttl !== undefined && at - version.t > ttl) {
      refuse(wanted, into, base, "expired", version.t);
    } else {
      // A row of a table is of no time.
      const t = version.t === -Infinity ? NaN : version.t;
      const { values, statuses, times } = into;
      for (const { index, kind, missing, target } of wanted) {
        const value = columnOfVersion(version, index, kind);
        const place = base + target;
        values[place] = value ?? missing;
        statuses[place] = value === undefined ? "missing" : "present";
        times[place] = t;
      }
    }
  };
}

function refuse(
  wanted: readonly WantedValue[],
  into: StoredAnswers,
  base: number,
  status: "not_found" | "expired",
  t: number,
): void {
  for (const { missing, target } of wanted) {
    into.values[base + target] = missing;
    into.statuses[base + target] = status;
    into.times[base + target] = t;
  }
}
