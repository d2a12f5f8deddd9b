import { randomUUID } from "node:crypto";
import type { RecordBatch } from "apache-arrow";
import { isList, type ValueKind } from "../../../../core/index.ts";
import { kindOfDuckdbType, quoteIdentifier, type RawColumn, toRaw } from "../../../../dsl/index.ts";
import { chunkRows, type Engine, fromCarrier, type TableAppender, toFile } from "../../../duckdb/index.ts";
import type { ArrowColumn } from "./arrow-column.ts";

/** A column to load, as a file has it. */
export interface NamedColumn extends ArrowColumn {
  readonly name: string;
}

/** A table of the engine that rows of Arrow files are loaded into: values as they would stand in Parquet. */
export class ArrowTable {
  readonly #name: string;
  readonly #columns: readonly NamedColumn[];
  /** Of the columns that hold something. */
  readonly #kinds: readonly ValueKind[];
  readonly #appender: TableAppender;

  private constructor(
    name: string,
    columns: readonly NamedColumn[],
    kinds: readonly ValueKind[],
    appender: TableAppender,
  ) {
    this.#name = name;
    this.#columns = columns;
    this.#kinds = kinds;
    this.#appender = appender;
  }

  static async open(engine: Engine, columns: readonly NamedColumn[], doing: string): Promise<ArrowTable> {
    const name = `arrow_${randomUUID().replaceAll("-", "")}`;
    // Of a column without any value nothing is loaded; it is counted as one, so that there is a row for each.
    const kinds = columns.map(({ type, values }) =>
      values === undefined ? "bool" : (kindOfDuckdbType(type) ?? "string"),
    );
    const carried = [
      ...kinds.map((kind, i) => ({ name: `c${String(i)}`, kind })),
      { name: "one", kind: "bool" as const },
    ];
    return new ArrowTable(name, columns, kinds, await engine.appender(name, carried, doing));
  }

  /** Whether columns are of the types that this table has. */
  takes(columns: readonly NamedColumn[]): boolean {
    return columns.every(({ name, type }, i) => this.#columns[i]?.name === name && this.#columns[i].type === type);
  }

  /** Appends the rows of a batch, whose file has these columns at these places. */
  append(batch: RecordBatch, columns: readonly NamedColumn[], places: readonly number[]): void {
    const readers = columns.map(({ values }, i) => {
      const vector = batch.getChildAt(places[i] ?? -1);
      return vector === null ? undefined : values?.(vector);
    });
    for (let start = 0; start < batch.numRows; start += chunkRows) {
      const n = Math.min(chunkRows, batch.numRows - start);
      const raw = readers.map((read, i): RawColumn => {
        const kind = this.#kinds[i] ?? "string";
        return Array.from({ length: n }, (_, row) => toRaw(read?.(start + row) ?? null, kind));
      });
      this.#appender.append([...raw, new Float64Array(n)], n);
    }
  }

  /** Makes what was appended visible. */
  close(): void {
    this.#appender.close();
  }

  /** SQL of the columns, by their names. */
  sql(): string {
    const selected = this.#columns.map(({ name, type, values }, i) => {
      const kind = this.#kinds[i] ?? "string";
      const value = toFile(fromCarrier(`c${String(i)}`, kind), kind);
      const zoned = !type.startsWith("TIMESTAMP WITH") ? "" : isList(kind) ? "::timestamptz[]" : "::timestamptz";
      return `${values === undefined ? "null" : `${value}${zoned}`} as ${quoteIdentifier(name)}`;
    });
    return `select ${selected.length === 0 ? "one" : selected.join(", ")} from ${this.#name}`;
  }
}
