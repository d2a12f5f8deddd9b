import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, formatMicros, type Micros } from "../../core/index.ts";
import { type CursorValue, watermarkOf } from "./cursor.ts";
import { type ExtractedPart, type ExtractedTable, writeExtracted } from "./extracted-table.ts";
import type { TableCursor } from "./check-table.ts";

/** What a record says of each extraction. */
export interface Extracted {
  readonly about: Pick<ExtractedTable, "source" | "table" | "columns">;
  readonly cursor: TableCursor | undefined;
  /** When the database was read, by its clock. */
  readonly began: Micros;
}

const partName = /^part-(\d+)\.parquet$/;

/** The parts of a table that count, and how far its cursor has come: changed by one write of their record, or not at all. */
export class KeptParts {
  readonly folder: string;
  readonly #extracted: Extracted;
  #record: ExtractedTable | undefined;
  #next: number;

  private constructor(folder: string, extracted: Extracted, record: ExtractedTable | undefined, next: number) {
    this.folder = folder;
    this.#extracted = extracted;
    this.#record = record;
    this.#next = next;
  }

  /** Takes up what is kept, and away what an extraction that was killed left behind. */
  static async open(folder: string, extracted: Extracted, record: ExtractedTable | undefined): Promise<KeptParts> {
    const highest = await clear(folder, record);
    return new KeptParts(folder, extracted, record, Math.max(record?.next ?? 1, highest + 1));
  }

  get parts(): readonly ExtractedPart[] {
    return this.#record?.parts ?? [];
  }

  /** The columns that all parts have, with their kinds. */
  get columns(): ExtractedTable["columns"] {
    return this.#record?.columns ?? {};
  }

  /** The largest value of the cursor among what is kept. */
  get largest(): CursorValue | undefined {
    const { largest = null } = this.#record ?? {};
    return largest === null ? undefined : BigInt(largest);
  }

  get watermark(): CursorValue | undefined {
    const { watermark = null } = this.#record ?? {};
    return watermark === null ? undefined : BigInt(watermark);
  }

  /** A number for a part that no other one of this table had: who reads one that was replaced finds it gone, and nothing else in its place. */
  number(): number {
    return this.#next++;
  }

  /** Adds parts to what is kept. */
  async add(parts: readonly ExtractedPart[], largest: CursorValue | undefined): Promise<void> {
    const { columns } = this.#extracted.about;
    const before = this.#record?.columns ?? columns;
    // Those that all parts have.
    const common = Object.fromEntries(Object.entries(columns).filter(([name, kind]) => before[name] === kind));
    await this.#write([...this.parts, ...parts], largest, common);
  }

  /** Replaces all that was kept; parts of the same bytes are given up for those. Says whether something changed. */
  async replace(parts: readonly ExtractedPart[], largest: CursorValue | undefined): Promise<boolean> {
    const bytes = (all: readonly ExtractedPart[]): string => canonicalJson(all.map((part) => part.sha256));
    const isSame = this.#record !== undefined && bytes(this.parts) === bytes(parts);
    await this.#write(isSame ? this.parts : parts, largest, this.#extracted.about.columns);
    await clear(this.folder, this.#record);
    return !isSame;
  }

  async #write(
    parts: readonly ExtractedPart[],
    largest: CursorValue | undefined,
    columns: ExtractedTable["columns"],
  ): Promise<void> {
    const { about, cursor, began } = this.#extracted;
    const reached = cursor === undefined ? undefined : largest;
    this.#record = {
      version: 1,
      ...about,
      columns,
      cursor: cursor?.column.name ?? null,
      largest: reached === undefined ? null : String(reached),
      watermark:
        cursor === undefined || reached === undefined ? null : String(watermarkOf(reached, cursor.kind, began)),
      next: this.#next,
      parts,
      extractedAt: formatMicros(began),
    };
    await writeExtracted(this.folder, this.#record);
  }
}

/** Removes what a record does not name, and gives the highest number of a part that was there. */
async function clear(folder: string, record: ExtractedTable | undefined): Promise<number> {
  const named = new Set(record?.parts.map(({ file }) => file));
  let highest = 0;
  for (const name of await readdir(folder)) {
    highest = Math.max(highest, Number(partName.exec(name)?.[1] ?? 0));
    const isPart = partName.test(name) || /^\.part-.*\.part$/.test(name);
    if (isPart && !named.has(name)) await rm(join(folder, name), { force: true });
  }
  return highest;
}
