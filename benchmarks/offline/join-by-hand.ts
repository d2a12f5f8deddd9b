import { selectExpressions } from "../../src/featurestore/offline/expressions-sql.ts";
import { leafOf, slotColumns } from "./join-ours.ts";
import type { World } from "./world.ts";

/** A join written by hand. */
export interface ByHand {
  /** Statements that go before. */
  readonly before?: readonly string[];
  /** SQL of `row` and what the vector reads, in the order of its reads. */
  readonly query: string;
  /** Tables that are dropped at the end. */
  readonly tables?: readonly string[];
  /** SQL of a slot over the columns of reads, where one writes it otherwise than the product would. */
  readonly slot?: (name: string, column: (stored: string) => string) => string | undefined;
}

/**
 * The same by hand, to a table `hand`: slots are plain SQL where that gives the same bits, and else the generated function of those alone,
 * since no SQL gives its bits.
 */
export async function joinByHand(
  { engine, plan }: World,
  { before = [], query, tables = [], slot }: ByHand,
): Promise<void> {
  for (const statement of before) await engine.run(statement, "joining by hand");
  const column = (i: number): string => `c${String(i)}`;
  const byName = (stored: string): string => column(plan.reads.findIndex((read) => read.stored === stored));
  const own = slotColumns(plan).map(({ name, value }, i) => ({
    name,
    value,
    sql: slot?.(plan.slots[i]?.name ?? "", byName),
  }));
  const written = own.flatMap(({ name, sql }) => (sql === undefined ? [] : [`, ${sql} as ${name}`]));
  const relation = `select * ${written.join("")} from (${query}) as h(row, ${plan.reads.map((_, i) => column(i)).join(", ")})`;
  const { sql } = selectExpressions(
    engine,
    relation,
    own.filter((one) => one.sql === undefined),
    leafOf((read) => column(plan.reads.findIndex(({ id }) => id === read))),
  );
  const columns = own.map(({ name }) => name).join(", ");
  await engine.run(
    `create or replace temp table hand as select row, ${columns} from (${sql}) order by row`,
    "joining by hand",
  );
  for (const table of tables) await engine.run(`drop table ${table}`, "clearing up");
}

/**
 * Compares the tables `ours` and `hand` row by row.
 *
 * @throws Error that says how many rows differ
 */
export async function verifySame({ engine, plan, rows }: World, name: string, where = "true"): Promise<void> {
  const columns = ["row", ...slotColumns(plan).map((slot) => slot.name)].join(", ");
  const [ours, hand] = ["ours", "hand"].map((table) => `(select ${columns} from ${table} where ${where})`);
  const [found] = await engine.rows(
    `select (select count(*) from ours)::int as n, (select count(*) from hand)::int as m, (select count(*) from
      ((from ${String(ours)} except from ${String(hand)}) union all (from ${String(hand)} except from ${String(ours)})))::int as other`,
    "comparing",
  );
  const isWhole = found?.["n"] === rows && (where !== "true" || found["m"] === rows);
  if (!isWhole || found["other"] !== 0)
    throw new Error(
      `${name}: ${String(found?.["other"])} of ${String(found?.["n"])} rows differ (${String(rows)} expected)`,
    );
}
