import { admit, canonicalJson, type Micros, type Status, TondoError, type Value } from "../../core/index.ts";
import {
  cellOf,
  compileRows,
  type ExpressionPlan,
  type Raw,
  type RowCells,
  rowCells,
  type RowProgram,
  setCell,
  toRaw,
  type VectorPlan,
} from "../../dsl/index.ts";
import { encodeKey } from "./codec/index.ts";
import { sourceOf } from "./find-feature.ts";
import { GroupReader } from "./group-reader.ts";
import type { Lookup } from "./read-lookups.ts";

/** Columns of a request: the vector's key columns and inputs, by name. `null` is missing. */
export interface VectorRequest {
  readonly columns: Readonly<Record<string, Value>>;
}

/** The stored values that a vector reads, in the order of its `reads`. */
export interface VectorAnswer {
  readonly at: Micros;
  readonly values: readonly Raw[];
  readonly statuses: readonly Status[];
}

interface Part {
  readonly reader: GroupReader;
  /** The results of the key program that make this key. */
  readonly key: readonly number[];
}

/** The reads of a vector, resolved once: which groups, under keys computed how. */
export class VectorProgram {
  readonly groups: readonly string[];
  readonly stride: number;
  readonly #parts: readonly Part[];
  readonly #keys: RowProgram;
  readonly #given: RowCells;
  readonly #results: RowCells;
  readonly #isKey: ReadonlySet<string>;

  constructor(vector: VectorPlan) {
    this.#isKey = new Set(vector.keys.map(({ name }) => name));
    const expressions = new Map<string, { readonly index: number; readonly value: ExpressionPlan }>();
    const parts = new Map<string, { group: string; key: number[]; wanted: { stored: string; target: number }[] }>();
    for (const [target, read] of vector.reads.entries()) {
      const key = read.key.map((value) => {
        const id = canonicalJson(value);
        const known = expressions.get(id) ?? { index: expressions.size, value };
        expressions.set(id, known);
        return known.index;
      });
      const group = `${read.entity}:${read.group}`;
      const id = `${group}[${key.join()}]`;
      const part = parts.get(id) ?? { group, key, wanted: [] };
      part.wanted.push({ stored: read.stored, target });
      parts.set(id, part);
    }
    this.#parts = [...parts.values()].map(({ group, key, wanted }) => {
      const plan = vector.groups.find(({ entity, name }) => `${entity}:${name}` === group);
      if (plan === undefined) throw new TondoError("INTERNAL", `the vector "${vector.name}" lacks the group ${group}`);
      return { reader: new GroupReader(plan, sourceOf(vector, plan), wanted), key };
    });
    this.groups = [...new Set([...parts.values()].map(({ group }) => group))];
    this.stride = vector.reads.length;
    this.#keys = compileRows([...expressions.values()].map(({ index, value }) => ({ name: String(index), value })));
    // Keys are computed without interruption: one piece of memory serves all requests.
    this.#given = rowCells(this.#keys.leaves.length);
    this.#results = rowCells(this.#keys.outputs.length);
  }

  /**
   * What to read for a request.
   * @throws TondoError `KEY_INVALID`, `INPUT_INVALID` where a column that keys are made of is not given or of the wrong type
   */
  lookups({ columns }: VectorRequest, at: Micros): readonly Lookup[] {
    const { leaves } = this.#keys;
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      if (leaf === undefined) continue;
      const raw = leaf.name === "now" ? at : this.#admit(columns, leaf.name.slice("column:".length), leaf.kind);
      setCell(this.#given, i, raw);
    }
    this.#keys.row(this.#given, this.#results);
    return this.#parts.map(({ reader, key }) => ({ reader, keys: [this.#encode(reader, key)] }));
  }

  #encode(reader: GroupReader, key: readonly number[]): Uint8Array | null {
    const parts: Raw[] = [];
    for (const index of key) {
      const value = cellOf(this.#results, index, this.#keys.outputs[index]?.kind ?? "string");
      if (value === null || value !== value) return null;
      parts.push(value);
    }
    return encodeKey(reader.key, parts);
  }

  #admit(columns: VectorRequest["columns"], name: string, kind: Parameters<typeof admit>[1]): Raw {
    const given = Object.hasOwn(columns, name) ? columns[name] : undefined;
    const value = given === undefined ? undefined : admit(given, kind);
    if (value !== undefined) return toRaw(value, kind);
    const code = this.#isKey.has(name) ? "KEY_INVALID" : "INPUT_INVALID";
    throw new TondoError(code, given === undefined ? `"${name}" is not given` : `"${name}" is no ${kind}`, {
      hint: given === undefined ? "Give null where it is missing." : `Give a value of type ${kind}.`,
    });
  }
}
