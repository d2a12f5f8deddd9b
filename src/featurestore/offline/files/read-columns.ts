import { parseTypeName, TondoError, type TypeName } from "../../../core/index.ts";
import { quoteIdentifier } from "../../../dsl/index.ts";
import {
  Engine,
  type EngineOptions,
  fromCarrier,
  sqlText,
  type TableColumn,
  toCarrier,
  toFile,
} from "../../duckdb/index.ts";
import { describeFiles, scanFiles } from "./file-scan.ts";

/** What to read of a Parquet file. */
export interface ReadColumnsOptions {
  readonly path: string;
  /** Columns of numbers, truth values or moments: as numbers, NaN where missing. */
  readonly numbers: readonly string[];
  /** Columns to be read as texts, whatever they are: `null` where missing. */
  readonly texts?: readonly string[];
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
}

/** Columns of a Parquet file in memory, in the file's order. */
export interface ColumnsRead {
  readonly rows: number;
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly texts: ReadonlyMap<string, readonly (string | null)[]>;
}

/**
 * Reads columns of a training set for a trainer.
 *
 * @throws TondoError `SOURCE_CHANGED` where a column lacks or is of texts instead of numbers, `SOURCE_UNREADABLE`
 */
export async function readColumns({
  path,
  numbers,
  texts = [],
  engine: options,
  signal,
}: ReadColumnsOptions): Promise<ColumnsRead> {
  const engine = await Engine.open(options);
  try {
    const set = { format: "parquet" as const, files: [path], what: path };
    const present = await describeFiles(engine, set);
    const text = numbers.find((name) => present[name]?.startsWith("string"));
    if (text !== undefined) {
      throw new TondoError("SOURCE_CHANGED", `${path}: the column "${text}" holds texts, and numbers are needed`, {
        where: path,
        hint: "Encode it in the vector.",
      });
    }
    const kinds = [...numbers, ...texts].map((name): TableColumn => ({
      name,
      kind: parseTypeName((present[name] ?? "string") satisfies TypeName).kind,
    }));
    const scan = await scanFiles(engine, set, Object.fromEntries(kinds.map(({ name, kind }) => [name, kind])));
    return await collectColumns(engine, scan, kinds, numbers.length, path, signal);
  } finally {
    engine.close();
  }
}

/**
 * Reads columns of a relation into memory: the first so many as numbers, the others as texts. `what` says in errors what is read.
 *
 * @throws TondoError `SOURCE_UNREADABLE`, `ABORTED`
 */
export async function collectColumns(
  engine: Engine,
  relation: string,
  columns: readonly TableColumn[],
  numbers: number,
  what: string,
  signal: AbortSignal | undefined,
): Promise<ColumnsRead> {
  const selected = columns.map(({ name, kind }, i) =>
    i < numbers ? `(${toCarrier(quoteIdentifier(name), kind)})::double` : `${quoteIdentifier(name)}::varchar`,
  );
  const parts = columns.map((): (Float64Array | (string | null)[])[] => []);
  let rows = 0;
  const sql = `select ${["1::double", ...selected].join(", ")} from (${relation})`;
  for await (const chunk of engine.chunks(sql, `reading ${what}`, signal)) {
    rows += chunk.rows;
    for (const [i, part] of parts.entries())
      part.push(chunk.column(i + 1, i < numbers ? "number" : "text") as Float64Array | (string | null)[]);
  }
  const named = columns.map(({ name }, i) => [name, parts[i] ?? []] as const);
  return {
    rows,
    numbers: new Map(named.slice(0, numbers).map(([name, own]) => [name, joinNumbers(own, rows)])),
    texts: new Map(
      named.slice(numbers).map(([name, own]) => [name, own.flatMap((part) => [...(part as (string | null)[])])]),
    ),
  };
}

function joinNumbers(parts: readonly (Float64Array | (string | null)[])[], rows: number): Float64Array {
  const whole = new Float64Array(rows);
  let at = 0;
  for (const part of parts) {
    whole.set(part as Float64Array, at);
    at += part.length;
  }
  return whole;
}

/** Writes columns to a Parquet file; missing numbers are NaN. */
export async function writeColumns(
  path: string,
  columns: readonly (TableColumn & { readonly values: Float64Array | readonly (string | null)[] })[],
): Promise<void> {
  const engine = await Engine.open();
  try {
    const rows = columns[0]?.values.length ?? 0;
    await engine.load(
      "columns_given",
      columns,
      Array.from({ length: rows }, (_, row) =>
        columns.map(({ kind, values }) => {
          const value = values[row] ?? null;
          if (typeof value === "number" && Number.isNaN(value)) return null;
          return kind === "bool" ? value === 1 : value;
        }),
      ),
      `writing ${path}`,
    );
    const selected = columns.map(
      ({ name, kind }) => `${toFile(fromCarrier(quoteIdentifier(name), kind), kind)} as ${quoteIdentifier(name)}`,
    );
    await engine.run(
      `copy (select ${selected.join(", ")} from columns_given) to ${sqlText(path)} (format parquet, compression zstd)`,
      `writing ${path}`,
    );
  } finally {
    engine.close();
  }
}
