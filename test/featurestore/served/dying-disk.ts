import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const patched = ["mkdir", "open", "rename", "rm", "writeFile"] as const;
const handled = ["datasync", "sync", "truncate", "write", "writeFile"] as const;

/** What a process says to the disk after it died: nothing. */
class Dead extends Error {}

/**
 * Runs some work whose process dies at its n-th operation that changes a disk: neither that one nor any behind it is done, also none by which the work would
 * clear up. What DuckDB writes is done as long as it is asked for.
 *
 * @returns whether it died; otherwise it had fewer operations
 */
export async function dyingAt(n: number, work: () => Promise<unknown>): Promise<boolean> {
  let left = n;
  const died: Dead[] = [];
  const living = <A extends unknown[], R>(operation: (...given: A) => Promise<R>) =>
    async function (this: unknown, ...given: A): Promise<R> {
      if (left-- <= 0) {
        const dead = new Dead("the process is dead");
        died.push(dead);
        throw dead;
      }
      return operation.apply(this, given);
    };
  const real = { ...fs.promises };
  const disk = fs.promises as unknown as Record<string, unknown>;
  for (const name of patched) {
    if (name === "open") continue;
    disk[name] = living(real[name] as (...given: unknown[]) => Promise<unknown>);
  }
  disk["open"] = async (...given: Parameters<typeof real.open>) => {
    // What is only read changes nothing.
    const handle = given[1] === "r" ? await real.open(...given) : await living(real.open)(...given);
    const own = handle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
    for (const name of handled) {
      const method = own[name]?.bind(handle);
      if (method !== undefined) own[name] = living(method);
    }
    return handle;
  };
  syncBuiltinESMExports();
  try {
    await work();
  } catch (error) {
    if (died.length === 0) throw error;
  } finally {
    Object.assign(fs.promises, real);
    syncBuiltinESMExports();
  }
  return died.length > 0;
}
