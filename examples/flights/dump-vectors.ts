import { join } from "node:path";
import { type ComputedVectors, writeColumns } from "../../src/featurestore/index.ts";
import type { Value } from "../../src/index.ts";
import type { ServedVector } from "./compare-vectors.ts";

/** Writes requests and both vectors as Parquet, so that others can check: `requests.parquet`, `trained.parquet` and `served.parquet`, with `prefix` before. */
export async function dumpVectors(
  folder: string,
  prefix: string,
  served: readonly ServedVector[],
  trained: ComputedVectors,
): Promise<void> {
  const number = (value: Value | undefined): number =>
    value === null || value === undefined ? Number.NaN : Number(value);
  const slots = (of: (row: number, slot: number) => Value | undefined): Parameters<typeof writeColumns>[1] =>
    trained.slots.map((name, s) => ({
      name,
      kind: "float" as const,
      values: Float64Array.from(served, (_, row) => number(of(row, s))),
    }));
  await writeColumns(join(folder, `${prefix}requests.parquet`), [
    { name: "at", kind: "string", values: served.map(({ at }) => at) },
    { name: "origin", kind: "string", values: served.map(({ departure }) => departure.origin) },
    { name: "destination", kind: "string", values: served.map(({ departure }) => departure.destination) },
    { name: "distance", kind: "float", values: Float64Array.from(served, ({ departure }) => departure.distance) },
  ]);
  await writeColumns(
    join(folder, `${prefix}trained.parquet`),
    slots((row, slot) => trained.rows[row]?.[slot]),
  );
  await writeColumns(
    join(folder, `${prefix}served.parquet`),
    slots((row, slot) => served[row]?.slots[trained.slots[slot] ?? ""]),
  );
}
