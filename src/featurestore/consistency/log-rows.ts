import { type Micros, parseTypeName } from "../../core/index.ts";
import { quoteText, sqlType, type VectorPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { ServedRole } from "../served/index.ts";
import { type LogChoice, withinSql } from "./log-files.ts";
import type { OpenedLog } from "./request-log.ts";

/** The table of the requests that are replayed. */
export const logTable = "log_rows";

/** The requests that are replayed, as left rows of a join: `row`, `q`, and the columns of the log. */
export interface LogRows {
  readonly rows: number;
  readonly unsampled: number;
  readonly first: Micros | null;
  readonly last: Micros | null;
  /** SQL of a key column or an input of the vector; missing where the log does not hold it. */
  readonly column: (name: string) => string;
  /** Whether the log holds a key column or an input. */
  readonly holds: (name: string) => boolean;
  /** SQL of what the log says; `undefined` where it has no such column. */
  readonly logged: (role: ServedRole, of: string) => string | undefined;
}

/** Takes the rows of a choice out of a log: of more than `sample` those with the least hashes, the same whatever the files are. */
export async function takeLogRows(
  engine: Engine,
  vector: VectorPlan,
  log: OpenedLog,
  choice: LogChoice & { readonly sample: number | undefined },
  signal: AbortSignal | undefined,
): Promise<LogRows> {
  const { sample } = choice;
  const doing = "reading the log of requests";
  const logged: LogRows["logged"] = (role, of) => {
    const column = [...log.present].find((one) => one.role === role && one.of === of);
    return column === undefined ? undefined : log.column(column);
  };
  const own = (name: string): string | undefined => logged("key", name) ?? logged("input", name);
  const column = (name: string): string => {
    const plan = [...vector.keys, ...vector.inputs].find((one) => one.name === name);
    return own(name) ?? `null::${sqlType(parseTypeName(plan?.type ?? "string").kind)}`;
  };
  const says = (name: string, value: string): string => {
    const own = logged("about", name);
    return own === undefined ? "true" : `(${own} is null or ${own} = ${quoteText(value) ?? "null"})`;
  };
  const q = logged("about", "requested_at") ?? "null";
  const isOwn = [withinSql(q, choice), says("vector", choice.vector), says("fingerprint", choice.fingerprint)].join(
    " and ",
  );
  const chosen = `select * from (${log.sql}) where ${isOwn}`;
  const keys = vector.keys.map(({ name }) => `${column(name)}::varchar`);
  const lot = `md5(concat_ws(chr(31), ${[logged("about", "request_id") ?? "''", `${q}::varchar`, ...keys].join(", ")}))`;
  const taken = sample === undefined ? chosen : `${chosen} order by ${lot}, ${q} limit ${String(sample)}`;
  await engine.run(
    `create or replace temp table ${logTable} as select row_number() over () - 1 as row, ${q} as q, * from (${taken})`,
    doing,
    signal,
  );
  const [found] = await engine.rows(
    `select count(*)::double as n, min(q)::double as first, max(q)::double as last from ${logTable}`,
    doing,
    signal,
  );
  const rows = Number(found?.["n"] ?? 0);
  const moment = (name: string): Micros | null => (typeof found?.[name] === "number" ? found[name] : null);
  return {
    rows,
    unsampled: sample === undefined || rows < sample ? 0 : (await countRows(engine, chosen, doing, signal)) - rows,
    first: moment("first"),
    last: moment("last"),
    column,
    holds: (name) => own(name) !== undefined,
    logged,
  };
}

async function countRows(engine: Engine, sql: string, doing: string, signal?: AbortSignal): Promise<number> {
  const [row] = await engine.rows(`select count(*)::double as n from (${sql})`, doing, signal);
  return Number(row?.["n"] ?? 0);
}
