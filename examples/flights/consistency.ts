import { join } from "node:path";
import type { Progress, Tondo, Value } from "../../src/index.ts";
import { computeVectors, type TrainingSet, writeColumns } from "../../src/featurestore/index.ts";
import { requestOf } from "./predictions.ts";
import type { Prepared } from "./prepare.ts";
import { busiestRoutes, type Departure } from "./requests.ts";
import type { TondoProject } from "./tondo.d.ts";

/** How many served vectors equal the training path's, bit by bit. */
export interface Consistency {
  readonly checked: number;
  readonly identical: number;
}

/** What was asked, and where it differed. */
export interface CheckedRequests {
  readonly distinctKeys: number;
  /** Share of the stored values read that were there. */
  readonly present: number;
  /** The first few slots that differ, if any. */
  readonly differences: readonly string[];
}

const requests = 1000;

/**
 * Asks online for a thousand departures at the moment of the load and holds each slot of each vector against what the training path
 * computes for the same request: all must be identical by `Object.is`.
 */
export async function checkConsistency(options: {
  readonly tondo: Tondo<TondoProject>;
  readonly set: TrainingSet;
  readonly prepared: Prepared;
  readonly at: string;
  readonly dump?: string | undefined;
  readonly progress: Progress;
}): Promise<{ readonly consistency: Consistency; readonly requests: CheckedRequests }> {
  const { tondo, set, prepared, at, dump, progress } = options;
  const { plan: vector } = set.manifest.vector;
  progress.start("comparing served vectors with the training path", requests);
  const routes = await busiestRoutes(prepared, requests);
  // Fewer routes than requests: some are asked about again, as a service would be.
  const asked = Array.from({ length: requests }, (_, i) => routes[i % routes.length]).filter(
    (route): route is Departure => route !== undefined,
  );
  const trained = await computeVectors({
    vector,
    fitted: set.manifest.fitted,
    rows: asked.map(({ origin, destination, distance }) => ({ at, origin, destination, distance })),
    folder: tondo.folder,
  });
  const served: Readonly<Record<string, Value>>[] = [];
  let reads = 0;
  let present = 0;
  for (const [i, route] of asked.entries()) {
    const prediction = await tondo.predict("flight_delay@champion", requestOf(route, at));
    served.push(prediction.vector);
    for (const { status } of Object.values(prediction.features)) {
      reads++;
      if (status === "present") present++;
    }
    if (i % 100 === 99) progress.update(i + 1);
  }
  const differences: string[] = [];
  let identical = 0;
  for (const [i, vectorServed] of served.entries()) {
    const wrong = trained.slots.filter((slot, s) => !Object.is(vectorServed[slot], trained.rows[i]?.[s]));
    if (wrong.length === 0 && Object.keys(vectorServed).length === trained.slots.length) identical++;
    for (const slot of wrong) {
      const expected = trained.rows[i]?.[trained.slots.indexOf(slot)];
      differences.push(
        `${asked[i]?.origin ?? ""}-${asked[i]?.destination ?? ""} ${slot}: trained ${String(expected)}, served ${String(vectorServed[slot])}`,
      );
    }
  }
  if (dump !== undefined) await dumpAll(dump, asked, at, trained, served);
  progress.finish(`${String(identical)} of ${String(asked.length)} identical`);
  return {
    consistency: { checked: asked.length, identical },
    requests: {
      distinctKeys: new Set(asked.map(({ origin, destination }) => `${origin} ${destination}`)).size,
      present: present / reads,
      differences: differences.slice(0, 10),
    },
  };
}

/** Requests and both vectors as Parquet, so that others can check. */
async function dumpAll(
  folder: string,
  asked: readonly Departure[],
  at: string,
  trained: Awaited<ReturnType<typeof computeVectors>>,
  served: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const number = (value: Value | undefined): number =>
    value === null || value === undefined ? Number.NaN : Number(value);
  const slots = (of: (row: number, slot: number) => Value | undefined): Parameters<typeof writeColumns>[1] =>
    trained.slots.map((name, s) => ({
      name,
      kind: "float" as const,
      values: Float64Array.from(asked, (_, row) => number(of(row, s))),
    }));
  await writeColumns(join(folder, "requests.parquet"), [
    { name: "at", kind: "string", values: asked.map(() => at) },
    { name: "origin", kind: "string", values: asked.map(({ origin }) => origin) },
    { name: "destination", kind: "string", values: asked.map(({ destination }) => destination) },
    { name: "distance", kind: "float", values: Float64Array.from(asked, ({ distance }) => distance) },
  ]);
  await writeColumns(
    join(folder, "trained.parquet"),
    slots((row, slot) => trained.rows[row]?.[slot]),
  );
  await writeColumns(
    join(folder, "served.parquet"),
    slots((row, slot) => served[row]?.[trained.slots[slot] ?? ""]),
  );
}
