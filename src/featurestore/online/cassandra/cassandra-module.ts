import type * as Cassandra from "cassandra-driver";
import { loadPeer } from "../../../core/index.ts";

/** The driver, as it is loaded. */
export type CassandraDriver = typeof Cassandra;

/**
 * Loads `cassandra-driver` when a store of Cassandra is first opened: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadCassandra(
  load: () => Promise<CassandraDriver> = () => import("cassandra-driver"),
): Promise<CassandraDriver> {
  return loadPeer(load, "an online store in Cassandra needs", "cassandra-driver@4");
}
