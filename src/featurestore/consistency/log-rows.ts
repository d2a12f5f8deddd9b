import type { Micros } from "../../core/index.ts";
import { quoteText, type VectorPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { type LogChoice, withinSql } from "./log-files.ts";
import { logColumn, type OpenedLog } from "./request-log.ts";

/** The table of the requests that are replayed. */
export const logTable = "log_rows";

/** The requests that are replayed, as left rows of a join: `row`, `q`, and the columns of the log. */
export interface LogRows {
  readonly rows: number;
  readonly unsampled: number;
  readonly first: Micros | null;
  readonly last: Micros | null;
  /** SQL of a key column or an input of the vector; of an input that the log lacks it is missing. */
  readonly column: (name: string) => string;
  /** SQL of what the log says; `undefined` where it has no such column. */
  readonly logged: (role: "raw" | "status" | "slot" | "input" | "about", of: string) => string | undefined;
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
  const column = (name: string): string => {
    const isKey = vector.keys.some((key) => key.name === name);
    return isKey ? log.column(logColumn(log.present, "key", name)) : (logged("input", name) ?? "null");
  };
  const says = (name: string, value: string): string => {
    const own = logged("about", name);
    return own === undefined ? "true" : `(${own} is null or ${own} = ${quoteText(value) ?? "null"})`;
  };
  const q = logged("about", "requested_at") ?? "null";
  const own = [withinSql(q, choice), says("vector", choice.vector), says("fingerprint", choice.fingerprint)].join(
    " and ",
  );
  const chosen = `select * from (${log.sql}) where ${own}`;
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
    logged,
  };
}

async function countRows(engine: Engine, sql: string, doing: string, signal?: AbortSignal): Promise<number> {
  const [row] = await engine.rows(`select count(*)::double as n from (${sql})`, doing, signal);
  return Number(row?.["n"] ?? 0);
}
