import { sha256 } from "../../../core/index.ts";

/** The longest name of a table in Cassandra. */
const longest = 48;

/**
 * The table that holds a generation's records: its number, what can be read of the group's name, and eight digits of a hash of all of it.
 *
 * @example `generationTable("tondo", "airport:departures", 12) // "g12_airport_departures_4be0a1c2"`
 */
export function generationTable(store: string, group: string, generation: number): string {
  const number = `g${String(generation)}_`;
  const hash = `_${sha256(JSON.stringify([store, group])).slice(0, 8)}`;
  const readable = group.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  return number + readable.slice(0, longest - number.length - hash.length) + hash;
}
