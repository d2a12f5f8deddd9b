import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { syncFile, syncFolder, TondoError } from "../../core/index.ts";
import { type JournalEnd, type JournalVector, readJournal, recordTypes } from "./journal-format.ts";
import { loadParquet } from "./parquet-module.ts";
import { readAnswer } from "./row-codec.ts";
import { SealedPart } from "./sealed-part.ts";
import { endings, stemOf } from "./served-places.ts";
import { ValueReader } from "./value-codec.ts";

/** What a sealed folder says of a part in it. */
export interface PartEntry {
  readonly file: string;
  readonly rows: number;
  readonly vector: JournalVector;
}

/** The file in a sealed folder that lists its parts. */
export const partsFile = "parts.json";

/** What came of a journal. */
export interface SealResult extends JournalEnd {
  readonly rows: number;
}

/** So many rows are taken before others get their turn. */
const sliceRows = 16;

/**
 * Makes Parquet parts of a journal that nobody writes to any more, one for each vector, in a folder that appears whole under its name, and then removes the
 * journal. Wherever that ends early, the next call does the rest: while the folder is not there the journal counts, and from then on it does not.
 *
 * @throws TondoError `DRIVER_MISSING`, `IO_FAILED`
 */
export async function sealJournal(path: string, signal?: AbortSignal): Promise<SealResult> {
  const stem = stemOf(path, endings.journal) ?? path;
  const sealing = `${stem}${endings.sealing}`;
  const sealed = `${stem}${endings.sealed}`;
  const result = { rows: 0, tornBytes: 0, damaged: 0 };
  try {
    if (existsSync(sealed)) {
      await rm(path, { force: true });
      return result;
    }
    // A compaction has taken its sealed parts, and it with them.
    if (!existsSync(path)) return result;
    await rm(sealing, { recursive: true, force: true });
    await mkdir(sealing);
    const entries = await writeParts(path, sealing, result, signal);
    if (entries.length > 0) {
      await writeFile(join(sealing, partsFile), JSON.stringify({ version: 1, parts: entries }));
      await syncFile(join(sealing, partsFile));
      await syncFolder(sealing);
      await rename(sealing, sealed);
      await syncFolder(dirname(path));
    }
    await rm(path, { force: true });
    await rm(sealing, { recursive: true, force: true });
    return { ...result, rows: entries.reduce((rows, entry) => rows + entry.rows, 0) };
  } catch (error) {
    await rm(sealing, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof TondoError) throw error;
    throw new TondoError("IO_FAILED", `the journal ${basename(path)} of served features cannot be sealed`, {
      where: path,
      hint: "It stays as it is; make room on the disk, and it is sealed later.",
      cause: error,
    });
  }
}

async function writeParts(
  path: string,
  folder: string,
  found: JournalEnd,
  signal: AbortSignal | undefined,
): Promise<readonly PartEntry[]> {
  const parquet = await loadParquet();
  const vectors = new Map<number, JournalVector>();
  const parts = new Map<number, SealedPart>();
  try {
    let taken = 0;
    for await (const record of readJournal(path, found)) {
      if (++taken % sliceRows === 0) await setImmediate();
      signal?.throwIfAborted();
      const reader = new ValueReader(record);
      const type = reader.byte();
      const number = reader.uint32();
      if (type === recordTypes.vector) {
        vectors.set(number, JSON.parse(String(reader.value("string"))) as JournalVector);
        continue;
      }
      const vector = vectors.get(number);
      // Its vector was in a record that the disk has damaged.
      if (vector === undefined) {
        found.damaged++;
        continue;
      }
      const part = parts.get(number) ?? (await SealedPart.create(parquet, folder, `${String(number)}.part`, vector));
      parts.set(number, part);
      const { name, fingerprint } = vector;
      await part.append(readAnswer(reader, part.columns, { vector: name, fingerprint }), record.length);
    }
    const entries: PartEntry[] = [];
    for (const [number, part] of parts) {
      parts.delete(number);
      await part.close();
      const vector = vectors.get(number);
      if (vector !== undefined) entries.push({ file: `${String(number)}.part`, rows: part.rows, vector });
    }
    return entries;
  } finally {
    for (const part of parts.values()) await part.abandon();
  }
}
