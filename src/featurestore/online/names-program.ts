import { type Micros, parseTypeName, type ValueKind } from "../../core/index.ts";
import {
  compileRows,
  type EntityPlan,
  type FeaturePlan,
  type FunctionLibrary,
  type GroupPlan,
  missingRaw,
  type ProjectPlan,
  type Raw,
  type RowProgram,
  walk,
} from "../../dsl/index.ts";
import { encodeKey } from "./codec/index.ts";
import { type EntityKeys, keyValues } from "./entity-keys.ts";
import { derivedValue, type FeatureValue, storedValue } from "./feature-value.ts";
import { findFeature, type FoundFeature } from "./find-feature.ts";
import { groupName } from "./group-pointer.ts";
import { GroupReader } from "./group-reader.ts";
import { type NamedValues, namedValues } from "./named-values.ts";
import type { Lookup, ReadProgram } from "./read-program.ts";
import { type BlankRow, blankRow, type StoredAnswers } from "./stored-answers.ts";

/** The value of a feature: with the kind of its raw form, whence it comes, and the stored values it is made from. */
interface Output {
  readonly name: string;
  readonly kind: ValueKind;
  readonly inputs: readonly number[];
  /** A stored value as it is, by its place among the answers; or a result of generated code. */
  readonly from: number | { readonly part: number; readonly result: number };
}

interface Part {
  readonly reader: GroupReader;
  readonly entity: EntityPlan;
  /** The kinds of the entity's key columns. */
  readonly kinds: readonly ValueKind[];
  /** The first part that has the same key, this one where there is none before it. */
  readonly keyOf: number;
  readonly derived: RowProgram | undefined;
  /** The answers that the program reads, in the order of its leaves. */
  readonly leaves: readonly number[];
}

/** The features of one row, and the moment they are of. */
export interface NamedRow {
  readonly at: Micros;
  readonly values: Readonly<Record<string, FeatureValue>>;
}

/** Some features by name, resolved once: which groups to read, under which keys, and what to compute. */
export class NamesProgram implements ReadProgram<readonly EntityKeys[]> {
  readonly rounds = 1;
  readonly groups: readonly string[];
  readonly blank: BlankRow;
  readonly #parts: readonly Part[];
  readonly #outputs: readonly Output[];
  readonly #named: NamedValues<Found, FeatureValue>;

  /** @throws TondoError `UNKNOWN_FEATURE`, `INVALID_ARGUMENT` */
  constructor(project: ProjectPlan, names: readonly string[], functions: FunctionLibrary) {
    const byGroup = new Map<string, FoundFeature[]>();
    for (const name of names) {
      const found = findFeature(project, name);
      const key = groupName(found.group);
      byGroup.set(key, [...(byGroup.get(key) ?? []), found]);
    }
    const outputs = new Map<string, Output>();
    const missing: Raw[] = [];
    const parts: Part[] = [];
    for (const found of byGroup.values()) {
      const targets = new Map<string, number>();
      for (const { feature, group } of found) {
        for (const stored of storedOf(feature)) {
          if (!targets.has(stored)) targets.set(stored, missing.push(missingStored(group, stored)) - 1);
        }
      }
      parts.push(makePart(parts, found, targets, outputs, functions));
    }
    this.#parts = parts;
    this.groups = [...byGroup.keys()];
    this.blank = blankRow(missing);
    this.#outputs = [...new Set(names)].flatMap((name) => outputs.get(name) ?? []);
    this.#named = namedValues(this.#outputs.map(({ name }) => name));
  }

  /** @throws TondoError `KEY_INVALID` */
  lookups(_round: number, keys: readonly EntityKeys[]): readonly Lookup[] {
    const lookups: Lookup[] = [];
    for (const [i, part] of this.#parts.entries()) {
      const { reader, keyOf } = part;
      const own = keyOf === i ? undefined : lookups[keyOf]?.keys;
      lookups.push({ reader, keys: own ?? keys.map((one) => keyBytes(part, one)) });
    }
    return lookups;
  }

  /** The features of each row. */
  finish(answers: StoredAnswers, rows: number): readonly NamedRow[] {
    const found = { answers, derived: this.#parts.map((part) => runDerived(part, answers, rows)) };
    const { at } = answers;
    const named = new Array<NamedRow>(rows);
    for (let row = 0; row < rows; row++) named[row] = { at, values: this.#named(this.#valueOf, found, row) };
    return named;
  }

  readonly #valueOf = ({ answers, derived }: Found, row: number, place: number): FeatureValue => {
    const output = this.#outputs[place];
    if (output === undefined) throw new RangeError("no such feature");
    const { from, kind, inputs } = output;
    const base = row * answers.stride;
    if (typeof from === "number") return storedValue(answers, base + from, kind);
    return derivedValue(answers, base, inputs, derived[from.part]?.[from.result]?.[row] ?? null, kind);
  };
}

/** What was found for all rows, and what was computed of it: by part, result and row. */
interface Found {
  readonly answers: StoredAnswers;
  readonly derived: readonly (readonly Raw[][])[];
}

function keyBytes({ reader: { key }, entity, kinds }: Part, given: EntityKeys): Uint8Array | null {
  const values = keyValues(entity, given, kinds);
  return values.includes(null) ? null : encodeKey(key, values);
}

function makePart(
  parts: readonly Part[],
  found: readonly FoundFeature[],
  targets: ReadonlyMap<string, number>,
  outputs: Map<string, Output>,
  functions: FunctionLibrary,
): Part {
  const [first] = found;
  if (first === undefined) throw new RangeError("a group without features");
  const { group, source, entity } = first;
  const computed: FeaturePlan[] = [];
  for (const { feature } of found) {
    const name = `${groupName(group)}:${feature.name}`;
    if (outputs.has(name)) continue;
    const inputs = storedOf(feature).map((stored) => targets.get(stored) ?? 0);
    const isPlain = feature.value.node === "stored";
    const from = isPlain ? (inputs[0] ?? 0) : { part: parts.length, result: computed.push(feature) - 1 };
    outputs.set(name, { name, kind: kindOf(group, feature), inputs, from });
  }
  const derived = computed.length === 0 ? undefined : compileRows(computed, {}, { functions });
  const wanted = [...targets].map(([stored, target]) => ({ stored, target }));
  const reader = new GroupReader(group, source, wanted, functions);
  const same = parts.findIndex((part) => part.entity === entity && String(part.reader.key) === String(reader.key));
  return {
    reader,
    entity,
    kinds: entity.key.map(({ type }) => parseTypeName(type).kind),
    keyOf: same < 0 ? parts.length : same,
    derived,
    leaves: derived?.leaves.map(({ name }) => targets.get(name.slice("stored:".length)) ?? 0) ?? [],
  };
}

/** A stored value's kind is its group's, whatever a feature that is nothing but it says. */
function kindOf(group: GroupPlan, { type, value }: FeaturePlan): ValueKind {
  const stored = value.node === "stored" ? group.stored.find(({ name }) => name === value.name) : undefined;
  return parseTypeName(stored?.type ?? type).kind;
}

function missingStored({ stored }: GroupPlan, name: string): Raw {
  const plan = stored.find((one) => one.name === name);
  return missingRaw(plan === undefined ? "float" : parseTypeName(plan.type).kind);
}

function storedOf({ value }: FeaturePlan): readonly string[] {
  return [...new Set([...walk(value)].flatMap((node) => (node.node === "stored" ? [node.name] : [])))];
}

function runDerived(part: Part, { values, stride }: StoredAnswers, rows: number): readonly Raw[][] {
  if (part.derived === undefined) return [];
  const columns = part.leaves.map((target) =>
    Array.from({ length: rows }, (_, row): Raw => values[row * stride + target] ?? null),
  );
  const results = part.derived.outputs.map(() => new Array<Raw>(rows).fill(null));
  part.derived.run(rows, columns, results);
  return results;
}
