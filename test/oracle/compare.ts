import type { Status, Value } from "../../src/core/index.ts";
import type { Answer } from "../../src/featurestore/oracle/oracle.ts";

/** What a real path answered: a value, and a status and time where that path gives them. */
export interface ActualAnswer {
  readonly value: Value;
  readonly status?: Status;
  readonly t?: number;
}

/**
 * Where the answers of a real path are not those of the oracle, one sentence each; empty where all agree. Values are
 * compared by `Object.is`, so that 0 and -0, or 1 and 1n, differ. A status or time that the path does not give is
 * not compared.
 *
 * @example `["row 3, user__thing__orders__sum_0: expected 0.3 present, got 0.30000000000000004 present"]`
 */
export function differences(
  expected: readonly Readonly<Record<string, Answer>>[],
  actual: readonly Readonly<Record<string, ActualAnswer>>[],
): readonly string[] {
  const report: string[] = [];
  if (expected.length !== actual.length) {
    report.push(`expected ${String(expected.length)} rows, got ${String(actual.length)}`);
  }
  for (const [i, row] of expected.entries()) {
    const other = actual[i];
    if (other === undefined) continue;
    for (const id of new Set([...Object.keys(row), ...Object.keys(other)])) {
      const left = row[id];
      const right = other[id];
      if (left === undefined) report.push(`row ${String(i)}, ${id}: not expected, got ${show(right)}`);
      else if (right === undefined) report.push(`row ${String(i)}, ${id}: expected ${show(left)}, got no such value`);
      else if (!agree(left, right)) report.push(`row ${String(i)}, ${id}: expected ${show(left)}, got ${show(right)}`);
    }
  }
  return report;
}

function agree(expected: Answer, actual: ActualAnswer): boolean {
  return (
    isSame(expected.value, actual.value) &&
    (actual.status === undefined || actual.status === expected.status) &&
    (actual.t === undefined || actual.t === expected.t)
  );
}

function isSame(a: Value, b: Value): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}

function show(answer: ActualAnswer | undefined): string {
  if (answer === undefined) return "nothing";
  const { value, status, t } = answer;
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "bigint"
        ? `${String(value)}n`
        : Object.is(value, -0)
          ? "-0"
          : String(value);
  return [text, ...(status === undefined ? [] : [status]), ...(t === undefined ? [] : [`of ${String(t)}`])].join(" ");
}
