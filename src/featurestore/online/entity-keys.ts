import { admit, parseTypeName, TondoError, type Value, type ValueKind } from "../../core/index.ts";
import type { EntityPlan, KeyColumnPlan } from "../../dsl/index.ts";

/** One part of a key; a timestamp may be a `Date`. */
export type KeyPart = Value | Date;

/**
 * Who is asked about: for each entity its key, or the parts of it by name.
 *
 * @example `{ airport: "SFO", route: { origin: "SFO", destination: "LAX" } }`
 */
export type EntityKeys = Readonly<Record<string, KeyPart | Readonly<Record<string, KeyPart>>>>;

/**
 * The values of an entity's key columns, in order.
 *
 * @param kinds those of the columns, where they are known
 * @throws TondoError `KEY_INVALID` where one is not given or of the wrong type
 */
export function keyValues(
  entity: EntityPlan,
  keys: EntityKeys,
  kinds: readonly ValueKind[] = entity.key.map(({ type }) => parseTypeName(type).kind),
): readonly Value[] {
  const given = Object.hasOwn(keys, entity.name) ? keys[entity.name] : undefined;
  if (given === undefined) {
    throw new TondoError("KEY_INVALID", `the key of "${entity.name}" is not given`, {
      hint: `Give ${entity.name} (${partsOf(entity)}); null where it is missing.`,
    });
  }
  if (given === null) return entity.key.map(() => null);
  if (!isParts(given)) {
    const [only, second] = entity.key;
    if (only === undefined || second !== undefined) {
      throw new TondoError("KEY_INVALID", `the key of "${entity.name}" has several parts`, {
        hint: `Give an object with ${partsOf(entity)}.`,
      });
    }
    return [part(entity, only, kinds[0] ?? "string", given)];
  }
  for (const name of Object.keys(given)) {
    if (entity.key.some((column) => column.name === name)) continue;
    throw new TondoError("KEY_INVALID", `the key of "${entity.name}" has no part "${name}"`, {
      hint: `It is (${partsOf(entity)}).`,
    });
  }
  return entity.key.map((column, i) => {
    const value = Object.hasOwn(given, column.name) ? given[column.name] : undefined;
    if (value !== undefined) return part(entity, column, kinds[i] ?? "string", value);
    throw new TondoError("KEY_INVALID", `"${column.name}" of the key of "${entity.name}" is not given`, {
      hint: `Give (${partsOf(entity)}); null where a part is missing.`,
    });
  });
}

function partsOf({ key }: EntityPlan): string {
  return key.map(({ name }) => name).join(", ");
}

function isParts(given: EntityKeys[string]): given is Readonly<Record<string, KeyPart>> {
  return typeof given === "object" && given !== null && !(given instanceof Date) && !Array.isArray(given);
}

function part(entity: EntityPlan, { name }: KeyColumnPlan, kind: ValueKind, given: KeyPart): Value {
  const value = admit(given, kind);
  if (value !== undefined) return value;
  throw new TondoError("KEY_INVALID", `"${name}" of the key of "${entity.name}" is no ${kind}`, {
    hint: kind === "int" ? "Give a whole number; one beyond ±(2^53 - 1) as a bigint." : `Give a value of type ${kind}.`,
  });
}
