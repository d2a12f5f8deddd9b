import {
  admit,
  canonicalJson,
  nearestName,
  parseTypeName,
  TondoError,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import type { EntityPlan, ProjectPlan } from "../../dsl/index.ts";
import { tryEncodeKey } from "../online/codec/index.ts";
import { type EntityKeys, keyValues } from "../online/entity-keys.ts";

/** A key that is to be erased, or looked for. */
export interface ErasedKey {
  readonly entity: EntityPlan;
  /** One for each column of the entity's key, in its order, none missing. */
  readonly values: readonly Value[];
  /** As stores know it; of one that is longer than stores take, which none holds, other bytes. */
  readonly bytes: Uint8Array;
}

/**
 * A key of an entity, from its value or the parts of it by name.
 *
 * @throws TondoError `KEY_INVALID`; no message holds the key
 */
export function erasedKey(project: ProjectPlan, entity: string, key: EntityKeys[string]): ErasedKey {
  const plan = project.entities.find(({ name }) => name === entity);
  if (plan === undefined) {
    const names = project.entities.map(({ name }) => name);
    const nearest = nearestName(entity, names);
    throw new TondoError("KEY_INVALID", `there is no entity "${entity}"`, {
      hint: nearest === undefined ? `Entities are ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
    });
  }
  const values = keyValues(plan, { [entity]: key });
  if (values.includes(null)) {
    throw new TondoError("KEY_INVALID", `a part of the key of "${entity}" is missing: nothing is kept of such a key`, {
      hint: `Give all of it: (${plan.key.map(({ name }) => name).join(", ")}).`,
    });
  }
  const bytes = tryEncodeKey(kindsOf(plan), values) ?? new TextEncoder().encode(canonicalJson(values.map(String)));
  return { entity: plan, values, bytes };
}

/** The kinds of the parts of an entity's key. */
export function kindsOf({ key }: EntityPlan): readonly ValueKind[] {
  return key.map(({ type }) => parseTypeName(type).kind);
}

/**
 * The bytes of a key as stores may hold them: as its entity is defined now, and as it was when a generation was loaded whose keys were of other
 * kinds. None where the key cannot be such a one, or is longer than stores take.
 *
 * @param loaded the kinds of the keys of generations that are kept
 */
export function storedForms(key: ErasedKey, loaded: readonly (readonly ValueKind[])[]): readonly Uint8Array[] {
  const forms = new Map<string, Uint8Array>();
  for (const kinds of [kindsOf(key.entity), ...loaded]) {
    if (kinds.length !== key.values.length) continue;
    const values = key.values.map((value, i) => asKind(value, kinds[i] ?? "string"));
    const bytes = values.includes(undefined) ? undefined : tryEncodeKey(kinds, values as readonly Value[]);
    if (bytes !== undefined) forms.set(Buffer.from(bytes).toString("latin1"), bytes);
  }
  return [...forms.values()];
}

/**
 * A part of a key as the same of another kind: a number as its digits, digits as their number. `undefined` where nothing of that kind is the same; what
 * is given back is of the kind, and within its bounds.
 *
 * @example `asKind(7, "string") // "7"`, `asKind("7", "int") // 7`, `asKind("c-7", "int") // undefined`
 */
export function asKind(value: Value, kind: ValueKind): Value | undefined {
  const isWhole = typeof value === "number" || typeof value === "bigint";
  const isDigits = typeof value === "string" && /^(0|-?[1-9]\d{0,18})$/.test(value);
  const same = kind === "string" && isWhole ? String(value) : kind === "int" && isDigits ? BigInt(value) : value;
  return admit(same, kind) ?? undefined;
}
