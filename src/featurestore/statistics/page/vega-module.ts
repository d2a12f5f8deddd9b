import type * as Vega from "vega";
import { TondoError } from "../../../core/index.ts";

/**
 * Loads `vega` when charts are first drawn: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadVega(load: () => Promise<typeof Vega> = () => import("vega")): Promise<typeof Vega> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TondoError("DRIVER_MISSING", "the page's charts need the package vega, which is not installed", {
      hint: "Run: npm install vega@6",
      details: { package: "vega" },
      cause: error,
    });
  }
}
