import type * as Arrow from "apache-arrow";
import { TondoError } from "../../core/index.ts";

/**
 * Loads `apache-arrow` when batches are first asked for: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadArrow(
  load: () => Promise<typeof Arrow> = () => import("apache-arrow"),
): Promise<typeof Arrow> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TondoError("DRIVER_MISSING", "Arrow batches need the package apache-arrow, which is not installed", {
      hint: "Run: npm install apache-arrow@21",
      details: { package: "apache-arrow" },
      cause: error,
    });
  }
}
