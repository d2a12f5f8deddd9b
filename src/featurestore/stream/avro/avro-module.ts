import type Avsc from "avsc";
import { loadPeer } from "../../../core/index.ts";

/** What reads schemas, as it is loaded. */
export type AvroModule = typeof Avsc;

/**
 * Loads `avsc` when a schema is first read: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadAvro(
  // A module of CommonJS: its names are those of its default.
  load: () => Promise<AvroModule> = async () => (await import("avsc")).default,
): Promise<AvroModule> {
  return loadPeer(load, "events in Avro need", "avsc@5");
}
