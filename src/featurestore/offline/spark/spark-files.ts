import { resolve } from "node:path";
import { isEmbedding, isList, type ValueKind } from "../../../core/index.ts";
import { dialects, sparkColumn, sparkType } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { isPlainPath } from "../../spark/index.ts";
import { parquetSchemas } from "../files/parquet-columns.ts";
import type { SparkScratch } from "./spark-scratch.ts";

/** Parquet files as Spark reads them: views to be made first, and SQL of the rows. */
export interface SparkFiles {
  readonly statements: readonly string[];
  readonly sql: string;
}

/**
 * Types of columns that Spark reads as DuckDB does, bit by bit, by DuckDB's names. What lacks here (decimals, which both make floats of in
 * their own way; nanoseconds, UUIDs) is read by DuckDB.
 */
const alike: Readonly<Record<string, string>> = {
  BOOLEAN: "boolean",
  TINYINT: "tinyint",
  SMALLINT: "smallint",
  INTEGER: "int",
  BIGINT: "bigint",
  UTINYINT: "smallint",
  USMALLINT: "int",
  UINTEGER: "bigint",
  FLOAT: "float",
  DOUBLE: "double",
  VARCHAR: "string",
  DATE: "date",
  TIMESTAMP: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamp",
};

/**
 * SQL of columns of Parquet files as values of the language, each by the name that `nameOf` gives it; `undefined` where Spark could read
 * something in them otherwise than DuckDB does, so that DuckDB must.
 *
 * The files' columns must have been checked: see `scanFiles`. There must be some: each row of events and states has a time, and of tables columns
 * are read.
 */
export async function sparkFiles(
  engine: Engine,
  scratch: SparkScratch,
  view: string,
  files: readonly string[],
  kinds: Readonly<Record<string, ValueKind>>,
  nameOf: (name: string) => string,
  what: string,
): Promise<SparkFiles | undefined> {
  const absolute = files.map((file) => resolve(file));
  if (!absolute.every(isPlainPath)) return undefined;
  const schemas = await parquetSchemas(engine, files, what);
  const declared: string[] = [];
  const selected: string[] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const [type, ...others] = new Set(schemas.map(({ types }) => types.get(name)?.toUpperCase()));
    const own = type === undefined || others.length > 0 ? undefined : declaredType(type, kind);
    // Spark's shell splits what it reads at semicolons, whatever quotes names.
    if (own === undefined || !/^\w+$/.test(name)) return undefined;
    declared.push(`${dialects.spark.identifier(name)} ${own}`);
    selected.push(`${sparkColumn(name, kind)} as ${nameOf(name)}`);
  }
  const views = scratch.literalsOf(absolute).map((path, i) => ({ name: `${view}_${String(i)}`, path }));
  return {
    statements: views.map(({ name, path }) => fileView(name, declared, path)),
    sql: `select ${selected.join(", ")} from (${views.map(({ name }) => `select * from ${name}`).join(" union all ")})`,
  };
}

/** A view of Parquet files with the columns that they are known to have, so that no file is opened to find out. */
function fileView(name: string, columns: readonly string[], path: string): string {
  return `create or replace temporary view ${name} (${columns.join(", ")}) using parquet options (path ${path}, recursiveFileLookup 'true')`;
}

/** A view of what this process wrote for Spark: columns hold values of the language. */
export function valuesView(
  name: string,
  columns: readonly { readonly name: string; readonly kind: ValueKind }[],
  path: string,
): string {
  return fileView(
    name,
    columns.map(({ name: column, kind }) => `${column} ${sparkType(kind)}`),
    path,
  );
}

function declaredType(type: string, kind: ValueKind): string | undefined {
  const [, element] = /^(.*)\[\]$/.exec(type) ?? [];
  if (element !== undefined) {
    const of = alike[element];
    return of === undefined || !(isList(kind) || isEmbedding(kind)) ? undefined : `array<${of}>`;
  }
  return isList(kind) || isEmbedding(kind) ? undefined : alike[type];
}
