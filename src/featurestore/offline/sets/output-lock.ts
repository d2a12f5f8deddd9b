import { rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TondoError } from "../../../core/index.ts";

/**
 * Takes an output folder for one run at a time. It is a lock of the operating system on a file beside the folder (SQLite's), so
 * that none is left by a run that was killed; the file goes away with the lock. It does not wait.
 *
 * @throws TondoError `HOME_BUSY` where another run is making the folder, `IO_FAILED`
 */
export function lockOutput(output: string): Disposable {
  const path = join(dirname(output), `.${basename(output)}.lock`);
  for (;;) {
    const before = inode(path);
    const lock = take(path, output);
    // The file may have gone away with the lock of the run before, between opening and locking it: then this lock is on nothing.
    if (before !== undefined && inode(path) === before) return release(lock, path);
    lock.close();
  }
}

function take(path: string, output: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
    return lock;
  } catch (error) {
    lock?.close();
    // SQLITE_BUSY and SQLITE_LOCKED.
    const { errcode } = error as { readonly errcode?: number };
    if (errcode === 5 || errcode === 6) {
      throw new TondoError("HOME_BUSY", `another run is making "${output}"`, {
        where: output,
        hint: "Wait until it is done, or give another output folder.",
        cause: error,
      });
    }
    throw new TondoError("IO_FAILED", `"${output}" cannot be made: nothing can be written beside it`, {
      where: path,
      hint: "Check that the folder above it can be written and has room.",
      cause: error,
    });
  }
}

function release(lock: DatabaseSync, path: string): Disposable {
  return {
    [Symbol.dispose]: () => {
      rmSync(path, { force: true });
      lock.close();
    },
  };
}

function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
