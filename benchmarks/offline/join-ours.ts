import { type ExpressionPlan, type VectorPlan } from "../../src/dsl/index.ts";
import { slotsSql } from "../../src/featurestore/offline/expressions-sql.ts";
import { joinReads } from "../../src/featurestore/offline/joins/join.ts";
import type { World } from "./world.ts";

/** SQL of a leaf of a vector over a relation that has the columns of the reads, which is all that the slots read here. */
export function leafOf(columnOf: (read: string) => string): (plan: ExpressionPlan) => string {
  return (plan) => {
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
  // Each of them has every row once.
  const [first = "l", ...others] = tables;
  const from = `${first}${others.map((table) => ` join ${table} using (row)`).join("")}`;
  const leaf = leafOf((read) => columnOf.get(read) ?? "");
  const { call, slot } = slotsSql(engine, plan.slots, {}, leaf);
  const slots = slotColumns(plan).map(({ name }, i) => `${slot(i)} as ${name}`);
  await engine.run(
    `create or replace temp table ours as select row, ${slots.join(", ")} from (select *, ${call} as js from ${from}) order by row`,
    "computing slots",
  );
  for (const table of tables) await engine.run(`drop table ${table}`, "clearing up");
}
