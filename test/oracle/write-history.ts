import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance, DuckDBTimestampValue } from "@duckdb/node-api";
import type { TypeName, Value } from "../../src/core/index.ts";
import type { History } from "./history.ts";
import { filesAtRest } from "../../src/dsl/plan/index.ts";
import { type Row, type Rows, transportOf } from "../../src/featurestore/oracle/values.ts";

const sqlTypes: Readonly<Record<string, string>> = {
  bool: "BOOLEAN",
  int: "BIGINT",
  float: "DOUBLE",
  string: "VARCHAR",
  timestamp: "TIMESTAMP",
};

/** Where {@link writeHistory} wrote the left rows. */
export interface WrittenHistory {
  /** Absolute path of a Parquet file: `at`, then the vector's key columns. */
  readonly left: string;
}

/** Which files of a place are written, by the number in their names, and in which a row lies. */
export interface FileParts {
  readonly parts: readonly number[];
  readonly partOf: (row: Row, n: number) => number;
}

/**
 * Writes a history as a real path would find it: the rows of each source where its transports' paths point within
 * `folder`, each by the transport it names and dealt out over files there, and the left rows to `left.parquet`, in order.
 *
 * In CSV a missing value is an empty field and an empty string is `""`; DuckDB tells them apart only where it is told
 * `allow_quoted_nulls = false`, delimiter, quote and escape, and sniffs nothing.
 */
export async function writeHistory(
  history: Pick<History, "vector" | "fileColumns" | "data" | "left">,
  folder: string,
  { parts, partOf }: FileParts = { parts: [0, 1], partOf: (_, i) => i % 2 },
): Promise<WrittenHistory> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const source of history.vector.sources) {
      const types = history.fileColumns[source.name as keyof typeof history.fileColumns];
      for (const [i, { format, path: glob }] of filesAtRest(source).entries()) {
        if (format === "arrow") throw new Error("histories are written as Parquet and CSV");
        const own = (history.data[source.name] ?? []).filter((row) => (row[transportOf] ?? 0) === i);
        for (const part of parts) {
          const rows = own.filter((row, n) => partOf(row, n) === part);
          await writeRows(connection, rows, types, path.join(folder, glob.replace("*", String(part))), format);
        }
      }
    }
    const left = path.join(folder, "left.parquet");
    const types = {
      at: "timestamp",
      ...Object.fromEntries(history.vector.keys.map(({ name, type }) => [name, type])),
    } as const;
    const rows = history.left.map(({ at, columns }) => ({ ...columns, at }));
    await writeRows(connection, rows, types, left, "parquet");
    return { left: path.resolve(left) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function writeRows(
  connection: DuckDBConnection,
  rows: Rows,
  types: Readonly<Record<string, TypeName>>,
  file: string,
  format: "parquet" | "csv",
): Promise<void> {
  const columns = Object.entries(types).map(([name, type]) => ({ name, kind: type.replace("?", "") }));
  await mkdir(path.dirname(file), { recursive: true });
  const declared = columns.map(({ name, kind }) => `"${name}" ${sqlTypes[kind] ?? kind}`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE one_file (${declared})`);
  const appender = await connection.createAppender("one_file");
  for (const row of rows) {
    for (const { name, kind } of columns) append(appender, kind, row[name] ?? null);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(
    `COPY one_file TO '${file.replaceAll("'", "''")}' (FORMAT ${format}${format === "csv" ? ", HEADER" : ""})`,
  );
}

function append(appender: DuckDBAppender, kind: string, value: Value): void {
  if (value === null) appender.appendNull();
  else if (typeof value === "object") throw new Error("histories have no lists");
  else if (kind === "timestamp") appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value)));
  else if (kind === "int") appender.appendBigInt(BigInt(value));
  else if (kind === "float") appender.appendDouble(Number(value));
  else if (kind === "bool") appender.appendBoolean(value === true);
  else appender.appendVarchar(String(value));
}
