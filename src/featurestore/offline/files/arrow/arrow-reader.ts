import { type FileHandle, open } from "node:fs/promises";
import type { RecordBatchReader } from "apache-arrow";
import { TondoError } from "../../../../core/index.ts";
import type { ArrowModule } from "./arrow-module.ts";

const magic = Buffer.from("ARROW1");
/** What a stream ends with: a message of length 0. */
const streamEnd = Buffer.from("ffffffff00000000", "hex");

/**
 * Reads a file of Arrow batch by batch: of the file format, or of the stream format.
 *
 * @throws TondoError `SOURCE_UNREADABLE` where it is none, is cut short or holds compressed buffers; `SOURCE_MISSING`
 */
export async function withArrow<T>(
  arrow: ArrowModule,
  path: string,
  what: string,
  read: (reader: RecordBatchReader) => Promise<T>,
): Promise<T> {
  const file = await open(path).catch((error: unknown) => {
    const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new TondoError(isGone ? "SOURCE_MISSING" : "IO_FAILED", `"${path}" cannot be read`, {
      where: path,
      cause: error,
    });
  });
  try {
    await refuseCut(file, path, what);
    const reader: RecordBatchReader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    return await read(reader);
  } catch (error) {
    if (error instanceof TondoError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const isPacked = /compressed/i.test(said);
    throw unreadable(
      path,
      isPacked
        ? `${what}: the file is compressed inside, which is not read`
        : `${what}: this is no whole file of Arrow: ${said}`,
      isPacked
        ? 'Write it without: pyarrow\'s write_feather(..., compression="uncompressed"), polars\' write_ipc(..., compression="uncompressed"). Or write Parquet.'
        : "Write it again: Arrow IPC, of the file or the stream format.",
      error,
    );
  } finally {
    await file.close();
  }
}

/** A writer that was killed leaves a file without its end; read as it is, rows would be missing without a word. */
async function refuseCut(file: FileHandle, path: string, what: string): Promise<void> {
  const { size } = await file.stat();
  const piece = async (from: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, Math.max(0, from));
    return buffer.subarray(0, bytesRead);
  };
  const isFile = (await piece(0, magic.length)).equals(magic);
  const end = isFile ? magic : streamEnd;
  const isWhole = size > 2 * end.length && (await piece(size - end.length, end.length)).equals(end);
  if (!isWhole) {
    const message =
      size === 0 ? `${what}: the file is empty` : `${what}: this is no whole file of Arrow: its end is missing`;
    throw unreadable(path, message, "Write it again, and put it in place once it is written.");
  }
}

function unreadable(where: string, message: string, hint: string, cause?: unknown): TondoError {
  return new TondoError("SOURCE_UNREADABLE", message, { where, hint, ...(cause === undefined ? {} : { cause }) });
}
