import type { Value } from "../../core/index.ts";
import { hashText, type VectorPlan } from "../../dsl/index.ts";

/** The seed of the hash: a number of its own, so that what else is chosen by a key's hash is chosen independently. */
const seed = 0x53_45_52_56;

/**
 * Chooses requests by the hash (MurmurHash3) of their keys' values as JSON, or of their inputs' where a vector has no keys.
 *
 * @param rate the share of keys that is chosen, 0 to 1
 */
export function keySample(vector: VectorPlan, rate: number): (columns: Readonly<Record<string, Value>>) => boolean {
  if (rate <= 0) return () => false;
  if (rate >= 1) return () => true;
  const names = (vector.keys.length > 0 ? vector.keys : vector.inputs).map(({ name }) => name);
  const below = rate * 2 ** 32;
  return (columns) => hashText(JSON.stringify(names.map((name) => plain(columns[name] ?? null))), seed) < below;
}

/** JSON has no 64-bit integers. */
function plain(value: Value): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map((item: Value) => plain(item));
  // Of a prepared vector nobody has looked at what is given.
  return typeof value === "object" && value !== null ? String(value) : value;
}
