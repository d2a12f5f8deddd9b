import type { Engine } from "../../duckdb/index.ts";
import type { SourceRelation } from "./source-relation.ts";

/** How many rows of a group's source wait for a load that takes them in: those that loads read, and that happened before what these were to take in. */
export async function countWaiting(
  engine: Engine,
  { waiting }: Pick<SourceRelation, "waiting">,
  group: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (waiting === undefined) return 0;
  const [row] = await engine.rows(
    `select count(*)::double as n from (${waiting})`,
    `looking at what of ${group} waits`,
    signal,
  );
  return Number(row?.["n"]);
}
