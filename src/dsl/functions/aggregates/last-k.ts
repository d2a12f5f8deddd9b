import type { ScalarKind, ValueKind } from "../../../core/index.ts";
import type { Aggregate, AggregateCode, AggregateParameter, AggregateSql } from "../aggregate.ts";
import type { Constants, Raw, RawList } from "../scalar-function.ts";
import { elementOf, elementSql, elementText } from "./element.ts";
import { storedAs, storedSql } from "./stored-text.ts";

/** A value and the time of its row, microseconds. */
interface Entry {
  readonly t: number;
  readonly x: Raw;
}

/** The latest entries, newest first; of one time the one that comes later in the contract's order is before the other. */
interface Latest {
  entries: readonly Entry[];
}

/** The kinds of lists, by what they are of. */
export const listsOf: Readonly<Record<ScalarKind, `list<${ScalarKind}>`>> = {
  bool: "list<bool>",
  int: "list<int>",
  float: "list<float>",
  string: "list<string>",
  timestamp: "list<timestamp>",
  date: "list<date>",
  duration: "list<duration>",
};

/** The parameter of aggregates that give a list: how long it may be. */
export function lengthParameter(name: string): AggregateParameter {
  return { name, kind: "int", min: 1, max: 1000, what: "how many values", example: "3" };
}

function lengthOf({ n }: Constants): number {
  return typeof n === "number" ? n : 1;
}

function codeOf(kind: ValueKind | "rows", length: number): AggregateCode {
  /** Of one time those of the first are before those of the second. */
  const latestOf = (first: unknown, second: unknown): Latest => {
    const all = [...(first as Latest).entries, ...(second as Latest).entries];
    return { entries: all.sort((one, other) => other.t - one.t).slice(0, length) };
  };
  return {
    shape: { numbers: 0, values: 1 },
    stored: storedAs<Latest>(
      ({ entries }) => ({ t: entries.map(({ t }) => t), x: entries.map(({ x }) => elementText(x)) }),
      (parsed) => {
        const { t, x } = parsed as { readonly t?: readonly number[] | null; readonly x?: readonly string[] | null };
        return { entries: (t ?? []).map((at, i) => ({ t: at, x: elementOf(x?.[i] ?? "", kind) })) };
      },
    ),
    empty: ({ values }, _at, value) => {
      values[value] = { entries: [] } satisfies Latest;
    },
    update: ({ values }, _at, value, { input, t }) => {
      const { entries } = values[value] as Latest;
      const place = entries.findIndex((entry) => entry.t <= t);
      const at = place < 0 ? entries.length : place;
      values[value] = { entries: entries.toSpliced(at, 0, { t, x: input }).slice(0, length) } satisfies Latest;
    },
    // States that meet are of different stretches of time.
    merge: (into, _at, value, from, _fromAt, fromValue) => {
      into.values[value] = latestOf(into.values[value], from.values[fromValue]);
    },
    mergeLater: (into, _at, value, from, _fromAt, fromValue) => {
      into.values[value] = latestOf(from.values[fromValue], into.values[value]);
    },
    finalize: ({ values }, _at, value) => {
      const { entries } = values[value] as Latest;
      return entries.length === 0 ? null : (entries.map(({ x }) => x) as RawList);
    },
  };
}

function sqlOf(kind: ValueKind | "rows", length: number): AggregateSql {
  const n = String(length);
  return {
    columns: [
      {
        suffix: "v",
        update: (x, order, filter) =>
          `arg_max(struct_pack(t := t, x := ${x}), ${order}, ${n}) filter (where (${filter}) and ${x} is not null)`,
      },
    ],
    encode: (column) => {
      const entries = column("v");
      const texts = `[(${elementSql("e.x", kind)})::varchar for e in ${entries}]`;
      return {
        numbers: [],
        values: [storedSql(`struct_pack(t := [e.t for e in ${entries}], x := ${texts})`, "{}")],
      };
    },
  };
}

/** The latest values. */
export const lastK: Aggregate = {
  name: "last_k",
  version: 1,
  doc: "The latest `n` values, newest first, fewer where there are fewer; in the order of `last`. Rows without a value are passed over.",
  examples: [{ text: "last_k(x, 2)", rows: { x: [1, 2, null, 3] }, result: [3, 2] }],
  takes: listsOf,
  optional: true,
  parameters: [lengthParameter("n")],
  state: (_kind, options) => `last:${String(lengthOf(options))}`,
  code: (kind, options) => codeOf(kind, lengthOf(options)),
  slides: (kind, options) => ({
    by: "latest",
    code: codeOf(kind, lengthOf(options)),
    count: lengthOf(options),
    fill: ({ values }, latest) => {
      values[0] = { entries: latest.map(({ t, input }) => ({ t, x: input })).reverse() } satisfies Latest;
    },
  }),
  sql: (kind, options) => sqlOf(kind, lengthOf(options)),
};
