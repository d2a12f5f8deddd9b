import { type TypeName, type Value, type ValueKind } from "../../core/index.ts";
import { fromRaw, type Raw } from "../../dsl/index.ts";
import { carrierOf, type Engine, toCarrier } from "../duckdb/index.ts";
import { classSql, differenceSql, hasFloats } from "./comparison-sql.ts";
import type { ReplayedOutput } from "./replay.ts";
import type { ConsistencyExample, Disagreement, OutputConsistency } from "./report.ts";

/** How outputs are compared. */
export interface ComparisonOptions {
  readonly engine: Engine;
  /** The table of requests with all values: see {@link comparedTable}. */
  readonly tolerance: number;
  /** How many rows are shown of an output. */
  readonly examples: number;
  /** Whether rows for which agreement was not promised are left out. */
  readonly coveredOnly: boolean;
  readonly signal: AbortSignal | undefined;
}

/** An output in the table of requests: its own columns there, by a number. */
export interface ComparedOutput extends Pick<ReplayedOutput, "name" | "kind"> {
  readonly feature: string | null;
  readonly type: TypeName;
  readonly number: number;
  /** Whether the log says of its status. */
  readonly hasStatus: boolean;
  /** Whether its values are not to be shown. */
  readonly isHidden: boolean;
}

/** A key column of the requests as it is shown. */
export interface ShownKey {
  readonly name: string;
  readonly kind: ValueKind;
  /** Its column in the table of requests. */
  readonly column: string;
}

/** The table of the requests that were replayed: `row`, `q`, `id`, keys, and of each output the columns {@link columnsOfOutput}. */
export const comparedTable = "compared_requests";

/** The columns of an output in {@link comparedTable}. */
export function columnsOfOutput(
  number: number,
): Readonly<Record<"logged" | "replayed" | "away" | "covered" | "status", string>> {
  const own = (name: string): string => `${name}_${String(number)}`;
  return {
    logged: own("logged"),
    replayed: own("replayed"),
    /** Whether the store was away, or the row has no such output (missing then). */
    away: own("away"),
    covered: own("covered"),
    /** Whether the logged status says otherwise than the replay. */
    status: own("status"),
  };
}

/** Counts how an output compares over all requests, and takes some rows that do not. */
export async function compareOutput(
  options: ComparisonOptions,
  output: ComparedOutput,
  keys: readonly ShownKey[],
): Promise<OutputConsistency> {
  const { engine, tolerance, coveredOnly, signal } = options;
  const { name, feature, type, kind, hasStatus, isHidden } = output;
  const { logged, replayed, away, covered, status } = columnsOfOutput(output.number);
  const sides = { logged: "a", replayed: "b" };
  const { absolute, relative } = differenceSql(sides, kind);
  const isTaken = coveredOnly ? "covered" : "true";
  const isWithin = tolerance > 0 && hasFloats(kind) ? `coalesce(r <= ${String(tolerance)}::double, false)` : "false";
  const classed = `select *, case when c = 'differing' then ${absolute} end as d, case when c = 'differing' then ${relative} end as r
    from (select row, q, a, b, covered, disagrees, ${classSql(sides, kind)} as c
      from (select row, q, ${logged} as a, ${replayed} as b, ${covered} as covered, ${status} as disagrees from ${comparedTable} where ${away} = false))`;
  const doing = `comparing ${name}`;
  const [found] = await engine.rows(
    `select ${[
      `count(*) filter (${isTaken})::double as compared`,
      ...(["equal", "differing", "missing_in_log", "missing_in_training"] as const).map(
        (one) => `count(*) filter (c = '${one}' and ${isTaken})::double as ${one}`,
      ),
      `count(*) filter (c <> 'equal' and not ${isWithin} and ${isTaken})::double as beyond`,
      "count(*) filter (c <> 'equal' and not covered)::double as uncovered",
      `count(*) filter (not (${isTaken}))::double as left_out`,
      `count(*) filter (disagrees and ${isTaken})::double as statuses`,
      `max(d) filter (${isTaken}) as largest`,
      `max(r) filter (${isTaken}) as relative`,
      `(select count(*)::double from ${comparedTable} where ${away}) as away`,
    ].join(", ")} from (${classed})`,
    doing,
    signal,
  );
  const n = (column: string): number => Number(found?.[column] ?? 0);
  const measured = (column: string): number | null => {
    const value = found?.[column];
    return typeof value === "number" && !isHidden ? value : null;
  };
  const differ = n("compared") - n("equal");
  const examples =
    differ === 0 || options.examples === 0
      ? []
      : await examplesOf(options, output, keys, `select * from (${classed}) where c <> 'equal' and ${isTaken}`);
  return {
    ...{ name, feature, type, compared: n("compared"), equal: n("equal"), differing: n("differing") },
    ...{ missingInLog: n("missing_in_log"), missingInTraining: n("missing_in_training"), beyond: n("beyond") },
    ...{ uncovered: n("uncovered"), unavailable: n("away"), leftOut: n("left_out") },
    statusesDisagree: hasStatus ? n("statuses") : null,
    largestDifference: measured("largest"),
    largestRelative: measured("relative"),
    examples,
  };
}

/** Of each kind of disagreement those rows first that differ most, then by their order in the log. */
async function examplesOf(
  { engine, examples, signal }: ComparisonOptions,
  { name, kind, isHidden }: ComparedOutput,
  keys: readonly ShownKey[],
  rows: string,
): Promise<readonly ConsistencyExample[]> {
  const values = isHidden ? [] : ["a", "b"].map((side) => toCarrier(side, kind));
  const columns = [
    ...["c", "id", "(case when covered then 1 else 0 end)::double", "q::double"],
    ...keys.map((key) => toCarrier(key.column, key.kind)),
    ...values,
  ];
  const sql = `select ${columns.join(", ")} from (
      select *, row_number() over (partition by c order by r desc nulls last, row) as place from (${rows})
    ) join (select row, id${keys.map(({ column }) => `, ${column}`).join("")} from ${comparedTable}) using (row)
    where place <= ${String(examples)} order by place, c, row limit ${String(examples)}`;
  const found: ConsistencyExample[] = [];
  for await (const chunk of engine.chunks(sql, `taking examples of ${name}`, signal)) {
    const kinds: readonly ValueKind[] = [
      ...(["string", "string", "float", "float"] as const),
      ...keys.map((key) => key.kind),
      ...values.map(() => kind),
    ];
    const cells = kinds.map((one, i) => chunk.column(i, carrierOf(one)));
    for (let row = 0; row < chunk.rows; row++) {
      const value = (column: number): Value => {
        const raw: Raw = cells[column]?.[row] ?? null;
        return fromRaw(raw, kinds[column] ?? "string");
      };
      const id = value(1);
      found.push({
        kind: String(value(0)) as Disagreement,
        requestId: typeof id === "string" ? id : null,
        at: Number(value(3)),
        keys: Object.fromEntries(keys.map((key, i) => [key.name, value(4 + i)])),
        ...(isHidden ? {} : { values: { logged: value(4 + keys.length), replayed: value(5 + keys.length) } }),
        covered: value(2) === 1,
      });
    }
  }
  return found;
}

/** SQL of one output's columns in the table of requests. */
export function outputColumns(
  output: ReplayedOutput,
  number: number,
  sql: { readonly away: string; readonly covered: string; readonly disagrees: string },
): string {
  const own = columnsOfOutput(number);
  return [
    `${output.logged} as ${own.logged}`,
    `${output.replayed} as ${own.replayed}`,
    `case when ${output.isThere} then ${sql.away} end as ${own.away}`,
    `${sql.covered} as ${own.covered}`,
    `${sql.disagrees} as ${own.status}`,
  ].join(", ");
}
