import type { DataType, Schema } from "apache-arrow";
import type { Engine } from "../../../duckdb/index.ts";
import { namesTwice, nothingType, type ParquetSchema } from "../parquet-columns.ts";
import { arrowColumn } from "./arrow-column.ts";
import { type ArrowModule, loadArrow } from "./arrow-module.ts";
import { withArrow } from "./arrow-reader.ts";
import { ArrowTable, type NamedColumn } from "./arrow-table.ts";

/** Files of Arrow whose schemas have been looked at. */
export interface ArrowFiles {
  /** One for each file: types are those that the same columns of Parquet would have. */
  readonly schemas: readonly ParquetSchema[];
  /** Reads columns, which must be of types that the language has, into the engine: SQL of a relation of them, in the files' order. */
  readonly load: (names: readonly string[]) => Promise<string>;
}

/**
 * Looks at files of Arrow, of the file or of the stream format.
 *
 * @throws TondoError `SOURCE_UNREADABLE`, `DRIVER_MISSING`
 */
export async function openArrow(engine: Engine, files: readonly string[], what: string): Promise<ArrowFiles> {
  const arrow = await loadArrow();
  const schemas: ParquetSchema[] = [];
  for (const file of files) {
    schemas.push(await withArrow(arrow, file, what, ({ schema }) => Promise.resolve(schemaOf(arrow, file, schema))));
  }
  return { schemas, load: (names) => loadColumns(arrow, engine, files, what, names) };
}

function schemaOf(arrow: ArrowModule, file: string, { fields }: Schema): ParquetSchema {
  const twice = namesTwice(fields.map(({ name }) => name));
  const types = new Map(fields.map(({ name, type }) => [name, arrowColumn(arrow, type as DataType).type]));
  return { file, types, twice, cutNanoseconds: [] };
}

async function loadColumns(
  arrow: ArrowModule,
  engine: Engine,
  files: readonly string[],
  what: string,
  names: readonly string[],
): Promise<string> {
  const tables: ArrowTable[] = [];
  try {
    for (const file of files) {
      await withArrow(arrow, file, what, async (reader) => {
        const { fields } = reader.schema;
        const places = names.map((name) => fields.findIndex((field) => field.name === name));
        const columns = names.map((name, i): NamedColumn => {
          const field = fields[places[i] ?? -1];
          return {
            name,
            ...(field === undefined ? { type: nothingType } : arrowColumn(arrow, field.type as DataType)),
          };
        });
        let table = tables.at(-1);
        // Files in a row whose types agree share a table: the order of rows is that of the files.
        if (table?.takes(columns) !== true) {
          table?.close();
          table = await ArrowTable.open(engine, columns, `reading ${what}`);
          tables.push(table);
        }
        for await (const batch of reader) table.append(batch, columns, places);
      });
    }
  } finally {
    tables.at(-1)?.close();
  }
  return `(${tables.map((table) => table.sql()).join(" union all by name ")})`;
}
