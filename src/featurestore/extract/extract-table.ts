import { join } from "node:path";
import { formatMicros, type Progress, TondoError } from "../../core/index.ts";
import { type SourceDatabaseOptions, TableSnapshot } from "../../database/index.ts";
import { type SourcePlan, tableParts, type TableTransportPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { lockHome } from "../home-lock.ts";
import { checkCursor, checkTable } from "./check-table.ts";
import { cursorDomain, cursorText } from "./cursor.ts";
import { type ExtractedTable, readExtracted, tableFolder } from "./extracted-table.ts";
import { KeptParts } from "./kept-parts.ts";
import { readNew, readWhole, type TableReading } from "./read-table.ts";

/** What came of reading a table. */
export interface TableExtraction {
  readonly source: string;
  /** As the definitions write it. */
  readonly table: string;
  /** `replaced`: read whole, in place of what was kept. */
  readonly status: "extracted" | "replaced" | "unchanged";
  /** Rows that were not kept before. */
  readonly rows: number;
  /** Rows within the lookback that were kept already. */
  readonly repeats: number;
  /** Rows whose cursor is null, or no moment that the language knows: they are not read. */
  readonly withoutCursor: number;
  /** All that is kept now. */
  readonly kept: { readonly rows: number; readonly parts: number; readonly bytes: number };
  /** From where the next extraction looks back: an int, an ISO 8601 moment or a date. Absent where the table is read whole, or is empty. */
  readonly watermark?: string;
  /** Columns of types that the language does not have: they are not kept. */
  readonly unread: readonly { readonly name: string; readonly type: string }[];
  /** When the database was read, by its clock; ISO 8601. */
  readonly at: string;
  readonly seconds: number;
}

/** What a table is read with. */
export interface ExtractContext {
  readonly database: SourceDatabaseOptions;
  readonly home: string;
  readonly engine: Engine;
  /** Whether what is kept is replaced. */
  readonly fullRefresh: boolean;
  readonly partRows: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Reads what is new in one table into parts. See `extract` for errors. */
export async function extractTable(
  source: SourcePlan,
  place: TableTransportPlan,
  { database, home, engine, fullRefresh, partRows, progress, signal }: ExtractContext,
): Promise<TableExtraction> {
  const started = performance.now();
  const folder = join(home, tableFolder(source.name, place.table));
  using _lock = lockHome(folder, `extract ${source.name}`);
  const found = await readExtracted(folder).catch((error: unknown): "damaged" => {
    if (fullRefresh && error instanceof TondoError && error.code === "MANIFEST_INVALID") return "damaged";
    throw error;
  });
  const record = found === "damaged" ? undefined : found;
  progress.start(`extracting ${source.name} from ${place.table}`);
  await using snapshot = await TableSnapshot.open(database, signal);
  const isWhole = fullRefresh || place.cursor === undefined;
  const described = await snapshot.describe(tableParts(place.table) ?? { table: place.table });
  const table = checkTable(source, place, described, isWhole ? undefined : record);
  const cursor = checkCursor(source, place, table, fullRefresh ? undefined : record);
  const columns: ExtractedTable["columns"] = Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind]));
  const about = { source: source.name, table: place.table, columns };
  const kept = await KeptParts.open(folder, { about, cursor, began: snapshot.began }, found);
  const reading: TableReading = { snapshot, table, kept, engine, partRows, progress, signal };
  const isFirst = record === undefined;
  const { rows, repeats, changed } =
    cursor === undefined || fullRefresh
      ? await readWhole(reading, cursor)
      : await readNew(reading, cursor).then((read) => ({ ...read, changed: isFirst || read.rows > 0 }));
  const withoutCursor =
    cursor === undefined || (cursor.kind === "int" && cursor.column.required)
      ? 0
      : await snapshot.countOutside(table, {
          column: cursor.column.name,
          ...cursorDomain(cursor.kind, cursor.column.zoned),
        });
  progress.finish(`${String(rows)} new`);
  const { watermark, parts } = kept;
  return {
    source: source.name,
    table: place.table,
    status: !changed ? "unchanged" : isFirst || !isWhole ? "extracted" : "replaced",
    rows,
    repeats,
    withoutCursor,
    kept: {
      rows: parts.reduce((sum, part) => sum + part.rows, 0),
      parts: parts.length,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    },
    ...(watermark === undefined || cursor === undefined ? {} : { watermark: cursorText(watermark, cursor.kind) }),
    unread: table.unread,
    at: formatMicros(snapshot.began),
    seconds: Math.round(performance.now() - started) / 1000,
  };
}
