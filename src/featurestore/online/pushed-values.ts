import { admit, elementKind, isList, type Micros, type ValueKind } from "../../core/index.ts";
import {
  compileRows,
  type FunctionLibrary,
  type GroupPlan,
  isMissingRaw,
  missingRaw,
  type Output,
  type Raw,
  type RawColumn,
  type RawList,
  type RowProgram,
  sourceExpressions,
  type SourcePlan,
  toRaw,
} from "../../dsl/index.ts";
import type { PushedRow } from "./codec/index.ts";
import type { TopicPartition } from "./stream-position.ts";

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

/** Before the text of a row that waits for a load: no JSON begins so. */
const latePrefix = "late ";

/** The text of a row that waits for a load. */
export function lateText(text: string): string {
  return `${latePrefix}${text}`;
}

/** Whether a row waits for a load, by its text. */
export function isLateText(text: string): boolean {
  return text.startsWith(latePrefix);
}

/** Where a row that came by a topic was read. */
export interface RowOrigin extends TopicPartition {
  readonly offset: number;
  /** When the topic says that it came, microseconds. */
  readonly arrivedAt: Micros;
}

/** Before the origin of a row, which a line ends: no JSON begins so. */
const originPrefix = "from ";

/** What stands before the text of a row that came by a topic. */
export function originText({ topic, partition, offset, arrivedAt }: RowOrigin): string {
  return `${originPrefix}${JSON.stringify([topic, partition, offset, arrivedAt])}\n`;
}

/** Where a row came from, by its text; `undefined` of one that a program pushed. */
export function originOf(given: string): RowOrigin | undefined {
  const text = withoutLate(given);
  if (!text.startsWith(originPrefix)) return undefined;
  const [topic, partition, offset, arrivedAt] = JSON.parse(
    text.slice(originPrefix.length, text.indexOf("\n")),
  ) as readonly [string, string, number, Micros];
  return { topic, partition, offset, arrivedAt };
}

function withoutLate(text: string): string {
  return isLateText(text) ? text.slice(latePrefix.length) : text;
}

/** The columns of a row from {@link pushedText}, with what may stand before it. */
export function columnsOfText(given: string): Readonly<Record<string, Raw>> {
  const own = withoutLate(given);
  const text = own.startsWith(originPrefix) ? own.slice(own.indexOf("\n") + 1) : own;
  if (!text.includes('{"int":"')) return JSON.parse(text) as Readonly<Record<string, Raw>>;
  return JSON.parse(text, (_, value: unknown) => {
    const isInt = isObject(value) && Object.keys(value).length === 1 && typeof value["int"] === "string";
    return isInt ? BigInt(String(value["int"])) : value;
  }) as Readonly<Record<string, Raw>>;
}

/**
 * A column of a row that was pushed as generated code holds it. Whoever pushed it may have known other definitions than whoever reads it: where the column was of another type there, what is no
 * value of the one here is missing, in requests as in files.
 */
export function pushedRaw(value: Raw, kind: ValueKind): Raw {
  if (isList(kind)) {
    if (!Array.isArray(value)) return null;
    const items = value.map((item: Raw) => pushedRaw(item, elementKind(kind)));
    return items.some(isMissingRaw) ? null : (items as RawList);
  }
  if (kind === "bool") return value === 0 || value === 1 ? value : missingRaw(kind);
  return toRaw(admit(value, kind) ?? null, kind);
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
      return rows.map((row) => (Object.hasOwn(row, name) ? pushedRaw(row[name] ?? null, kind) : missingRaw(kind)));
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
  /** Where the parts of an `id` stand, and the columns by which versions of an event are told apart. */
  readonly #id: readonly number[];
  readonly #reads: readonly number[];

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
    this.#id = (source.id ?? []).map((_, i) => placeOf(`id${String(i)}`));
    this.#reads = source.id === undefined ? [] : group.reads.map((_, i) => placeOf(`r${String(i)}`));
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
    return inOrder(this.#valuesOf(seenBetween(rows, after, at)));
  }

  /**
   * The same of a source with `id`, together with what was loaded: of each event the version that stands, if it is no deletion. Rows of one id and time are versions of one event; one
   * that equals an earlier one in the columns read is a repeat. `undefined` where nothing was pushed.
   *
   * @param loaded gives the rows of the load that are as recent, by when they counted, those that count later behind; asked where something was pushed
   */
  standing(
    rows: readonly PushedRow[],
    after: Micros,
    at: Micros,
    loaded: () => readonly PushedRow[],
  ): readonly PushedValues[] | undefined {
    const pushed = seenBetween(rows, after, at);
    if (pushed.length === 0) return undefined;
    const all = [...loaded(), ...pushed].sort((one, other) => one.k - other.k);
    const results = this.#program.run(all.map(({ text }) => text));
    const values = this.#read(all, results);
    const textOf = (outputs: readonly number[], row: number): string =>
      JSON.stringify(outputs.map((output) => jsonOf(results[output]?.[row] ?? null)));
    // Most ids come once: only where one comes again there may be versions to tell apart.
    const ids = results[this.#id[0] ?? 0] ?? [];
    const again = repeated(ids);
    const events = new Map<string, { readonly versions: Set<string>; standing: number }>();
    const standing: number[] = [];
    for (const row of all.keys()) {
      if (!again.has(ids[row] ?? null)) {
        standing.push(row);
        continue;
      }
      const isOwn = this.#id.some((part) => isMissingRaw(results[part]?.[row] ?? null));
      const id = isOwn ? String(row) : textOf([0, ...this.#id], row);
      // What does not say whether it deletes does not.
      const version = isOwn ? "" : `${String(values[row]?.isGone)} ${textOf(this.#reads, row)}`;
      const known = events.get(id);
      if (known === undefined) events.set(id, { versions: new Set([version]), standing: row });
      else if (!known.versions.has(version)) {
        known.versions.add(version);
        known.standing = row;
      }
    }
    for (const one of events.values()) standing.push(one.standing);
    return inOrder(standing.sort((one, other) => one - other).flatMap((row) => values[row] ?? [])).filter(
      ({ isGone }) => !isGone,
    );
  }

  #valuesOf(rows: readonly PushedRow[]): readonly PushedValues[] {
    if (rows.length === 0) return [];
    return this.#read(rows, this.#program.run(rows.map(({ text }) => text)));
  }

  #read(rows: readonly PushedRow[], results: readonly RawColumn[]): readonly PushedValues[] {
    const valueOf = (output: number, row: number): Raw => results[output]?.[row] ?? null;
    return rows.map(({ k }, row) => ({
      t: Number(valueOf(0, row)),
      k,
      isGone: this.#gone >= 0 && Number(valueOf(this.#gone, row)) === 1,
      inputs: this.#places.map(({ input }) => (input < 0 ? 1 : valueOf(input, row))),
      counts: this.#places.map(({ where }) => where < 0 || Number(valueOf(where, row)) === 1),
    }));
  }
}

/** The values that a column has more than once. */
function repeated(column: RawColumn): ReadonlySet<Raw> {
  const seen = new Set<Raw>();
  const again = new Set<Raw>();
  for (const value of column) (seen.has(value) ? again : seen).add(value);
  return again;
}

function seenBetween(rows: readonly PushedRow[], after: Micros, at: Micros): readonly PushedRow[] {
  return rows.filter(({ k }) => k > after && k <= at);
}

function inOrder(values: readonly PushedValues[]): readonly PushedValues[] {
  return [...values].sort((one, other) => one.t - other.t || one.k - other.k);
}
