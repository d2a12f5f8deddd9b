import type { ValueKind } from "../../../core/index.ts";
import type { AggregateCode, AggregateSql, StoredForm } from "../aggregate.ts";
import { missing, type Raw } from "../scalar-function.ts";
import { elementOf, elementSql, elementText } from "./element.ts";
import { storedAs, storedSql } from "./stored-text.ts";

/** Values with how often each came, up to a limit of different ones: beyond it a tally knows that, and nothing else. */
export interface Tally {
  readonly counts: Map<Raw, number>;
  over: boolean;
}

/** What kind of tally. */
export interface TallyOptions {
  readonly kind: ValueKind | "rows";
  /** How many different values it holds at the most; none: as many as come. */
  readonly limit?: number;
  /** What is counted of an input: by default itself. Of one kind with its SQL. */
  readonly element?: { readonly kind: ValueKind; of(input: Raw): Raw; sql(x: string): string };
  /** Whether it matters how often a value came. */
  readonly counted: boolean;
}

interface Written {
  readonly k?: readonly string[] | null;
  readonly n?: readonly number[] | null;
  readonly over?: true;
}

function storedTally(kind: ValueKind | "rows", counted: boolean, limit: number): StoredForm {
  return storedAs<Tally>(
    ({ counts, over }): Written => {
      if (over) return { over };
      const k = [...counts.keys()].map(elementText);
      return counted ? { k, n: [...counts.values()] } : { k };
    },
    (parsed) => {
      const { k, n, over } = parsed as Written;
      const counts = new Map<Raw, number>();
      for (const [i, text] of (k ?? []).entries()) {
        const element = elementOf(text, kind);
        counts.set(element, counted ? (counts.get(element) ?? 0) + (n?.[i] ?? 0) : 1);
      }
      // SQL puts lists together without a look at how long they become.
      return over === true || counts.size > limit
        ? { counts: new Map<Raw, number>(), over: true }
        : { counts, over: false };
    },
  );
}

/** The JavaScript of a tally; `finalize` is asked where something came and the limit held. */
export function tallyCode(
  options: TallyOptions,
  finalize: (counts: ReadonlyMap<Raw, number>) => Raw,
  nothing: Raw = missing,
): AggregateCode {
  const { kind, limit = Infinity, counted, element } = options;
  const at = (values: unknown[], value: number): Tally => values[value] as Tally;
  const check = (tally: Tally): void => {
    if (tally.counts.size <= limit) return;
    tally.over = true;
    tally.counts.clear();
  };
  const add = ({ counts }: Tally, one: Raw, n: number): void => {
    const sum = (counts.get(one) ?? 0) + n;
    if (sum === 0) counts.delete(one);
    else counts.set(one, counted ? sum : 1);
  };
  return {
    shape: { numbers: 0, values: 1 },
    stored: storedTally(element?.kind ?? kind, counted, limit),
    empty: ({ values }, _at, value) => {
      values[value] = { counts: new Map<Raw, number>(), over: false } satisfies Tally;
    },
    update: ({ values }, _at, value, { input }) => {
      const tally = at(values, value);
      if (tally.over) return;
      add(tally, element === undefined ? input : element.of(input), 1);
      check(tally);
    },
    merge: (into, _at, value, from, _fromAt, fromValue) => {
      const tally = at(into.values, value);
      const other = at(from.values, fromValue);
      if (other.over) tally.over = true;
      if (tally.over) {
        tally.counts.clear();
        return;
      }
      for (const [one, n] of other.counts) add(tally, one, n);
      check(tally);
    },
    // What a limit or a set has dropped cannot be brought back.
    ...(counted && limit === Infinity
      ? {
          unmerge: (into, _at, value, from, _fromAt, fromValue) => {
            for (const [one, n] of at(from.values, fromValue).counts) add(at(into.values, value), one, -n);
          },
          remove: ({ values }, _at, value, { input }) => {
            add(at(values, value), element === undefined ? input : element.of(input), -1);
          },
        }
      : {}),
    finalize: ({ values }, _at, value) => {
      const { counts, over } = at(values, value);
      return over || counts.size === 0 ? nothing : finalize(counts);
    },
  };
}

/** The same state in SQL. */
export function tallySql({ kind, limit, counted, element }: TallyOptions): AggregateSql {
  const of = (x: string): string => (element === undefined ? elementSql(x, kind) : element.sql(x));
  const made = (x: string, filter: string): string => {
    const one = of(x);
    const rows = `filter (where (${filter}) and ${x} is not null)`;
    return counted ? `map_entries(histogram(${one}) ${rows})` : `list(distinct ${one}) ${rows}`;
  };
  const beyond = (x: string, filter: string): string => `coalesce(len(${made(x, filter)}) > ${String(limit)}, false)`;
  const held = (v: string): string => `[e.key::varchar for e in ${v}]`;
  return {
    columns: [
      {
        suffix: "v",
        update: (x, _order, filter) =>
          limit === undefined ? made(x, filter) : `case when not ${beyond(x, filter)} then ${made(x, filter)} end`,
      },
      ...(limit === undefined
        ? []
        : [
            {
              suffix: "o",
              update: (x: string, _order: string, filter: string) => beyond(x, filter),
            },
          ]),
    ],
    encode: (column) => {
      const v = column("v");
      const text = counted
        ? storedSql(`struct_pack(k := ${held(v)}, n := [e.value for e in ${v}])`, "{}")
        : // A set has no order, and what is loaded again is to be the same bytes.
          storedSql(`struct_pack(k := [e::varchar for e in list_sort(${v})])`, "{}");
      return {
        numbers: [],
        values: [
          limit === undefined
            ? text
            : `case when ${column("o")} then ${storedSql("struct_pack(over := true)", "")} else ${text} end`,
        ],
      };
    },
  };
}
