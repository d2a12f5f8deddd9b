import { rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a lock of the operating system on a file (SQLite's), so that none is left by a process that was killed; the file goes away with the
 * lock. It does not wait: `undefined` where another holds it. What the file system says is thrown as it is.
 */
export function lockFile(path: string): Disposable | undefined {
  for (;;) {
    const before = inode(path);
    const lock = take(path);
    if (lock === undefined) return undefined;
    // The file may have gone away with the lock of the one before, between opening and locking it: then this lock is on nothing.
    if (before !== undefined && inode(path) === before) {
      return {
        [Symbol.dispose]: () => {
          rmSync(path, { force: true });
          lock.close();
        },
      };
    }
    lock.close();
  }
}

function take(path: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
    return lock;
  } catch (error) {
    lock?.close();
    // SQLITE_BUSY and SQLITE_LOCKED.
    const { errcode } = error as { readonly errcode?: number };
    if (errcode === 5 || errcode === 6) return undefined;
    throw error;
  }
}

function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
