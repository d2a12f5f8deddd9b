import { admit, canonicalJson, TondoError, type Value } from "../../core/index.ts";
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
import type { Lookup } from "./read-lookups.ts";
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

interface Part {
  readonly reader: GroupReader;
  /** The results of the key program that make this key. */
  readonly key: readonly number[];
  /** Whether each part of the key is a column of the request as it is. */
  readonly isGiven: boolean;
}

/** The keys of one round of reads: computed from the request, the moment, and what rounds before it found. */
export class VectorKeys {
  readonly #parts: readonly Part[];
  readonly #program: RowProgram;
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
    this.#parts = readers.map(({ reader, key }) => ({
      reader,
      key: key.map((value) => {
        const id = canonicalJson(value);
        const known = expressions.get(id) ?? { index: expressions.size, value };
        expressions.set(id, known);
        return known.index;
      }),
      isGiven: key.every(({ node }) => node === "column"),
    }));
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
   * What to read in this round.
   * @throws TondoError `KEY_INVALID`, `INPUT_INVALID` where a column that keys are made of is not given or of the wrong type
   */
  lookups({ columns }: VectorRequest, { at, values }: StoredAnswers): readonly Lookup[] {
    const { leaves } = this.#program;
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      if (leaf === undefined) continue;
      const answer = this.#answers[i] ?? -1;
      if (answer >= 0) setCell(this.#given, i, values[answer] ?? null);
      else if (leaf.name === "now") setCell(this.#given, i, at);
      else setCell(this.#given, i, this.#admit(columns, leaf.name.slice("column:".length), leaf.kind));
    }
    this.#program.row(this.#given, this.#results);
    return this.#parts.map((part) => ({ reader: part.reader, keys: [this.#encode(part)] }));
  }

  #encode({ reader, key, isGiven }: Part): Lookup["keys"][number] {
    const parts: Raw[] = [];
    for (const index of key) {
      const value = cellOf(this.#results, index, this.#program.outputs[index]?.kind ?? "string");
      if (value === null || value !== value) return null;
      parts.push(value);
    }
    return isGiven ? encodeKey(reader.key, parts) : (tryEncodeKey(reader.key, parts) ?? "too long");
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
