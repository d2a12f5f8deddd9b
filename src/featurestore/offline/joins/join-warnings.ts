import { formatMicros } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { JoinUnit } from "./join-unit.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { windowsOf } from "./window-states.ts";

/** Something about the data of a join that is allowed, and seldom meant. */
export interface JoinWarning {
  readonly code:
    | "nothing-known"
    | "nothing-found"
    | "labels-beyond-data"
    | "asked-after-load"
    | "files-gone"
    | "files-not-applied"
    | "files-rewritten"
    | "rows-waiting";
  /** In a sentence, with the group and counts. */
  readonly message: string;
  /** How many rows of the training set it is about. */
  readonly rows: number;
}

/**
 * Looks at what a join came to: whether no row at all found anything, and why; whether labels look further than the data reach, so that
 * they may miss what had not happened yet. `rows` is SQL of the left rows; the unit's table must be there.
 */
export async function joinWarnings(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  rows: string,
  signal?: AbortSignal,
): Promise<readonly JoinWarning[]> {
  const doing = `looking at what ${nameOf(unit)} came to`;
  const [result] = await engine.rows(
    `select exists(from ${unit.name} where ${foundSql(unit)}) as found`,
    doing,
    signal,
  );
  const found = result?.["found"] === true;
  if (found && unit.direction === "back") return [];
  const [left] = await engine.rows(
    `select count(*)::double as rows, max(q)::double as latest from (${rows})`,
    doing,
    signal,
  );
  const asking = { rows: Number(left?.["rows"]), latest: Number(left?.["latest"]) };
  if (asking.rows === 0) return [];
  const warnings: JoinWarning[] = [];
  if (!found) warnings.push(await nothing(engine, unit, relation, asking, doing, signal));
  if (unit.direction === "next") {
    const horizon = Math.max(...windowsOf(unit).map(({ plan }) => plan.over));
    const [data] = await engine.rows(
      `select newest::double as newest, (select count(*)::double from (${rows}) where q + ${String(horizon)} > newest) as beyond
       from (select max(t) as newest from (${relation.rows}))`,
      doing,
      signal,
    );
    const beyond = Number(data?.["beyond"]);
    const newest = data?.["newest"];
    if (beyond > 0 && typeof newest === "number") {
      warnings.push({
        code: "labels-beyond-data",
        message: `the labels of ${counted(beyond, asking.rows)} look beyond the newest row of ${unit.source.name}, of ${formatMicros(newest)}: what they wait for may not be there yet; a cutoff leaves them out`,
        rows: beyond,
      });
    }
  }
  return warnings;
}

/** Whether any row has a value; a count that found nothing is 0. */
function foundSql(unit: JoinUnit): string {
  const some = unit.reads.map(({ stored, column }) => {
    const plan = unit.group.stored[stored];
    return plan?.kind === "window" && plan.aggregate === "count" ? `${column} > 0` : `${column} is not null`;
  });
  return some.join(" or ");
}

async function nothing(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  asking: { readonly rows: number; readonly latest: number },
  doing: string,
  signal: AbortSignal | undefined,
): Promise<JoinWarning> {
  const isTimeless = unit.source.kind === "table";
  const first = isTimeless ? "null" : "min(greatest(t, k))";
  const [source] = await engine.rows(
    `select count(*)::double as n, ${first}::double as first from (${relation.sql})`,
    doing,
    signal,
  );
  const n = Number(source?.["n"]);
  const known = source?.["first"];
  const none = `${nameOf(unit)}: none of the ${String(asking.rows)} rows finds anything`;
  const horizon =
    unit.direction === "next" ? Math.max(...windowsOf(unit).map(({ plan }) => plan.over)) + relation.lag : 0;
  if (typeof known === "number" && known > asking.latest + horizon) {
    return {
      code: "nothing-known",
      message: `${none}: the first of the ${String(n)} rows of ${unit.source.name} was known at ${formatMicros(known)}, and the last row asks at ${formatMicros(asking.latest)}`,
      rows: asking.rows,
    };
  }
  const what = isTimeless ? "a key and values" : "a key, a time and a moment at which they were known";
  return {
    code: "nothing-found",
    message:
      n === 0
        ? `${none}: ${unit.source.name} has no rows with ${what}`
        : `${none} in the ${String(n)} rows of ${unit.source.name}: their keys are others, they lie outside the windows or the ttl, or their values are missing`,
    rows: asking.rows,
  };
}

function nameOf({ group }: JoinUnit): string {
  return `${group.entity}:${group.name}`;
}

function counted(n: number, of: number): string {
  return n === of ? `all ${String(n)} rows` : `${String(n)} of ${String(of)} rows`;
}
