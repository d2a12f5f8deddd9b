import type { Micros } from "../../core/index.ts";
import {
  compileRows,
  type FunctionLibrary,
  type GroupPlan,
  isMissingRaw,
  missingRaw,
  type Output,
  type Raw,
  type RawColumn,
  rawFromJson,
  type RowProgram,
  sourceExpressions,
  type SourcePlan,
} from "../../dsl/index.ts";
import type { PushedRow } from "./codec/index.ts";

/** What a group makes of a row that was pushed, as its definition says. */
export interface PushedValues {
  readonly t: Micros;
  readonly k: Micros;
  /** Whether it deletes. */
  readonly isGone: boolean;
  /** By stored value: the column's value, or the window's input. */
  readonly inputs: readonly Raw[];
  /** By stored value: whether the row counts for it. */
  readonly counts: readonly boolean[];
}

/** The columns of a row as JSON: those that are not missing. */
export function pushedText(columns: ReadonlyMap<string, Raw>): string {
  const held = [...columns].filter(([, value]) => !isMissingRaw(value));
  return JSON.stringify(Object.fromEntries(held.map(([name, value]) => [name, jsonOf(value)])));
}

function jsonOf(value: Raw): unknown {
  if (typeof value === "bigint") return { int: String(value) };
  if (value instanceof Float64Array) return [...value];
  return Array.isArray(value) ? value.map(jsonOf) : value;
}

/** The columns of a row from {@link pushedText}. */
export function columnsOfText(text: string): Readonly<Record<string, Raw>> {
  if (!text.includes('{"int":"')) return JSON.parse(text) as Readonly<Record<string, Raw>>;
  return JSON.parse(text, (_, value: unknown) => {
    const isInt = isObject(value) && Object.keys(value).length === 1 && typeof value["int"] === "string";
    return isInt ? BigInt(String(value["int"])) : value;
  }) as Readonly<Record<string, Raw>>;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Computes some expressions of rows that were pushed: by the generated JavaScript that all paths run. */
export class PushedProgram {
  readonly #program: RowProgram;
  readonly #columns: readonly string[];

  constructor(outputs: readonly Output[], functions: FunctionLibrary) {
    this.#program = compileRows(outputs, {}, { functions });
    this.#columns = this.#program.leaves.map(({ name }) => name.slice("column:".length));
  }

  /** Of each output the values of all rows. */
  run(texts: readonly string[]): readonly RawColumn[] {
    const rows = texts.map(columnsOfText);
    const columns = this.#program.leaves.map(({ kind }, i): RawColumn => {
      const name = this.#columns[i] ?? "";
      return rows.map((row) => (Object.hasOwn(row, name) ? rawFromJson(row[name] ?? null, kind) : missingRaw(kind)));
    });
    const results = this.#program.outputs.map((): RawColumn => new Array<Raw>(texts.length).fill(null));
    this.#program.run(texts.length, columns, results);
    return results;
  }
}

/** Makes of rows what some stored values of a group take of them; made once for a reader. */
export class PushedReader {
  readonly #program: PushedProgram;
  /** Of each stored value where its input and its condition stand among the outputs; -1 where it has none. */
  readonly #places: readonly { readonly input: number; readonly where: number }[];
  readonly #gone: number;

  /** @param stored the names of the stored values */
  constructor(group: GroupPlan, source: SourcePlan, stored: readonly string[], functions: FunctionLibrary) {
    const all = [...sourceExpressions(group, source)];
    const outputs: Output[] = [];
    const placeOf = (name: string): number => {
      const found = all.find((one) => one.name === name);
      return found === undefined ? -1 : outputs.push(found) - 1;
    };
    placeOf("t");
    this.#gone = placeOf("gone");
    this.#places = stored.map((name) => {
      const index = group.stored.findIndex((one) => one.name === name);
      const plan = group.stored[index];
      if (plan?.kind === "column") return { input: placeOf(`r${String(group.reads.indexOf(plan.column))}`), where: -1 };
      return { input: placeOf(`x${String(index)}`), where: placeOf(`w${String(index)}`) };
    });
    this.#program = new PushedProgram(outputs, functions);
  }

  /** The rows behind one moment that may be seen at another, in the order of the contract: by time, and then by when they counted. */
  values(rows: readonly PushedRow[], after: Micros, at: Micros): readonly PushedValues[] {
    const seen = rows.filter(({ k }) => k > after && k <= at);
    if (seen.length === 0) return [];
    const results = this.#program.run(seen.map(({ text }) => text));
    const valueOf = (output: number, row: number): Raw => results[output]?.[row] ?? null;
    return seen
      .map(({ k }, row) => ({
        t: Number(valueOf(0, row)),
        k,
        isGone: this.#gone >= 0 && Number(valueOf(this.#gone, row)) === 1,
        inputs: this.#places.map(({ input }) => (input < 0 ? 1 : valueOf(input, row))),
        counts: this.#places.map(({ where }) => where < 0 || Number(valueOf(where, row)) === 1),
      }))
      .sort((one, other) => one.t - other.t || one.k - other.k);
  }
}
