import { compileRows, type ExpressionPlan, type VectorPlan } from "../../src/dsl/index.ts";
import type { ProgramHost } from "../../src/featurestore/duckdb/index.ts";
import { programCall } from "../../src/featurestore/offline/expressions-sql.ts";
import { joinReads } from "../../src/featurestore/offline/joins/join.ts";
import type { World } from "./world.ts";

/** SQL of a leaf of a vector over a relation that has the columns of `l` and those of the reads. */
export function leafOf(columnOf: (read: string) => string): (plan: ExpressionPlan) => string {
  return (plan) => {
    if (plan.node === "now") return "q";
    if (plan.node === "stored") return columnOf(plan.name);
    throw new Error(`${plan.node} is not read here`);
  };
}

/** The columns of a table of slots: `x0`, `x1`, ... */
export function slotColumns({
  slots,
}: VectorPlan): readonly { readonly name: string; readonly value: ExpressionPlan }[] {
  return slots.map(({ value }, i) => ({ name: `x${String(i)}`, value }));
}

/**
 * Ours, from the files to a table `ours` in the order of the rows: the join of what the vector reads, and its slots as a training set computes
 * them.
 */
export async function joinOurs({ engine, folder, plan }: World): Promise<void> {
  const { tables, columnOf } = await joinReads({ engine, vector: plan, left: "l", places: { folder } });
  const from = tables.map((table) => ` join ${table} using (row)`).join("");
  const leaf = leafOf((read) => columnOf.get(read) ?? "");
  await engine.run(
    `create or replace temp table ours as ${allInOneCall(engine, plan, `select * from l${from}`, leaf)} order by row`,
    "computing slots",
  );
  for (const table of tables) await engine.run(`drop table ${table}`, "clearing up");
}

/** SQL of `row` and all slots by one call of the generated function. */
function allInOneCall(
  engine: ProgramHost,
  plan: VectorPlan,
  relation: string,
  leaf: (plan: ExpressionPlan) => string,
): string {
  const columns = slotColumns(plan);
  const { call, result } = programCall(engine, compileRows(columns, {}, { functions: engine.functions }), leaf);
  const results = columns.map(({ name }, i) => `${result(i)} as ${name}`);
  return `select row, ${results.join(", ")} from (select *, ${call} as js from (${relation}))`;
}
