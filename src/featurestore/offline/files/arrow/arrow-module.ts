import type * as Arrow from "apache-arrow";
import { TondoError } from "../../../../core/index.ts";

/** What the package exports. */
export type ArrowModule = typeof Arrow;

/**
 * Loads `apache-arrow` when a file of Arrow is first read, or batches are asked for: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadArrow(load: () => Promise<ArrowModule> = () => import("apache-arrow")): Promise<ArrowModule> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TondoError(
      "DRIVER_MISSING",
      "files and batches of Arrow need the package apache-arrow, which is not installed",
      {
        hint: "Run: npm install apache-arrow@21",
        details: { package: "apache-arrow" },
        cause: error,
      },
    );
  }
}
