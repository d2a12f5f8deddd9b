import type { Micros } from "../../core/index.ts";
import { isMissingRaw } from "../../dsl/index.ts";
import { columnOfVersion, doubleOfVersion, findRow, findVersion, isDouble } from "./codec/index.ts";
import type { RowLayout } from "./group-layout.ts";
import type { PushedValues } from "./pushed-values.ts";
import type { RecordReader, StoredAnswers, WantedValue } from "./stored-answers.ts";

/**
 * Reads rows of snapshots and tables: of the versions the first that happened at the moment asked for or before it wins
 * whole, missing values included; where it is a deletion there is none, however old it is. A `ttl` refuses one that is older: it is used iff `q - t <= ttl`.
 *
 * @param appliedAs when the rows that a record's load brought first count as applied, by the `k` that the record says
 */
export function rowReader(
  layout: RowLayout,
  wanted: readonly WantedValue[],
  ttl: Micros | undefined,
  appliedAs: (k: Micros) => Micros = (k) => k,
): RecordReader {
  const columns = layout.columns.length;
  const doubles = wanted.filter(({ kind }) => isDouble(kind));
  const others = wanted.filter(({ kind }) => !isDouble(kind));
  return (record, at, into, base, pushed) => {
    const latest = pushed?.rows.findLast(({ t }) => t <= at);
    if (latest !== undefined && stands(latest, record, at)) {
      readPushed(latest, into, base, at);
      return;
    }
    const version = record === undefined ? undefined : findVersion(record, columns, at);
    if (version === undefined) {
      refuse(wanted, into, base, "not_found", NaN);
    } else if (ttl !== undefined && at - version.t > ttl) {
      refuse(wanted, into, base, "expired", version.t);
    } else {
      // A row of a table is of no time.
      const t = version.t === -Infinity ? NaN : version.t;
      const { values, statuses, times } = into;
      for (const { index, missing, target } of doubles) {
        const value = doubleOfVersion(version, index);
        const place = base + target;
        values[place] = value === value ? value : missing;
        statuses[place] = value === value ? "present" : "missing";
        times[place] = t;
      }
      for (const { index, kind, missing, target } of others) {
        const value = columnOfVersion(version, index, kind);
        const place = base + target;
        values[place] = value ?? missing;
        statuses[place] = value === undefined ? "missing" : "present";
        times[place] = t;
      }
    }
  };

  /** Whether a row that was pushed comes before the record's: it happened later or, of one time, was applied later. */
  function stands({ t, k }: PushedValues, record: Uint8Array | undefined, at: Micros): boolean {
    const found = record === undefined ? undefined : findRow(record, columns, at);
    return found === undefined || t > found.t || (t === found.t && k > appliedAs(found.k));
  }

  function readPushed({ t, isGone, inputs }: PushedValues, into: StoredAnswers, base: number, at: Micros): void {
    if (isGone) {
      refuse(wanted, into, base, "not_found", NaN);
    } else if (ttl !== undefined && at - t > ttl) {
      refuse(wanted, into, base, "expired", t);
    } else {
      for (const [i, { missing, target }] of wanted.entries()) {
        const value = inputs[i] ?? null;
        const isMissing = isMissingRaw(value);
        into.values[base + target] = isMissing ? missing : value;
        into.statuses[base + target] = isMissing ? "missing" : "present";
        into.times[base + target] = t;
      }
    }
  }
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
