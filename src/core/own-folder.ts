import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "./file-lock.ts";

/** A folder that is one process's own for a while. */
export interface OwnFolder extends Disposable {
  readonly path: string;
}

/** Folders of killed processes that are looked at in one go. */
const maxLeftovers = 1000;

/**
 * Makes a folder in another that goes away when it is disposed of, or, where the process was killed, when the next one of its kind is made
 * there: a lock beside it tells whether its process lives. Nobody else may read it. What the file system says is thrown as it is.
 *
 * @param kind what it is for, in small letters
 */
export function ownFolder(parent: string, kind: string): OwnFolder {
  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent, kind);
  for (;;) {
    const path = join(parent, `tondo-${kind}-${randomUUID()}`);
    const lock = lockFile(`${path}.lock`);
    // Another one that removes leftovers may have been quicker.
    if (lock === undefined) continue;
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
    return {
      path,
      [Symbol.dispose]: () => {
        try {
          rmSync(path, { recursive: true, force: true, maxRetries: 3 });
        } finally {
          lock[Symbol.dispose]();
        }
      },
    };
  }
}

function removeLeftovers(parent: string, kind: string): void {
  const isLock = new RegExp(`^tondo-${kind}-[0-9a-f-]{36}\\.lock$`);
  for (const name of readdirSync(parent)
    .filter((one) => isLock.test(one))
    .slice(0, maxLeftovers)) {
    const path = join(parent, name);
    let lock: Disposable | undefined;
    try {
      lock = lockFile(path);
    } catch {
      // Another account's, in a folder for all: its own next run removes it.
      continue;
    }
    if (lock === undefined) continue;
    rmSync(path.slice(0, -".lock".length), { recursive: true, force: true, maxRetries: 3 });
    lock[Symbol.dispose]();
  }
}
