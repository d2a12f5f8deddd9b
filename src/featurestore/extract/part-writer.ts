import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  elementKind,
  isList,
  makeDurableFolder,
  syncFile,
  syncFolder,
  temporaryBeside,
  TondoError,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import type { SourceColumn } from "../../database/index.ts";
import { quoteIdentifier, type RawColumn, toRaw } from "../../dsl/index.ts";
import { chunkRows, type Engine, fromCarrier, sqlText, type TableAppender, toFile } from "../duckdb/index.ts";
import { digestFiles } from "../offline/files/source-files.ts";
import type { ExtractedPart } from "./extracted-table.ts";

/** A column of a part in SQL, by its place: a table's own names may meet each other there. */
export function partColumn(place: number): string {
  return `c${String(place)}`;
}

/** The engine's table of the rows that are on their way into a part. */
export const extractedRows = "extracted_rows";

const doing = "extracting a table";

/** A column of a part. */
export type PartColumn = Pick<SourceColumn, "name" | "kind" | "zoned">;

/** Rows of a table on their way into a Parquet file: at the most one set of them at once in an engine. */
export class PartWriter {
  readonly #engine: Engine;
  readonly #columns: readonly PartColumn[];
  readonly #appender: TableAppender;
  #rows = 0;
  #isOpen = true;

  private constructor(engine: Engine, columns: readonly PartColumn[], appender: TableAppender) {
    this.#engine = engine;
    this.#columns = columns;
    this.#appender = appender;
  }

  /** Makes {@link extractedRows} anew, without rows. */
  static async open(engine: Engine, columns: readonly PartColumn[]): Promise<PartWriter> {
    const carried = columns.map(({ kind }, i) => ({ name: partColumn(i), kind }));
    return new PartWriter(engine, columns, await engine.appender(extractedRows, carried, doing));
  }

  get rows(): number {
    return this.#rows;
  }

  append(rows: readonly (readonly Value[])[]): void {
    for (let start = 0; start < rows.length; start += chunkRows) {
      const chunk = rows.slice(start, start + chunkRows);
      const columns = this.#columns.map(({ kind }, i) => chunk.map((row) => toRaw(row[i] ?? null, kind)) as RawColumn);
      this.#appender.append(columns, chunk.length);
    }
    this.#rows += rows.length;
  }

  /** Ends appending: the table has its rows. */
  finish(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#appender.close();
  }

  /**
   * Writes what a query over the table gives (default: all of it, in order) as a part: whole under its name, or not at all.
   *
   * @param cursor the column whose largest value the part is to say
   * @param options `from`: the query; `name`: what the part's name begins with
   * @throws TondoError `IO_FAILED`, `ABORTED`
   */
  async write(
    folder: string,
    number: number,
    cursor: PartColumn | undefined,
    signal: AbortSignal | undefined,
    { from = extractedRows, name = "part" }: { readonly from?: string; readonly name?: string } = {},
  ): Promise<ExtractedPart> {
    await makeDurableFolder(folder);
    const file = `${name}-${String(number).padStart(6, "0")}.parquet`;
    const path = join(folder, file);
    const temporary = temporaryBeside(path);
    try {
      const selected = this.#columns.map(
        (column, i) => `${fileColumn(column, partColumn(i))} as ${quoteIdentifier(column.name)}`,
      );
      await this.#engine.run(
        `copy (select ${selected.join(", ")} from ${from}) to ${sqlText(temporary)} (format parquet, compression zstd)`,
        doing,
        signal,
      );
      await syncFile(temporary);
      const [digest] = await digestFiles([temporary], { folder }, signal);
      if (digest === undefined) throw new TondoError("INTERNAL", `"${temporary}" has no digest`);
      const largest = cursor === undefined ? "null" : `max(${partColumn(this.#columns.indexOf(cursor))})`;
      const [row] = await this.#engine.rows(
        `select count(*)::double as n, ${largest}::bigint::varchar as largest from ${from}`,
        doing,
      );
      await rename(temporary, path);
      await syncFolder(folder);
      const most = row?.["largest"];
      return {
        file,
        rows: Number(row?.["n"] ?? 0),
        bytes: digest.bytes,
        sha256: digest.sha256,
        ...(typeof most === "string" ? { largest: most } : {}),
      };
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** A carried value as it stands in a file. */
function fileColumn({ kind, zoned }: PartColumn, name: string): string {
  const value = toFile(fromCarrier(name, kind), kind);
  if (!zoned) return value;
  return isList(kind) ? `${value}::timestamptz[]` : `${value}::timestamptz`;
}

/** A file's value as it was carried. */
export function carriedColumn(kind: ValueKind, name: string): string {
  const scalar = (value: string, of: ValueKind): string => {
    switch (of) {
      case "bool":
        return `(${value})::int::double`;
      case "timestamp":
        return `epoch_us(${value})::double`;
      case "date":
        return `((${value})::date - date '1970-01-01')::double`;
      default:
        return value;
    }
  };
  if (!isList(kind)) return scalar(name, kind);
  const element = scalar("one", elementKind(kind));
  return element === "one" ? name : `list_transform(${name}, lambda one: ${element})`;
}
