import { accessSync, closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { TondoError } from "../../../core/index.ts";

/** What a data file of LMDB has at byte 24: its magic number and the version of its format, little-endian. */
const magic = 0xbeefc0de;
const formatVersion = 2;

/**
 * Looks at a store's files before the driver does: it ends the process where one is not what it should be, or not to be
 * read.
 *
 * @throws TondoError `STORE_CORRUPT`, `IO_FAILED`
 */
export function checkFile(folder: string, readOnly: boolean): void {
  const mode = readOnly ? constants.R_OK : constants.R_OK | constants.W_OK;
  const head = Buffer.alloc(32);
  const data = join(folder, "data.mdb");
  let length: number;
  try {
    if (existsSync(folder)) accessSync(folder, mode | constants.X_OK);
    const lock = join(folder, "lock.mdb");
    if (existsSync(lock)) accessSync(lock, mode);
    if (!existsSync(data)) return;
    accessSync(data, mode);
    const file = openSync(data, "r");
    try {
      length = readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new TondoError("IO_FAILED", "the online store cannot be opened", {
      where: folder,
      hint: "Check that its folder and files can be read, and written where you load.",
      cause: error,
    });
  }
  // A process that was killed while it made the file leaves an empty one.
  if (length === 0 || (head.readUInt32LE(24) === magic && head.readUInt32LE(28) === formatVersion)) return;
  throw new TondoError("STORE_CORRUPT", "the online store's file is not one", {
    where: data,
    hint: "Remove the folder and materialize again.",
  });
}
