import { parseTypeName, type Value, type ValueKind } from "../../../src/core/index.ts";
import { quoteIdentifier, fromRaw } from "../../../src/dsl/index.ts";
import { carrierOf, type Engine, sqlText, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { carriedColumn } from "../../../src/featurestore/extract/part-writer.ts";
import type { ServedColumn } from "../../../src/featurestore/served/index.ts";

/** The rows of some public files, as DuckDB reads them, by `request_id`. */
export async function readServed(
  engine: Engine,
  files: readonly string[],
  columns: readonly ServedColumn[],
): Promise<ReadonlyMap<string, Readonly<Record<string, Value>>>> {
  const selected = columns.map(({ name, kind }) => carried(quoteIdentifier(name), kind));
  const rows = new Map<string, Readonly<Record<string, Value>>>();
  if (files.length === 0) return rows;
  const from = `read_parquet([${files.map(sqlText).join(", ")}])`;
  for await (const chunk of engine.chunks(`select ${selected.join(", ")} from ${from}`, "reading what was served")) {
    const values = columns.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
    for (let row = 0; row < chunk.rows; row++) {
      const own = Object.fromEntries(
        columns.map(({ name, kind }, i) => [name, fromRaw(values[i]?.[row] ?? null, kind)]),
      );
      const id = String(own["request_id"]);
      if (rows.has(id)) throw new Error(`${id} is there twice`);
      rows.set(id, own);
    }
  }
  return rows;
}

function carried(name: string, kind: ValueKind): string {
  const { kind: plain } = parseTypeName(kind);
  const value = carriedColumn(plain, name);
  return plain === "duration" ? toCarrier(value, plain) : value;
}

/** An engine that is not closed with the compaction that it is opened for: one serves all tests of a file. */
export function lasting(engine: Engine): Engine {
  return new Proxy(engine, {
    get: (target, member) => {
      if (member === "close") return () => undefined;
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
