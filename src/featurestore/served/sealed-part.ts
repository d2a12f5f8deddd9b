import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type parquet from "parquetjs-lite";
import type { ParquetWriter as Writer } from "parquetjs-lite";
import type { Value } from "../../core/index.ts";
import type { JournalVector } from "./journal-format.ts";
import { sealedField, sealedName, sealedValue } from "./sealed-column.ts";
import type { ServedColumn } from "./served-schema.ts";
import { ShreddedRows } from "./shredded-rows.ts";

/** Rows and bytes of journal after which a group of rows is written: what a part holds in memory, and how long one write keeps others waiting. */
const groupRows = 256;
const groupBytes = 256 * 1024;

/** A part while it is written by parquetjs-lite: the rows that one journal has of one vector. */
export class SealedPart {
  readonly columns: readonly ServedColumn[];
  readonly #writer: Writer;
  readonly #file: FileHandle;
  readonly #pending: Buffer[];
  #rows = 0;
  #group: ShreddedRows;
  #groupBytes = 0;
  /** The newest row: the last one of a group is given to the writer itself, which writes the group then. */
  #newest: readonly Value[] | undefined;

  private constructor(columns: readonly ServedColumn[], writer: Writer, file: FileHandle, pending: Buffer[]) {
    this.columns = columns;
    this.#writer = writer;
    this.#file = file;
    this.#pending = pending;
    this.#group = this.#emptyGroup();
  }

  static async create(
    { ParquetSchema, ParquetWriter }: typeof parquet,
    folder: string,
    name: string,
    { columns }: JournalVector,
  ): Promise<SealedPart> {
    const schema = new ParquetSchema(
      Object.fromEntries(columns.map(({ kind }, place) => [sealedName(place), sealedField(kind)])),
    );
    const pending: Buffer[] = [];
    // Its own streams lose what a disk says; this takes what is to be written, and `#drain` writes it.
    const sink = {
      write: (bytes: Buffer, done: () => void) => {
        pending.push(bytes);
        done();
      },
      end: (done: () => void) => {
        done();
      },
    };
    const writer = await ParquetWriter.openStream(schema, sink, {
      rowGroupSize: groupRows,
      pageSize: groupRows,
      pageIndex: false,
      useDataPageV2: false,
    });
    return new SealedPart(columns, writer, await open(join(folder, name), "wx"), pending);
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param bytes how long the row was in its journal */
  async append(values: readonly Value[], bytes: number): Promise<void> {
    if (this.#newest !== undefined) this.#group.add(this.#newest);
    this.#newest = values;
    this.#groupBytes += bytes;
    this.#rows++;
    if (this.#groupBytes >= groupBytes || this.#group.rows + 1 >= groupRows) await this.#writeGroup(values);
  }

  /** Writes its end, to the disk for sure. */
  async close(): Promise<void> {
    try {
      if (this.#newest !== undefined) await this.#writeGroup(this.#newest);
      await this.#writer.close();
      await this.#drain();
      // That its groups are taken as they are is no promise of the package: nothing is removed where it does otherwise.
      const { rowCount } = this.#writer.envelopeWriter;
      if (rowCount !== this.#rows)
        throw new Error(`parquetjs-lite wrote ${String(rowCount)} of ${String(this.#rows)} rows`);
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  /** Gives it up. */
  async abandon(): Promise<void> {
    await this.#file.close();
  }

  async #writeGroup(last: readonly Value[]): Promise<void> {
    const row: Record<string, unknown> = {};
    for (const [place, { kind }] of this.columns.entries())
      row[sealedName(place)] = sealedValue(last[place] ?? null, kind);
    this.#writer.rowBuffer = this.#group.buffer;
    this.#writer.setRowGroupSize(1);
    await this.#writer.appendRow(row);
    this.#newest = undefined;
    this.#group = this.#emptyGroup();
    this.#groupBytes = 0;
    await this.#drain();
  }

  #emptyGroup(): ShreddedRows {
    return new ShreddedRows(this.columns.map(({ kind }) => kind));
  }

  async #drain(): Promise<void> {
    for (const bytes of this.#pending.splice(0)) {
      for (let written = 0; written < bytes.length;)
        written += (await this.#file.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  }
}
