import type * as Vega from "vega";
import { loadPeer } from "../../../core/index.ts";

/**
 * Loads `vega` when charts are first drawn: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadVega(load: () => Promise<typeof Vega> = () => import("vega")): Promise<typeof Vega> {
  return loadPeer(load, "the page's charts need", "vega@6");
}
