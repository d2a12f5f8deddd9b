import type parquet from "parquetjs-lite";
import { loadPeer } from "../../core/index.ts";

/**
 * Loads `parquetjs-lite` when a log of served features is opened: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadParquet(
  load: () => Promise<{ readonly default: typeof parquet }> = () => import("parquetjs-lite"),
): Promise<typeof parquet> {
  return (await loadPeer(load, "the log of served features needs", "parquetjs-lite@0.8")).default;
}
