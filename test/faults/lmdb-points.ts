/** The driver of LMDB with points around what it commits and what it flushes; `use-points.ts` puts it in the driver's place. */
import { type Database, open as openReal, type RootDatabase, type RootDatabaseOptionsWithPath } from "lmdb";
import { around, aroundSync, nameOf } from "./point.ts";

/** What of a database is done with points around it. */
interface Written {
  batch(work: () => void): Promise<boolean>;
  transactionSync<T>(work: () => T): T;
  openDB(...given: unknown[]): Database | undefined;
  readonly flushed: PromiseLike<boolean>;
}

/** Opens an environment as the driver does. */
export function open(options: RootDatabaseOptionsWithPath): RootDatabase {
  const root = openReal(options);
  const real = Object.getPrototypeOf(root) as Written;
  withPoints(root, real);
  const own: Pick<Written, "openDB" | "transactionSync"> = {
    openDB: (...given) => {
      const made = real.openDB.apply(root, given);
      if (made !== undefined) withPoints(made, real);
      return made;
    },
    transactionSync: (work) =>
      aroundSync(nameOf("commit"), () => real.transactionSync.call(root, work) as ReturnType<typeof work>),
  };
  Object.assign(root, own);
  Object.defineProperty(root, "flushed", {
    get: () => around(nameOf("fsync"), async () => real.flushed),
  });
  return root;
}

function withPoints(database: Database, real: Written): void {
  const own: Pick<Written, "batch"> = {
    batch: (work) => around(nameOf("commit"), () => real.batch.call(database, work)),
  };
  Object.assign(database, own);
}
