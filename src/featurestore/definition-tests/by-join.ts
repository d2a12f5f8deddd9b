import type { VectorPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { computeRows } from "../offline/compute-rows.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import type { JoinPlan } from "../offline/joins/join-plan.ts";
import type { Asked, PathAnswers } from "./asked.ts";

/** What a training set would have, joined in one of two ways. */
export async function answersByJoin(
  engine: Engine,
  { test, moments, outputs }: Asked,
  vector: VectorPlan,
  places: FilePlaces,
  by: "plan" | "range",
  signal: AbortSignal | undefined,
): Promise<PathAnswers> {
  const rows = moments.map((at) => ({ ...test.keys, at: BigInt(at) }));
  const plan: JoinPlan | undefined = by === "range" ? { windows: "range", states: "range" } : { states: "asof" };
  const values = await computeRows({ engine, vector, outputs, rows, places, plan, signal });
  return { path: by === "plan" ? "in training" : "in training by range", values };
}
