import type * as Pg from "pg";
import { TondoError } from "../../core/index.ts";

/**
 * Loads `pg` when PostgreSQL is first used: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadPg(load: () => Promise<typeof Pg> = () => import("pg")): Promise<typeof Pg> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TondoError("DRIVER_MISSING", "PostgreSQL needs the package pg, which is not installed", {
      hint: "Run: npm install pg@8",
      details: { package: "pg" },
      cause: error,
    });
  }
}
