import { TondoError } from "../core/index.ts";
import type { Columns } from "./columns.ts";

/**
 * What to do with rows that lack a value: refuse to train, drop and count them, or keep those that lack a slot for a
 * trainer that can use them (a row without a label is then still refused).
 */
export type MissingPolicy = "error" | "drop" | "keep";

/**
 * The indices of the rows to use, in order: all of them unless the policy drops some.
 *
 * @param where Which table it is, for messages: "train" or "holdout".
 * @throws TondoError `INVALID_ARGUMENT` where the label is a slot, `TRAINING_ROWS_INCOMPLETE` naming each column with missing values and how many; `ROWS_INVALID`
 * where a value is infinite.
 */
export function completeRows(
  columns: Columns,
  slots: readonly string[],
  label: string,
  policy: MissingPolicy,
  where: string,
): Uint32Array {
  if (slots.includes(label)) {
    throw new TondoError("INVALID_ARGUMENT", `"${label}" is a slot and the label`, {
      hint: "A model that is given its answer learns nothing else; take it out of the slots.",
    });
  }
  const lacking = new Uint8Array(columns.rows);
  const counts: Record<string, number> = {};
  for (const name of [label, ...slots]) {
    const missing = markMissing(columns.column(name), lacking, name, where, policy === "keep" && name !== label);
    if (missing > 0 && !(policy === "keep" && name !== label)) counts[name] = missing;
  }
  if (policy !== "drop" && Object.keys(counts).length > 0) throw incomplete(columns.rows, counts, where);
  const kept = new Uint32Array(columns.rows);
  let count = 0;
  for (let i = 0; i < columns.rows; i++) if (lacking[i] === 0) kept[count++] = i;
  return kept.subarray(0, count);
}

function markMissing(column: Float64Array, lacking: Uint8Array, name: string, where: string, keep: boolean): number {
  let missing = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? NaN;
    if (Number.isFinite(value)) continue;
    if (!Number.isNaN(value)) {
      throw new TondoError("ROWS_INVALID", `column "${name}" is infinite in row ${String(i)} of the ${where} rows`, {
        hint: "The language yields no infinities; mend the rows that were handed in.",
      });
    }
    missing++;
    if (!keep) lacking[i] = 1;
  }
  return missing;
}

function incomplete(rows: number, counts: Readonly<Record<string, number>>, where: string): TondoError {
  const list = Object.entries(counts).map(([name, count]) => `${name} (${String(count)})`);
  return new TondoError(
    "TRAINING_ROWS_INCOMPLETE",
    `of ${String(rows)} ${where} rows some have no value for ${list.join(", ")}`,
    {
      hint: 'Give the slots a default, such as `?? 0` or `| fill(mean)`, or train with missing: "drop" (--missing drop).',
      details: { rows, counts },
    },
  );
}
