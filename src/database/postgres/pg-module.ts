import type * as Pg from "pg";
import { loadPeer } from "../../core/index.ts";

/**
 * Loads `pg` when PostgreSQL is first used: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadPg(load: () => Promise<typeof Pg> = () => import("pg")): Promise<typeof Pg> {
  return loadPeer(load, "PostgreSQL needs", "pg@8");
}
