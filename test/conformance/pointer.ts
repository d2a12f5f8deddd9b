import type { GroupPointer } from "../../src/featurestore/online/index.ts";

/** A pointer to a generation of `airport:departures`, or of another group. */
export function pointerTo(generation: number, rest: Partial<GroupPointer> = {}): GroupPointer {
  return {
    version: 1,
    group: "airport:departures",
    generation,
    asOf: 993038400500000,
    loadedAt: 993038401000000,
    inputs: "digest",
    layout: { kind: "rows", key: ["string"], columns: [{ name: "tz", kind: "string", fingerprint: "f" }] },
    counts: { rows: 2, keys: 2, parts: 2, bytes: 16, keysTooLong: 0 },
    ...rest,
  };
}
