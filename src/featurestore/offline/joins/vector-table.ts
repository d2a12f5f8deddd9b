import { parseTypeName, type Progress, TondoError } from "../../../core/index.ts";
import type { ExpressionPlan, VectorPlan } from "../../../dsl/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { joinReads, type KeptJoins, type UnitJoiner } from "./join.ts";
import type { JoinReport } from "./join-report.ts";
import type { JoinPlan } from "./join-plan.ts";
import type { LoadedRows } from "../rows/left-rows.ts";

/** What a joined table is made from. */
export interface JoinedTableOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly left: Pick<LoadedRows, "table" | "column">;
  readonly places: FilePlaces;
  /** See `JoinOptions.applied`. */
  readonly applied?: ReadonlyMap<string, AppliedRows> | undefined;
  readonly plan?: JoinPlan | undefined;
  readonly joinUnit?: UnitJoiner | undefined;
  readonly kept?: KeptJoins | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The left rows with all that a vector reads, in order. */
export interface JoinedTable {
  /** SQL of the relation: the left rows' columns and the joined ones. Ordered by `row` where it is read with `order by row`. */
  readonly sql: string;
  /** SQL of a leaf of the vector's expressions over that relation. */
  readonly leaf: (plan: ExpressionPlan) => string;
  /** The tables that the relation is joined from, the left rows' aside. */
  readonly tables: readonly string[];
  /** Those of them that are views. */
  readonly views: ReadonlySet<string>;
  readonly reports: readonly JoinReport[];
}

/** Joins what a vector reads to left rows that have been loaded. */
export async function joinTableOf(options: JoinedTableOptions): Promise<JoinedTable> {
  const { engine, vector, left, places, applied, plan, joinUnit, kept, progress, signal } = options;
  const joined = await joinReads({
    engine,
    vector,
    left: left.table,
    column: left.column,
    places,
    applied,
    joinUnit,
    kept,
    ...(plan === undefined ? {} : { plan }),
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  });
  const leaf = (plan: ExpressionPlan): string => {
    switch (plan.node) {
      case "now":
        return "q";
      case "column":
        return left.column(plan.name);
      case "stored": {
        const column = joined.columnOf.get(plan.name);
        if (column !== undefined) return column;
        throw new TondoError("INTERNAL", `the vector ${vector.name} does not read ${plan.name}`);
      }
      default:
        throw new TondoError("INTERNAL", `${plan.node} is no leaf`);
    }
  };
  const from = joined.tables.map((table) => ` join ${table} using (row)`).join("");
  const { tables, views, reports } = joined;
  return { sql: `select * from ${left.table}${from}`, tables, views, leaf, reports };
}

/** The kind of a plan's value. */
export function kindOf(plan: {
  readonly type: VectorPlan["slots"][number]["type"];
}): ReturnType<typeof parseTypeName>["kind"] {
  return parseTypeName(plan.type).kind;
}
