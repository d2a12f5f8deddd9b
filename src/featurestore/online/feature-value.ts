import { type Status, type TondoError, type Value, type ValueKind, worseStatus } from "../../core/index.ts";
import { fromRaw, type Raw } from "../../dsl/index.ts";
import type { StoredAnswers } from "./stored-answers.ts";

/** A feature's value with its status. */
export interface FeatureValue<V extends Value = Value> {
  /** `null` where it is missing. What is derived may have one whatever its status: `??` gave it. */
  readonly value: V;
  readonly status: Status;
  /** When the row of a snapshot happened, microseconds. */
  readonly t?: number;
  /** How long before the moment asked for that was. */
  readonly ageMicros?: number;
  /** Why it is `unavailable`: the store was away, or had not answered when the deadline passed. */
  readonly cause?: TondoError;
}

/** The stored value at a place among the answers. */
export function storedValue(answers: StoredAnswers, place: number, kind: ValueKind): FeatureValue {
  const { values, statuses, times, causes } = answers;
  const value = fromRaw(values[place] ?? null, kind);
  return withAge(value, statuses[place] ?? "unavailable", times[place] ?? NaN, answers, causes?.[place]);
}

/** What was computed from the stored values at some places of a row: of the worst status, and of the age of the oldest. */
export function derivedValue(
  answers: StoredAnswers,
  base: number,
  inputs: readonly number[],
  raw: Raw,
  kind: ValueKind,
): FeatureValue {
  const { statuses, times } = answers;
  let status: Status = "present";
  let t = Infinity;
  for (const input of inputs) {
    status = worseStatus(status, statuses[base + input] ?? "unavailable");
    t = Math.min(t, times[base + input] ?? NaN);
  }
  return withAge(fromRaw(raw, kind), status, t, answers, causeOf(answers, base, inputs));
}

/** Why the first of some values that are unavailable is. */
export function causeOf({ causes }: StoredAnswers, base: number, inputs: readonly number[]): TondoError | undefined {
  if (causes === undefined) return undefined;
  const first = inputs.find((input) => causes[base + input] !== undefined);
  return first === undefined ? undefined : causes[base + first];
}

function withAge(
  value: Value,
  status: Status,
  t: number,
  { at }: StoredAnswers,
  cause: TondoError | undefined,
): FeatureValue {
  const own = Number.isFinite(t) ? { value, status, t, ageMicros: at - t } : { value, status };
  return cause === undefined ? own : { ...own, cause };
}
