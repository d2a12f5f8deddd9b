import { admit, canonicalJson, parseTypeName, TondoError, type Value, type ValueKind } from "../../core/index.ts";
import {
  cellOf,
  compileRows,
  type ExpressionPlan,
  type FunctionLibrary,
  type Raw,
  type RowCells,
  rowCells,
  type RowProgram,
  setCell,
  toRaw,
} from "../../dsl/index.ts";
import { encodeKey, tryEncodeKey } from "./codec/index.ts";
import type { GroupReader } from "./group-reader.ts";
import type { Lookup } from "./read-program.ts";
import type { StoredAnswers } from "./stored-answers.ts";

/** Columns of a request: the vector's key columns and inputs, by name. `null` is missing. */
export interface VectorRequest {
  readonly columns: Readonly<Record<string, Value>>;
}

/** A group to read, and the expressions of its key. */
export interface KeyedReader {
  readonly reader: GroupReader;
  readonly key: readonly ExpressionPlan[];
}

/** A key that some groups have in common. */
interface SharedKey {
  /** The types of the key's parts in the store. */
  readonly kinds: GroupReader["key"];
  /** The results of the key program that make this key. */
  readonly parts: readonly number[];
  /** Where each part of the key is a column of the request as it is: which, and of what kind. */
  readonly given: readonly { readonly name: string; readonly kind: ValueKind }[] | undefined;
}

interface Part {
  readonly reader: GroupReader;
  /** Its place among the keys. */
  readonly key: number;
}

/** The keys of one round of reads: computed from the request, the moment, and what rounds before it found. */
export class VectorKeys {
  readonly #parts: readonly Part[];
  readonly #keys: readonly SharedKey[];
  readonly #program: RowProgram;
  /** Whether a key is computed. */
  readonly #computes: boolean;
  readonly #given: RowCells;
  readonly #results: RowCells;
  readonly #isKey: ReadonlySet<string>;
  /** For each leaf the place of the answer it is; -1 where it is none. */
  readonly #answers: readonly number[];

  /** @param targetOf the place of a read's answer by its id */
  constructor(
    readers: readonly KeyedReader[],
    keyColumns: ReadonlySet<string>,
    targetOf: (id: string) => number | undefined,
    functions: FunctionLibrary,
  ) {
    this.#isKey = keyColumns;
    const expressions = new Map<string, { readonly index: number; readonly value: ExpressionPlan }>();
    const keys = new Map<string, SharedKey & { readonly index: number }>();
    this.#parts = readers.map(({ reader, key }) => {
      const parts = key.map((value) => {
        const id = canonicalJson(value);
        const known = expressions.get(id) ?? { index: expressions.size, value };
        expressions.set(id, known);
        return known.index;
      });
      const id = canonicalJson([parts, reader.key]);
      const known = keys.get(id) ?? { index: keys.size, kinds: reader.key, parts, given: givenColumns(key) };
      keys.set(id, known);
      return { reader, key: known.index };
    });
    this.#keys = [...keys.values()];
    this.#computes = this.#keys.some(({ given }) => given === undefined);
    this.#program = compileRows(
      [...expressions.values()].map(({ index, value }) => ({ name: String(index), value })),
      {},
      { functions },
    );
    // Keys are computed without interruption: one piece of memory serves all requests.
    this.#given = rowCells(this.#program.leaves.length);
    this.#results = rowCells(this.#program.outputs.length);
    this.#answers = this.#program.leaves.map(({ name }) =>
      name.startsWith("stored:") ? (targetOf(name.slice("stored:".length)) ?? -1) : -1,
    );
  }

  /**
   * What to read in this round, a row for each request.
   * @throws TondoError `KEY_INVALID`, `INPUT_INVALID` where a column that keys are made of is not given or of the wrong type
   */
  lookups(requests: readonly VectorRequest[], answers: StoredAnswers): readonly Lookup[] {
    const count = this.#keys.length;
    // Lists of the length that they have: those that grow begin with room for more than most requests have.
    const keys = new Array<Lookup["keys"][number][]>(count);
    for (let i = 0; i < count; i++) keys[i] = new Array<Lookup["keys"][number]>(requests.length);
    for (let row = 0; row < requests.length; row++) {
      const request = requests[row];
      if (request === undefined) continue;
      if (this.#computes) this.#compute(request, answers, row * answers.stride);
      for (let i = 0; i < count; i++) {
        const [key, own] = [this.#keys[i], keys[i]];
        if (key !== undefined && own !== undefined) own[row] = this.#encode(key, request);
      }
    }
    const lookups = new Array<Lookup>(this.#parts.length);
    for (let i = 0; i < lookups.length; i++) {
      const part = this.#parts[i];
      if (part !== undefined) lookups[i] = { reader: part.reader, keys: keys[part.key] ?? [] };
    }
    return lookups;
  }

  #compute({ columns }: VectorRequest, { at, values }: StoredAnswers, base: number): void {
    const { leaves } = this.#program;
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      if (leaf === undefined) continue;
      const answer = this.#answers[i] ?? -1;
      if (answer >= 0) setCell(this.#given, i, values[base + answer] ?? null);
      else if (leaf.name === "now") setCell(this.#given, i, at);
      else setCell(this.#given, i, this.#admit(columns, leaf.name.slice("column:".length), leaf.kind));
    }
    this.#program.row(this.#given, this.#results);
  }

  #encode({ kinds, parts, given }: SharedKey, { columns }: VectorRequest): Lookup["keys"][number] {
    const values: Raw[] = [];
    for (let i = 0; i < parts.length; i++) {
      const value = given === undefined ? this.#computed(parts[i] ?? 0) : this.#column(columns, given[i]);
      if (value === null || value !== value) return null;
      values.push(value);
    }
    return given !== undefined ? encodeKey(kinds, values) : (tryEncodeKey(kinds, values) ?? "too long");
  }

  #computed(index: number): Raw {
    return cellOf(this.#results, index, this.#program.outputs[index]?.kind ?? "string");
  }

  #column(columns: VectorRequest["columns"], part: NonNullable<SharedKey["given"]>[number] | undefined): Raw {
    return part === undefined ? null : this.#admit(columns, part.name, part.kind);
  }

  #admit(columns: VectorRequest["columns"], name: string, kind: ValueKind): Raw {
    const given = Object.hasOwn(columns, name) ? columns[name] : undefined;
    const value = given === undefined ? undefined : admit(given, kind);
    if (value !== undefined) return toRaw(value, kind);
    const code = this.#isKey.has(name) ? "KEY_INVALID" : "INPUT_INVALID";
    throw new TondoError(code, given === undefined ? `"${name}" is not given` : `"${name}" is no ${kind}`, {
      hint: given === undefined ? "Give null where it is missing." : `Give a value of type ${kind}.`,
    });
  }
}

/** The columns of a request that a key is made of; `undefined` where a part of it is computed. */
function givenColumns(key: readonly ExpressionPlan[]): SharedKey["given"] {
  const columns = key.flatMap((one) =>
    one.node === "column" ? [{ name: one.name, kind: parseTypeName(one.type).kind }] : [],
  );
  return columns.length === key.length ? columns : undefined;
}
