import { readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pid } from "node:process";
import { open } from "lmdb";
import { syncFile, syncFolder, TondoError } from "../../../core/index.ts";
import { lmdbError } from "./lmdb-error.ts";
import { databases } from "./lmdb-layout.ts";
import { defaultLmdbLimits } from "./lmdb-options.ts";

/** What compaction made of a store's file, bytes. */
export interface CompactedStore {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Writes the file of a store anew with what is in force alone, and puts it in the place of the old one: what was removed stands in it no more. Nobody may have the
 * store open, this process included, nor open it meanwhile: who has the old file would go on reading it. The old one stays where this is ended on the way.
 *
 * @throws TondoError `HOME_BUSY` where another process is seen to have it open (on Linux each is, elsewhere those that read just now), `IO_FAILED`
 */
export async function compactLmdb(folder: string): Promise<CompactedStore> {
  const data = join(folder, "data.mdb");
  const temporary = join(folder, ".compacting");
  const doing = "compacting the online store";
  try {
    const { size: bytesBefore } = await stat(data);
    refuseOthers(folder, lockHolders(folder));
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    const root = open({ path: folder, noSubdir: false, maxDbs: databases(defaultLmdbLimits.groups) });
    try {
      root.readerCheck();
      refuseOthers(folder, readersOf(root.readerList()));
      await root.backup(temporary, true);
    } finally {
      await root.close();
    }
    await syncFile(join(temporary, "data.mdb"));
    refuseOthers(folder, lockHolders(folder));
    // It says which transactions there were in the old file; the next one that opens the store makes another.
    await rm(join(folder, "lock.mdb"), { force: true });
    await rename(join(temporary, "data.mdb"), data);
    await syncFolder(folder);
    return { bytesBefore, bytesAfter: (await stat(data)).size };
  } catch (error) {
    throw lmdbError(error, doing, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Processes that hold a lock on the store's lock file, as each does that has it open; known on Linux alone. */
function lockHolders(folder: string): readonly number[] {
  let locks: string;
  let inode: bigint;
  try {
    inode = statSync(join(folder, "lock.mdb"), { bigint: true }).ino;
    locks = readFileSync("/proc/locks", "utf8");
  } catch {
    // Another system, or a store that nobody has opened since it was made.
    return [];
  }
  return locks.split("\n").flatMap((line) => {
    const [, holder, file] = /\s(-?\d+)\s+\S+:\S+:(\d+)\s/.exec(line) ?? [];
    return file === String(inode) && Number(holder) !== pid ? [Number(holder)] : [];
  });
}

/** Processes that have read, by the store's own list of readers. */
function readersOf(list: string): readonly number[] {
  return Array.from(list.matchAll(/^\s*(\d+)\s/gm), ([, found]) => Number(found)).filter((one) => one !== pid);
}

function refuseOthers(folder: string, others: readonly number[]): void {
  if (others.length === 0) return;
  const named = [...new Set(others)].sort((a, b) => a - b).join(", ");
  throw new TondoError(
    "HOME_BUSY",
    `the online store cannot be compacted while others have it open (process ${named})`,
    {
      where: folder,
      hint: "Stop what reads it first. What was erased is erased: only its bytes may still stand in the file.",
      details: { processes: [...new Set(others)] },
    },
  );
}
