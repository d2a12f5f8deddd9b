import {
  type AnyProject,
  type Micros,
  parseTypeName,
  type Status,
  type TondoError,
  type Value,
  type VectorTypes,
} from "../core/index.ts";
import { cellOf, fromRaw, rowCells, setCell, toRaw } from "../dsl/index.ts";
import type { VectorAnswer } from "../featurestore/index.ts";
import type { PartitionPath, Resolution, SkippedNode } from "../registry/index.ts";
import type { LoadedModel } from "./model-package.ts";

/** A prediction and where it came from. */
export interface Prediction<S extends VectorTypes["slots"] = AnyProject["vectors"][string]["slots"]> {
  /** The score: a number in the label's unit, or a probability; `null` where a slot it needs is missing. */
  readonly prediction: number | null;
  readonly output: "number" | "probability";
  readonly model: string;
  readonly tag: string | null;
  readonly version: { readonly id: string; readonly number: number };
  /** The level that answered, its node, and why those below did not. */
  readonly level: string;
  readonly path: PartitionPath;
  readonly skipped: readonly SkippedNode[];
  /** Microseconds since 1970. */
  readonly at: Micros;
  /** The id that this prediction has in the log of served features, where it is there. */
  readonly requestId?: string;
  /** The slots, by name. */
  readonly vector: S;
  /** The stored values read, by `role__entity__group__stored`; of one that is unavailable with the cause. */
  readonly features: Readonly<
    Record<string, { readonly value: Value; readonly status: Status; readonly cause?: TondoError }>
  >;
}

/**
 * What makes predictions of a model from what was read for a request. Names and kinds are looked up once, here; it
 * computes without interruption, so that one piece of memory serves all requests.
 */
export function predictionOf({
  vector,
  program,
  runtime,
  positions,
}: LoadedModel): (
  resolution: Resolution,
  columns: Readonly<Record<string, Value>>,
  answer: VectorAnswer,
) => Prediction {
  const reads = vector.reads.map(({ id, type }) => ({ id, kind: parseTypeName(type).kind }));
  const leaves = program.leaves.map(({ name, kind }) => {
    const own = name.slice(name.indexOf(":") + 1);
    const column = name.startsWith("column:") ? own : undefined;
    return { isNow: name === "now", column, read: reads.findIndex(({ id }) => id === own), kind };
  });
  const given = rowCells(leaves.length);
  const results = rowCells(program.outputs.length);
  const scored = new Float64Array(positions.length);
  return (resolution, columns, answer) => {
    for (const [i, { isNow, column, read, kind }] of leaves.entries()) {
      if (isNow) setCell(given, i, answer.at);
      else if (column !== undefined) setCell(given, i, toRaw(columns[column] ?? null, kind));
      else setCell(given, i, answer.values[read] ?? null);
    }
    program.row(given, results);
    for (const [i, position] of positions.entries()) scored[i] = Number(cellOf(results, position, "float"));
    const slots: Record<string, Value> = {};
    for (const [i, { name, kind }] of program.outputs.entries()) slots[name] = fromRaw(cellOf(results, i, kind), kind);
    const features: Record<string, Prediction["features"][string]> = {};
    for (const [i, { id, kind }] of reads.entries()) {
      const value = fromRaw(answer.values[i] ?? null, kind);
      const status = answer.statuses[i] ?? "unavailable";
      const cause = answer.causes?.[i];
      features[id] = cause === undefined ? { value, status } : { value, status, cause };
    }
    const { model, tag, version, level, path, skipped } = resolution;
    return {
      prediction: runtime.score(scored),
      output: runtime.output,
      model,
      tag,
      version: { id: version.id, number: version.number },
      level,
      path,
      skipped,
      at: answer.at,
      vector: slots,
      features,
    };
  };
}
