import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TondoError } from "../core/index.ts";

/** Exclusive work in a home, until it is released or the process ends, however it ends. */
export interface HomeLock extends Disposable {
  release(): void;
}

/**
 * Takes the lock of a home for work that nobody may do twice at once: `apply`, `materialize`. It is a lock of the
 * operating system on a file (SQLite's), so that it holds between processes and none is left by one that was killed.
 * It does not wait.
 *
 * @param work what is about to be done, for the message
 * @throws TondoError `HOME_BUSY` where another holds it, `IO_FAILED` where the home cannot be written
 */
export function lockHome(home: string, work: string): HomeLock {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(home, { recursive: true });
    database = new DatabaseSync(join(home, "work.lock"), { timeout: 0 });
    database.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    database?.close();
    // SQLITE_BUSY and SQLITE_LOCKED.
    const { errcode } = error as { readonly errcode?: number };
    if (errcode === 5 || errcode === 6) {
      throw new TondoError("HOME_BUSY", `cannot ${work}: another process is changing this home`, {
        where: home,
        hint: "Wait until it is done, then try again.",
        cause: error,
      });
    }
    throw new TondoError("IO_FAILED", `cannot ${work}: the home cannot be locked`, {
      where: home,
      hint: "Check that the folder can be written.",
      cause: error,
    });
  }
  const held = database;
  const release = (): void => {
    if (held.isOpen) held.close();
  };
  return { release, [Symbol.dispose]: release };
}
