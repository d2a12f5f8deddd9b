import { join } from "node:path";

/**
 * Where the public files of the log are: `served` in the home. Below it `VECTOR/FINGERPRINT/DAY/NAME.parquet`: the vector's name, the first 12 digits of
 * its fingerprint, and the day of `logged_at` in UTC as `2026-11-22`. Beside the days lies `vector.json`, the vector's plan, as JSON. Files appear whole and
 * never change; nothing else that ends in `.parquet` is there. Three folders deep, those are all.
 */
export function servedFolder(home: string): string {
  return join(home, "served");
}

/** The folder of one vector's plan: its files lie in folders of days below it. */
export function servedVectorFolder(home: string, vector: string, fingerprint: string): string {
  return join(servedFolder(home), servedName(vector), fingerprint.slice(0, 12));
}

/** The file with the vector's plan, in {@link servedVectorFolder}. */
export const servedPlanFile = "vector.json";

/** A vector's name as the name of a folder: what is no letter, digit, `_` or `-` of ASCII stands as `%` and the digits of its bytes, as in URLs. */
export function servedName(vector: string): string {
  return [...new TextEncoder().encode(vector)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[\w-]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
