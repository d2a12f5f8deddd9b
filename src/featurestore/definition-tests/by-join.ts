import type { VectorPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { computeRows } from "../offline/compute-rows.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import type { WindowJoin } from "../offline/joins/join.ts";
import type { Asked, PathAnswers } from "./asked.ts";

/** What a training set would have, its windows joined in one of the two ways. */
export async function answersByJoin(
  engine: Engine,
  { test, moments, outputs }: Asked,
  vector: VectorPlan,
  places: FilePlaces,
  windows: WindowJoin,
  signal: AbortSignal | undefined,
): Promise<PathAnswers> {
  const rows = moments.map((at) => ({ ...test.keys, at: BigInt(at) }));
  const values = await computeRows({ engine, vector, outputs, rows, places, windows, signal });
  return { path: windows === "sweep" ? "in training" : "in training by range", values };
}
