import type * as Arrow from "apache-arrow";
import { loadPeer } from "../../../../core/index.ts";

/** What the package exports. */
export type ArrowModule = typeof Arrow;

/**
 * Loads `apache-arrow` when a file of Arrow is first read, or batches are asked for: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadArrow(load: () => Promise<ArrowModule> = () => import("apache-arrow")): Promise<ArrowModule> {
  return loadPeer(load, "files and batches of Arrow need", "apache-arrow@21");
}
