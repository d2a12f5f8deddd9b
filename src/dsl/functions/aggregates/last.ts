import type { ValueKind } from "../../../core/index.ts";
import type { Aggregate, AggregateCode, AggregateSql } from "../aggregate.ts";
import { missing } from "../scalar-function.ts";

/** Numbers: the time of the latest value (-Infinity: none yet) and, where a number can hold it, the value. */
function codeOf(inNumber: boolean, text: boolean): AggregateCode {
  return {
    shape: inNumber ? { numbers: 2, values: 0 } : { numbers: 1, values: 1 },
    empty: ({ numbers, values }, at, value) => {
      numbers[at] = -Infinity;
      if (inNumber) numbers[at + 1] = missing;
      else values[value] = null;
    },
    update: ({ numbers, values }, at, value, { input, t }) => {
      if (t < (numbers[at] ?? -Infinity)) return;
      numbers[at] = t;
      if (inNumber) numbers[at + 1] = Number(input);
      else values[value] = input;
    },
    merge: (into, at, value, from, fromAt, fromValue) => {
      const t = from.numbers[fromAt] ?? -Infinity;
      // States that meet are of different stretches of time, so that equal times mean two empty ones.
      if (!(t > (into.numbers[at] ?? -Infinity))) return;
      into.numbers[at] = t;
      if (inNumber) into.numbers[at + 1] = from.numbers[fromAt + 1] ?? missing;
      else into.values[value] = from.values[fromValue] ?? null;
    },
    finalize: ({ numbers, values }, at, value) =>
      inNumber ? (numbers[at + 1] ?? missing) : (values[value] ?? (text ? null : missing)),
  };
}

function sqlOf(inNumber: boolean): AggregateSql {
  return {
    columns: [
      {
        suffix: "t",
        update: (x, _order, filter) => `max(t) filter (where (${filter}) and ${x} is not null)`,
        merge: (column) => `max(${column("t")})`,
      },
      {
        suffix: "v",
        update: (x, order, filter) => `arg_max(${x}, ${order}) filter (where (${filter}) and ${x} is not null)`,
        merge: (column) => `arg_max(${column("v")}, ${column("t")}) filter (where ${column("v")} is not null)`,
      },
    ],
    finalize: (column) => column("v"),
    encode: (column) => {
      const t = `coalesce(${column("t")}::double, '-infinity'::double)`;
      return inNumber
        ? { numbers: [t, `coalesce(${column("v")}::double, 'nan'::double)`], values: [] }
        : { numbers: [t], values: [column("v")] };
    },
  };
}

/** The value of the latest row that has one. */
export const last: Aggregate = {
  name: "last",
  version: 1,
  doc: "The latest value: of the largest time, then the latest known, then by the columns read. Rows without a value are passed over.",
  takes: {
    bool: "bool",
    int: "int",
    float: "float",
    string: "string",
    timestamp: "timestamp",
    date: "date",
    duration: "duration",
  },
  optional: true,
  code: (kind: ValueKind | "rows") => codeOf(kind !== "int" && kind !== "string", kind === "string"),
  sql: (kind: ValueKind | "rows") => sqlOf(kind !== "int" && kind !== "string"),
};
