import { randomUUID } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { TondoError } from "../../../core/index.ts";
import { lmdbError } from "./lmdb-error.ts";

/** What a store that cannot grow has run out of. */
type Shortage = "disk" | "quota" | "file size";

const shortages: Readonly<Record<string, Shortage>> = { ENOSPC: "disk", EDQUOT: "quota", EFBIG: "file size" };

const hints: Readonly<Record<Shortage, string>> = {
  disk: "Make room on the disk, then do it again.",
  quota: "Raise the account's quota of the disk or make room in it, then do it again.",
  "file size": "Raise the limit on the size of files (`ulimit -f`), then do it again.",
};

/** How much room a store that goes on growing finds at least, bytes. */
const probed = 1 << 20;

/**
 * Why a store was not written to. The driver says of a disk that took a part of what it was given no more than "Input/output error": so the disk is asked again, by a
 * file beside the store's, which is removed at once.
 *
 * @param error what the driver threw: where that is the end of a batch, its cause is waited for
 */
export async function writeFailure(error: unknown, doing: string, folder: string): Promise<TondoError> {
  if (error instanceof TondoError) return error;
  const cause = await causeOf(error);
  const shortage = await lackingOnDisk(folder);
  if (shortage === undefined) return lmdbError(cause, doing, folder);
  const what = shortage === "disk" ? "the disk is full" : `the limit of the ${shortage} is reached`;
  return new TondoError("STORE_FULL", `${doing}: ${what}; nothing of it is served`, {
    ...{ where: folder, hint: hints[shortage], cause, details: { reason: shortage } },
  });
}

/** The driver ends each write of a batch by an error of its own, and tells the true one later. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

/** What keeps a file beside the store's from reaching as far as it would have to grow. */
async function lackingOnDisk(folder: string): Promise<Shortage | undefined> {
  const path = join(folder, `.room-${randomUUID()}`);
  try {
    const { size } = await stat(join(folder, "data.mdb"));
    const file = await open(path, "wx");
    try {
      // What lies before it takes no room.
      const { bytesWritten } = await file.write(Buffer.alloc(probed, 1), 0, probed, size);
      // A disk that takes a part of it says why when it is given the rest.
      if (bytesWritten < probed) await file.write(Buffer.alloc(probed, 1), 0, probed, size + bytesWritten);
      await file.sync();
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    return shortages[(error as NodeJS.ErrnoException).code ?? ""];
  } finally {
    await rm(path, { force: true });
  }
}
