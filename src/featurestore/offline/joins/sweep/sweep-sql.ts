import { toCarrier } from "../../../duckdb/index.ts";
import type { SourceRelation } from "../../sources/source-relation.ts";
import type { SweepPlan } from "./sweep-plan.ts";

/** Columns of the passage, by their places; then the inputs, then the conditions. */
export const passage = { key: 0, moment: 1, asks: 2, at: 3, until: 4, inputs: 5 } as const;

/**
 * SQL of events and left rows as they pass by, key by key, each at the moment from which on it matters: an event when rows may
 * first see it, a row when it asks. An event that is visible at a row's moment comes before it, and of one time they come in the
 * order of the contract. Columns as {@link passage} says: the key's number (of a row without a key -1), the moment, which
 * horizon a row asks about counted from 1 (0 for events), an event's time or a row's number, when a version was replaced.
 *
 * Of equal times the order of the passage is that of the contract though it is by the moment first: the moment is the later of
 * the time and of when it was known.
 */
export function passageSql(
  plan: SweepPlan,
  relation: SourceRelation,
  tables: { readonly keys: string; readonly left: string; readonly events: string },
): string {
  const back = plan.direction === "back";
  const seen = back ? "t + 1" : "t";
  const known = back ? "k" : `k - ${String(relation.lag)}`;
  const moment = relation.hasKnown || relation.hasVersions ? `greatest(${seen}, ${known})` : seen;
  const until = relation.hasVersions ? (back ? "until" : `until - ${String(relation.lag)}`) : "null::bigint";
  const ties = plan.ordered ? relation.ties : [];
  /** What only events have, by the names that it passes under. */
  const own = [
    ...plan.inputs.map(({ column, kind }, i) => [toCarrier(column, kind), `i${String(i)}`]),
    ...plan.wheres.map((column, i) => [column, `c${String(i)}`]),
    ...ties.map((sql, i) => [sql, `tie${String(i)}`]),
  ].map(([sql = "", name = ""]) => ({ given: `${sql} as ${name}`, none: `null as ${name}` }));
  const given = own.map((one) => one.given);
  const events = `select number, ${moment} as moment, 0 as asks, t as stamp, ${[`${until} as until`, ...given].join(", ")}
    from (${tables.events}) join ${tables.keys} using (${relation.keys.join(", ")})`;
  const asking = plan.horizons.map((horizon, i) => {
    const columns = [`q + ${String(horizon)} as moment`, `${String(i + 1)} as asks`, "row as stamp", "null as until"];
    return `select coalesce(number, -1) as number, ${[...columns, ...own.map(({ none }) => none)].join(", ")}
      from ${tables.left} left join ${tables.keys} using (${relation.keys.join(", ")})`;
  });
  const selected = [
    // Times and numbers of rows are whole numbers below 2^53: as doubles they come without being boxed.
    ...["number", "moment", "asks", "stamp", "until"].map((name) => `${name}::double as ${name}`),
    ...plan.inputs.map((_, i) => `i${String(i)}`),
    ...plan.wheres.map((_, i) => `c${String(i)}::int::double as c${String(i)}`),
  ];
  const order = [
    "number",
    "moment",
    "asks",
    ...(plan.ordered ? ["stamp", ...ties.map((_, i) => `tie${String(i)}`)] : []),
  ];
  return `select ${selected.join(", ")} from (${[events, ...asking].join(" union all ")}) order by ${order.join(", ")}`;
}
