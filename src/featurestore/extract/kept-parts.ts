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
const unfinishedName = /^\.part-.*\.part$/;

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

  /**
   * Takes up what is kept, and away what an extraction that was killed left behind, or the last one replaced. Where there is a record that cannot
   * be read, all stays: what counts is not known.
   */
  static async open(
    folder: string,
    extracted: Extracted,
    record: ExtractedTable | "damaged" | undefined,
  ): Promise<KeptParts> {
    const found = await readdir(folder);
    const highest = found.reduce((most, name) => Math.max(most, Number(partName.exec(name)?.[1] ?? 0)), 0);
    if (record === "damaged") return new KeptParts(folder, extracted, undefined, highest + 1);
    const named = new Set(record?.parts.map(({ file }) => file));
    for (const name of found) {
      const isPart = partName.test(name) || unfinishedName.test(name);
      if (isPart && !named.has(name)) await rm(join(folder, name), { force: true });
    }
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

  /**
   * Replaces all that was kept; parts of the same bytes are given up for those. What was replaced stays until the next extraction, for whoever reads
   * it now. Says whether something changed.
   */
  async replace(parts: readonly ExtractedPart[], largest: CursorValue | undefined): Promise<boolean> {
    const bytes = (all: readonly ExtractedPart[]): string => canonicalJson(all.map((part) => part.sha256));
    const { columns } = this.#extracted.about;
    if (this.#record === undefined || bytes(this.parts) !== bytes(parts)) {
      await this.#write(parts, largest, columns);
      return true;
    }
    const before = this.parts;
    const same = parts.map((part, i) => ({ ...part, file: before[i]?.file ?? part.file }));
    await this.#write(same, largest, columns);
    for (const { file } of parts) await rm(join(this.folder, file), { force: true });
    return false;
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
