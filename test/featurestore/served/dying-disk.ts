import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Operation = (...given: unknown[]) => Promise<unknown>;

const patched = ["mkdir", "open", "rename", "rm", "writeFile"] as const;
const handled = ["datasync", "sync", "truncate", "write", "writeFile"] as const;

/** Runs some work on a disk whose operations that change it are others; those of files that are only read stay. What DuckDB does stays, too. */
async function onDisk<T>(other: (operation: Operation, name: string) => Operation, work: () => Promise<T>): Promise<T> {
  const real = { ...fs.promises };
  const disk = fs.promises as unknown as Record<string, Operation>;
  for (const name of patched) disk[name] = other(real[name] as Operation, name);
  const opened = other(real.open as Operation, "open");
  disk["open"] = async (...given) => {
    const handle = await (given[1] === "r" ? (real.open as Operation)(...given) : opened(...given));
    const own = handle as Record<string, Operation>;
    for (const name of handled) {
      const method = own[name]?.bind(handle);
      if (method !== undefined) own[name] = other(method, `handle.${name}`);
    }
    return handle;
  };
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(fs.promises, real);
    syncBuiltinESMExports();
  }
}

/** What a process says to the disk after it died: nothing. */
class Dead extends Error {}

/**
 * Runs some work whose process dies at its n-th operation that changes a disk: neither that one nor any behind it is done, also none by which the work would
 * clear up.
 *
 * @returns whether it died; otherwise it had fewer operations
 */
export async function dyingAt(n: number, work: () => Promise<unknown>): Promise<boolean> {
  let left = n;
  const died: Dead[] = [];
  const living =
    (operation: Operation): Operation =>
    (...given) => {
      if (left-- > 0) return operation(...given);
      const dead = new Dead("the process is dead");
      died.push(dead);
      return Promise.reject(dead);
    };
  try {
    await onDisk(living, work);
  } catch (error) {
    if (died.length === 0) throw error;
  }
  return died.length > 0;
}

/** Runs some work on a disk that forces as this says: it is given what does, and may do it, wait, or refuse. */
export async function forcing<T>(
  force: (real: () => Promise<unknown>) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  return onDisk(
    (operation, name) =>
      (...given) =>
        name === "handle.datasync" || name === "handle.sync" ? force(() => operation(...given)) : operation(...given),
    work,
  );
}

/** Runs some work in a process that can open no file any more from when it has given one a name that ends so. */
export async function outOfFiles<T>(ending: string, work: () => Promise<T>): Promise<T> {
  const real = { ...fs.promises };
  let isOut = false;
  const disk = fs.promises as unknown as Record<string, Operation>;
  disk["rename"] = async (...given) => {
    await (real.rename as Operation)(...given);
    if (String(given[1]).endsWith(ending)) isOut = true;
  };
  disk["open"] = (...given) =>
    isOut
      ? Promise.reject(Object.assign(new Error("EMFILE: too many open files, open"), { code: "EMFILE" }))
      : (real.open as Operation)(...given);
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(fs.promises, real);
    syncBuiltinESMExports();
  }
}

/** Runs some work on a disk that is full as long as it says so: writes put half of what they should there, and fail. */
export async function fullDisk<T>(isFull: () => boolean, work: () => Promise<T>): Promise<T> {
  return onDisk(
    (operation, name) =>
      async (...given) => {
        if (name !== "handle.write" || !isFull()) return operation(...given);
        const [bytes, offset, length, ...rest] = given;
        await operation(bytes, offset, Math.floor(Number(length) / 2), ...rest);
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
    work,
  );
}
