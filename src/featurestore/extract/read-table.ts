import { join } from "node:path";
import type { Progress } from "../../core/index.ts";
import type { RowRange, SourceTable, TableSnapshot } from "../../database/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { TableCursor } from "./check-table.ts";
import { cursorDomain, cursorSql, type CursorValue, lookedBack } from "./cursor.ts";
import type { ExtractedPart } from "./extracted-table.ts";
import type { KeptParts } from "./kept-parts.ts";
import { PartWriter } from "./part-writer.ts";
import { unkeptRows } from "./unkept-rows.ts";

/** What a table is read with. */
export interface TableReading {
  readonly snapshot: TableSnapshot;
  readonly table: SourceTable;
  readonly kept: KeptParts;
  readonly engine: Engine;
  readonly partRows: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Rows that were not kept before, and rows that were read again for nothing. */
export interface RowsRead {
  readonly rows: number;
  readonly repeats: number;
}

/** Reads by the cursor: what is looked back to, then what lies beyond, part by part. Each part is kept once it is written. */
export async function readNew(reading: TableReading, cursor: TableCursor): Promise<RowsRead> {
  const { snapshot, table, kept } = reading;
  const { from, before } = cursorDomain(cursor.kind, cursor.column.zoned);
  const known = kept.largest;
  const again = known === undefined ? { rows: 0, repeats: 0 } : await readAgain(reading, cursor, known);
  const beyond: RowRange = {
    column: cursor.column.name,
    ...(known === undefined ? {} : { beyond: placeSql(known, cursor) }),
    ...(known !== undefined || from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
  };
  let largest = known;
  let rows = again.rows;
  await inParts(reading, cursor, snapshot.rows(table, beyond), kept.parts.length === 0, async (part) => {
    largest = largestOf(part) ?? largest;
    rows += part.rows;
    await kept.add([part], largest);
  });
  // Also where nothing came: the next one looks back from now.
  await kept.add([], largest);
  return { rows, repeats: again.repeats };
}

/** Reads the whole table in place of what is kept. */
export async function readWhole(
  reading: TableReading,
  cursor: TableCursor | undefined,
): Promise<RowsRead & { readonly changed: boolean }> {
  const { snapshot, table, kept } = reading;
  const range =
    cursor === undefined
      ? undefined
      : { column: cursor.column.name, ...cursorDomain(cursor.kind, cursor.column.zoned) };
  let largest: CursorValue | undefined;
  const parts: ExtractedPart[] = [];
  await inParts(reading, cursor, snapshot.rows(table, range), true, (part) => {
    largest = largestOf(part) ?? largest;
    parts.push(part);
    return Promise.resolve();
  });
  const changed = await kept.replace(parts, largest);
  return { rows: changed ? parts.reduce((sum, part) => sum + part.rows, 0) : 0, repeats: 0, changed };
}

/** Reads what is within the lookback again, and keeps what is not kept of it. */
async function readAgain(reading: TableReading, cursor: TableCursor, largest: CursorValue): Promise<RowsRead> {
  const { snapshot, table, kept, engine, signal } = reading;
  const from = lookedBack(kept.watermark ?? largest, cursor.kind, cursor.lookback);
  const range: RowRange = {
    column: cursor.column.name,
    from: placeSql(from, cursor),
    to: placeSql(largest, cursor),
  };
  const writer = await PartWriter.open(engine, table.columns);
  try {
    for await (const batch of snapshot.rows(table, range)) writer.append(batch);
  } finally {
    writer.finish();
  }
  if (writer.rows === 0) return { rows: 0, repeats: 0 };
  // Parts that end before it hold none of what is read again.
  const files = kept.parts
    .filter((part) => part.rows > 0 && (largestOf(part) ?? largest) >= from)
    .map(({ file }) => join(kept.folder, file));
  const { sql, rows } = await unkeptRows(
    engine,
    table,
    { files, columns: kept.columns },
    { cursor, from, to: largest },
    signal,
  );
  if (rows > 0)
    await kept.add([await writer.write(kept.folder, kept.number(), cursor.column, signal, { from: sql })], largest);
  return { rows, repeats: writer.rows - rows };
}

/** Writes rows into parts as they come; with `evenNone`, one without rows where none come: it has the columns. */
async function inParts(
  { engine, table, kept, partRows, progress, signal }: TableReading,
  cursor: TableCursor | undefined,
  batches: ReturnType<TableSnapshot["rows"]>,
  evenNone: boolean,
  done: (part: ExtractedPart) => Promise<void>,
): Promise<void> {
  let writer: PartWriter | undefined;
  let read = 0;
  const finish = async (full: PartWriter): Promise<void> => {
    full.finish();
    await done(await full.write(kept.folder, kept.number(), cursor?.column, signal));
    writer = undefined;
  };
  try {
    for await (const batch of batches) {
      writer ??= await PartWriter.open(engine, table.columns);
      writer.append(batch);
      read += batch.length;
      progress.update(read);
      if (writer.rows >= partRows) await finish(writer);
    }
    if (writer === undefined && read === 0 && evenNone) writer = await PartWriter.open(engine, table.columns);
    if (writer !== undefined) await finish(writer);
  } finally {
    writer?.finish();
  }
}

function largestOf({ largest }: ExtractedPart): CursorValue | undefined {
  return largest === undefined ? undefined : BigInt(largest);
}

function placeSql(value: CursorValue, { kind, column }: TableCursor): string {
  return cursorSql(value, kind, column.zoned);
}
