import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TondoError, type ValueKind, writeFileAtomic } from "../../core/index.ts";

/** A file that rows of a table were extracted into. */
export interface ExtractedPart {
  /** Its name in the folder. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The largest value of the cursor in it, as that of the whole; absent without cursor or rows, and where an earlier release wrote it. */
  readonly largest?: string;
}

/** What is kept of a table: the record beside its parts. What it does not name is no part. */
export interface ExtractedTable {
  readonly version: 1;
  readonly source: string;
  /** As the definitions write it. */
  readonly table: string;
  /** The column by which it is read; `null` where it is read whole. */
  readonly cursor: string | null;
  /** The columns that all parts have, with their kinds. */
  readonly columns: Readonly<Record<string, ValueKind>>;
  /** The largest value of the cursor that was read: an int, microseconds or days, as decimal text; `null` before the first row. */
  readonly largest: string | null;
  /** From which value on, less the lookback, rows are read again: the largest, but of moments none later than when they were read. */
  readonly watermark: string | null;
  /** The number of the next part. */
  readonly next: number;
  readonly parts: readonly ExtractedPart[];
  /** When its last extraction read the database, by the database's clock; ISO 8601. */
  readonly extractedAt: string;
}

/** The record's name in the folder of a table. */
export const recordFile = "extracted.json";

/** The folder of a source's table in a home, from there: what is no letter, digit, `.`, `_` or `-` of the names is escaped. */
export function tableFolder(source: string, table: string): string {
  return join("sources", folderName(source), folderName(table));
}

function folderName(name: string): string {
  const escaped = encodeURIComponent(name).replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return /^\.+$/.test(escaped) ? escaped.replaceAll(".", "%2e") : escaped;
}

/**
 * What is kept in the folder of a table; `undefined` where nothing was extracted yet.
 *
 * @throws TondoError `MANIFEST_INVALID`, `IO_FAILED`
 */
export async function readExtracted(folder: string): Promise<ExtractedTable | undefined> {
  const path = join(folder, recordFile);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, { where: path, cause: error });
  }
  const invalid = (cause?: unknown): TondoError =>
    new TondoError("MANIFEST_INVALID", "the record of what was extracted is damaged, or of another version", {
      where: path,
      hint: "Extract the source anew: tondo extract SOURCE --full-refresh.",
      ...(cause === undefined ? {} : { cause }),
    });
  try {
    const record = JSON.parse(text) as Partial<ExtractedTable> | null;
    if (record?.version !== 1 || !Array.isArray(record.parts) || typeof record.columns !== "object") throw invalid();
    return record as ExtractedTable;
  } catch (error) {
    throw error instanceof TondoError ? error : invalid(error);
  }
}

/** Makes a record the one that counts. */
export async function writeExtracted(folder: string, record: ExtractedTable): Promise<void> {
  await writeFileAtomic(join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`);
}
