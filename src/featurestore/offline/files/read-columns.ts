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
    const columns = kinds.map(({ name, kind }, i) =>
      i < numbers.length ? `(${toCarrier(quoteIdentifier(name), kind)})::double` : `${quoteIdentifier(name)}::varchar`,
    );
    const parts = kinds.map((): (Float64Array | (string | null)[])[] => []);
    let rows = 0;
    for await (const chunk of engine.chunks(
      `select ${["1::double", ...columns].join(", ")} from (${scan})`,
      `reading ${path}`,
      signal,
    )) {
      rows += chunk.rows;
      for (const [i, part] of parts.entries()) {
        part.push(chunk.column(i + 1, i < numbers.length ? "number" : "text") as Float64Array | (string | null)[]);
      }
    }
    return {
      rows,
      numbers: new Map(numbers.map((name, i) => [name, joinNumbers(parts[i] ?? [], rows)])),
      texts: new Map(
        texts.map((name, i) => [
          name,
          (parts[numbers.length + i] ?? []).flatMap((part) => [...(part as (string | null)[])]),
        ]),
      ),
    };
  } finally {
    engine.close();
  }
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
