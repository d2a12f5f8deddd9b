import type { Progress, Tondo } from "../../src/index.ts";
import { computeVectors, type TrainingSet } from "../../src/featurestore/index.ts";
import { checkSignal } from "./check-signal.ts";
import { compareVectors, type Consistency, type ServedVector } from "./compare-vectors.ts";
import { dumpVectors } from "./dump-vectors.ts";
import { requestOf } from "./predictions.ts";
import type { Prepared } from "./prepare.ts";
import { busiestRoutes, requestsOf } from "./requests.ts";
import type { TondoProject } from "./tondo.d.ts";

/** What was asked, and where it differed. */
export interface CheckedRequests {
  readonly distinctKeys: number;
  /** Share of the stored values read that were there. */
  readonly present: number;
  /** The first few slots that differ, if any. */
  readonly differences: readonly string[];
}

/** How many requests are compared. */
export const checkedRequests = 1000;

/**
 * Asks online for a thousand departures at the moment of the load and holds each slot of each vector against what the training path
 * computes for the same request: all must be identical by `Object.is`.
 *
 * @throws TondoError `ABORTED`, and what predicting and computing throw
 */
export async function checkConsistency(options: {
  readonly tondo: Tondo<TondoProject>;
  readonly set: TrainingSet;
  readonly prepared: Prepared;
  readonly at: string;
  readonly dump?: string | undefined;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}): Promise<{ readonly consistency: Consistency; readonly requests: CheckedRequests }> {
  const { tondo, set, prepared, at, dump, progress, signal } = options;
  const { plan: vector } = set.manifest.vector;
  progress.start("comparing served vectors with the training path", checkedRequests);
  const asked = requestsOf(await busiestRoutes(prepared, checkedRequests), checkedRequests);
  const trained = await computeVectors({
    vector,
    fitted: set.manifest.fitted,
    rows: asked.map(({ origin, destination, distance }) => ({ at, origin, destination, distance })),
    folder: tondo.folder,
    ...(signal === undefined ? {} : { signal }),
  });
  const served: ServedVector[] = [];
  let reads = 0;
  let present = 0;
  for (const departure of asked) {
    checkSignal(signal, "comparing vectors");
    const prediction = await tondo.predict("flight_delay@champion", requestOf(departure, at));
    served.push({ departure, at, slots: prediction.vector });
    for (const { status } of Object.values(prediction.features)) {
      reads++;
      if (status === "present") present++;
    }
    if (served.length % 100 === 0) progress.update(served.length);
  }
  const { consistency, differences } = compareVectors(served, trained);
  if (dump !== undefined) await dumpVectors(dump, "", served, trained);
  progress.finish(`${String(consistency.identical)} of ${String(consistency.checked)} identical`);
  const distinctKeys = new Set(asked.map(({ origin, destination }) => `${origin} ${destination}`)).size;
  return { consistency, requests: { distinctKeys, present: present / reads, differences } };
}
