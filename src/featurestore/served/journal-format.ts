import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { VectorPlan } from "../../dsl/index.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { ServedColumn } from "./served-schema.ts";

/*
 * A journal begins with `journalHead`. Then come records: the length of what follows and its CRC-32, 4 bytes each, then as many bytes: one that says what it is, then
 * the number of a vector, 4 bytes. A `vector` record has behind that {@link JournalVector} as JSON, and stands before the first row of
 * the vector; a `row` record has the values of a row.
 */

/** What every journal begins with: its name and the version of its form. */
export const journalHead: Buffer = Buffer.from("TONDO-SERVED-1\n");

/** What a record is. */
export const recordTypes = { vector: 1, row: 2 } as const;

/** How many bytes stand before what a record says. */
export const recordHead = 8;

/** What a journal says of a vector. */
export interface JournalVector {
  readonly name: string;
  readonly fingerprint: string;
  /** The columns of its rows, as this program wrote them: another one may have more. */
  readonly columns: readonly ServedColumn[];
  readonly plan: VectorPlan;
}

/** Begins a record; {@link endRecord} ends it. Gives where it begins. */
export function beginRecord(into: ByteWriter, type: number, vector: number): number {
  const start = into.end;
  into.uint32(0);
  into.uint32(0);
  into.byte(type);
  into.uint32(vector);
  return start;
}

/** Says how long the record is that began there. Its checksum is still to be made: see {@link sumRecords}. */
export function endRecord(into: ByteWriter, start: number): void {
  into.uint32At(start, into.end - start - recordHead);
}

/** Writes the checksums of some records. */
export function sumRecords(records: Buffer): void {
  for (let at = 0; at < records.length;) {
    const end = at + recordHead + records.readUInt32LE(at);
    records.writeUInt32LE(crc32(records.subarray(at + recordHead, end)), at + 4);
    at = end;
  }
}

/** The whole record that declares a vector. */
export function vectorRecord(number: number, vector: JournalVector): Buffer {
  const text = JSON.stringify(vector);
  const writer = new ByteWriter(recordHead + 16 + text.length * 3);
  const start = beginRecord(writer, recordTypes.vector, number);
  writer.text(text);
  endRecord(writer, start);
  sumRecords(writer.written);
  return writer.written;
}

/** What was read of a journal, beside its records. */
export interface JournalEnd {
  /** Bytes behind the last whole record: what a process was writing when it was killed. */
  tornBytes: number;
  /** Records whose checksum is wrong though whole ones follow: the disk did that. */
  damaged: number;
}

const blockBytes = 1 << 20;

/**
 * The records of a journal one by one, what they say without their head; `found` is complete at the end. A torn tail is left out, and a damaged record
 * that whole ones follow.
 */
export async function* readJournal(path: string, found: JournalEnd): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, journalHead.length);
    if (!head.equals(journalHead)) {
      found.tornBytes = size;
      return;
    }
    let block: Buffer = Buffer.alloc(0);
    let blockStart = 0;
    const bytesAt = async (at: number, length: number): Promise<Buffer | undefined> => {
      if (at + length > size) return undefined;
      if (at < blockStart || at + length > blockStart + block.length) {
        block = await readAt(file, at, Math.min(Math.max(length, blockBytes), size - at));
        blockStart = at;
      }
      return block.subarray(at - blockStart, at - blockStart + length);
    };
    const recordAt = async (
      at: number,
    ): Promise<{ readonly payload: Buffer; readonly isWhole: boolean } | undefined> => {
      const start = await bytesAt(at, recordHead);
      if (start === undefined) return undefined;
      const length = start.readUInt32LE(0);
      const sum = start.readUInt32LE(4);
      // Zeros, as a file has them that was made longer and not written, are no record.
      if (length < 5) return undefined;
      const payload = await bytesAt(at + recordHead, length);
      return payload === undefined ? undefined : { payload, isWhole: crc32(payload) === sum };
    };
    for (let at = journalHead.length; at < size;) {
      const record = await recordAt(at);
      if (record === undefined) {
        found.tornBytes = size - at;
        return;
      }
      const next = at + recordHead + record.payload.length;
      if (record.isWhole) yield record.payload;
      else if ((await recordAt(next))?.isWhole === true) found.damaged++;
      else {
        found.tornBytes = size - at;
        return;
      }
      at = next;
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: Awaited<ReturnType<typeof open>>, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
