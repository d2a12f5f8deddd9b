import { sparkType } from "../../../dsl/index.ts";
import { toCarrier } from "../../duckdb/index.ts";
import type { Passage, SweepPlan } from "../joins/sweep/index.ts";
import type { SourceRelation } from "../sources/source-relation.ts";

/** The views that a passage is made of. */
export interface PassageViews {
  /** SQL of the relation's rows. */
  readonly rows: string;
  /** `number` and the keys. */
  readonly keys: string;
  /** `number`, `row` and `q`. */
  readonly asked: string;
}

/**
 * Spark SQL of events and rows as they pass by, as `passageSql` has it for DuckDB: dealt out by key into so many parts, in order within
 * each. Inputs and conditions are values of the language; rows without a key do not pass.
 */
export function sparkPassage(
  plan: SweepPlan,
  relation: Pick<SourceRelation, "keys" | "reads" | "lag" | "hasKnown" | "hasVersions">,
  views: PassageViews,
  shards: number,
): string {
  const back = plan.direction === "back";
  const lag = `${String(relation.lag)}L`;
  const seen = back ? "t + 1L" : "t";
  const known = back ? "k" : `k - ${lag}`;
  const moment = relation.hasKnown || relation.hasVersions ? `greatest(${seen}, ${known})` : seen;
  const until = relation.hasVersions ? (back ? "until" : `until - ${lag}`) : "cast(null as bigint)";
  const ties = plan.ordered ? ["k", ...relation.reads.flatMap((name) => [`${name} is not null`, name])] : [];
  const own = [
    ...plan.inputs.map(({ column, kind }, i) => ({ sql: column, name: `i${String(i)}`, type: sparkType(kind) })),
    ...plan.wheres.map((column, i) => ({ sql: column, name: `c${String(i)}`, type: "boolean" })),
  ];
  const tied = ties.map((sql, i) => ({ sql, name: `tie${String(i)}` }));
  const events = `select number, ${moment} as moment, 0 as asks, t as stamp, ${until} as until${[...own, ...tied]
    .map(({ sql, name }) => `, ${sql} as ${name}`)
    .join("")} from (${views.rows}) join ${views.keys} using (${relation.keys.join(", ")})`;
  const none = [
    ...own.map(({ name, type }) => `, cast(null as ${type}) as ${name}`),
    ...tied.map(({ name }) => `, null as ${name}`),
  ];
  const asking = plan.horizons.map(
    (horizon, i) =>
      `select number, q + ${String(horizon)}L as moment, ${String(i + 1)} as asks, row as stamp, cast(null as bigint) as until${none.join("")} from ${views.asked}`,
  );
  const order = ["number", "moment", "asks", ...(plan.ordered ? ["stamp", ...tied.map(({ name }) => name)] : [])];
  const selected = ["number", "moment", "asks", "stamp", "until", ...own.map(({ name }) => name)];
  return `select ${selected.join(", ")} from (
      select /*+ REPARTITION(${String(shards)}, number) */ * from (${[events, ...asking].join(" union all ")}))
    sort by ${order.join(", ")}`;
}

/** A part of a passage that Spark wrote, ties in order, as the sweep takes it: SQL of DuckDB. */
export function passageOfFile(plan: SweepPlan, file: string): Passage {
  const selected = [
    ...["number", "moment", "asks", "stamp", "until"].map((name) => `${name}::double`),
    ...plan.inputs.map(({ kind }, i) => toCarrier(`i${String(i)}`, kind)),
    ...plan.wheres.map((_, i) => `c${String(i)}::int::double`),
  ];
  return { sql: `select ${selected.join(", ")} from ${file}`, ties: [] };
}
