import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationUnits, hopOf } from "../../src/core/index.ts";
import type { GroupPlan, SourcePlan, StoredPlan, StoredWindowPlan } from "../../src/dsl/plan/index.ts";
import { exactSum, fromUnits, toUnits } from "../../src/featurestore/oracle/exact-sum.ts";
import { histories } from "./history.ts";
import { call, column, literal } from "./history-expressions.ts";
import { measure, type Measures } from "./measure.ts";
import {
  type Answer,
  evaluateExpression,
  type Rows,
  storedValue,
  trainingRows,
} from "../../src/featurestore/oracle/oracle.ts";

const { s, m, h } = durationUnits;
const seed = 20010620;

const x = column("x", "float?");
const base = { name: "rows", transports: [{ format: "parquet", path: "rows.parquet" }] } as const;
const columns = { n: "int?", s: "string?", x: "float?" } as const;
const known = [{ format: "parquet", path: "rows.parquet", known: column("known", "timestamp?") }] as const;
const events: SourcePlan = { ...base, kind: "events", at: column("at", "timestamp?"), columns };
const eventsKnown: SourcePlan = { ...events, transports: known };
const eventsWithId: SourcePlan = { ...eventsKnown, id: [column("id", "string?")] };
const snapshot: SourcePlan = { ...eventsKnown, kind: "snapshot" };
const table: SourcePlan = { ...base, kind: "table", columns };

function group(part: Partial<GroupPlan> = {}): GroupPlan {
  return {
    entity: "e",
    name: "g",
    source: "rows",
    key: [column("key", "string?")],
    reads: ["x"],
    stored: [],
    features: [],
    ...part,
  };
}

function window(aggregate: string, part: Partial<StoredWindowPlan> = {}): StoredWindowPlan {
  const over = part.over ?? m;
  return {
    kind: "window",
    name: aggregate,
    type: "float?",
    aggregate,
    version: 1,
    over,
    hop: hopOf(over),
    direction: "back",
    ...part,
  };
}

const xAsItIs: StoredPlan = { kind: "column", name: "x", type: "float?", column: "x" };
const present = (value: Answer["value"]): Answer => ({ value, status: "present" });
const missing: Answer = { value: null, status: "missing" };

/** A value for key "k" at `q`, of a group as simple as can be. */
function ask(source: SourcePlan, rows: Rows, stored: StoredPlan, q: number, part: Partial<GroupPlan> = {}): Answer {
  const keyed = rows.map((row) => ({ key: "k", ...row }));
  return storedValue(group(part), source, keyed, stored, ["k"], q);
}

describe("windows", () => {
  it("begin at a whole hop and end before the request", () => {
    // A minute moves by 1 s: at 100.5 s it begins at 40 s, not at 40.5 s.
    const at = (t: number): Answer => ask(events, [{ at: t, x: 1 }], window("count"), 100.5 * s);
    expect(at(40 * s)).toEqual(present(1));
    expect(at(40 * s - 1)).toEqual(present(0));
    expect(at(100.5 * s - 1)).toEqual(present(1));
    expect(at(100.5 * s)).toEqual(present(0));
  });

  it("begin at a whole hop before 1970 too", () => {
    const at = (t: number): Answer => ask(events, [{ at: t, x: 1 }], window("count"), -0.5 * s);
    expect(at(-61 * s)).toEqual(present(1));
    expect(at(-61 * s - 1)).toEqual(present(0));
  });

  it("look forward from after the request to the end, over what is known by then", () => {
    const next = (t: number, k: number): Answer =>
      ask(eventsKnown, [{ at: t, known: k, x: 1 }], window("count", { direction: "next" }), 100 * s);
    expect(next(100 * s, 0)).toEqual(present(0));
    expect(next(100 * s + 1, 100 * s + 1)).toEqual(present(1));
    expect(next(160 * s, 160 * s)).toEqual(present(1));
    expect(next(160 * s + 1, 0)).toEqual(present(0));
    expect(next(160 * s, 160 * s + 1)).toEqual(present(0));
  });

  it("see a row only once it is known, and at the moment it is", () => {
    const row = { at: 90 * s, known: 100 * s, x: 1 };
    expect(ask(eventsKnown, [row], window("count"), 100 * s - 1)).toEqual(present(0));
    expect(ask(eventsKnown, [row], window("count"), 100 * s)).toEqual(present(1));
    expect(ask(eventsKnown, [{ ...row, known: 10 * s }], window("count"), 100 * s)).toEqual(present(1));
  });

  it("count no row without a time, a declared `known` or a whole key", () => {
    const rows = [
      { at: null, known: 0, x: 1 },
      { at: 90 * s, known: null, x: 1 },
      { at: 90 * s, known: 90 * s, x: 1, key: null },
    ];
    expect(ask(eventsKnown, rows, window("count"), 100 * s)).toEqual(present(0));
  });

  it("are 0 or missing where nothing is in them, never not found, and missing for a missing key", () => {
    expect(ask(events, [], window("count"), 0)).toEqual(present(0));
    expect(ask(events, [], window("sum", { input: x }), 0)).toEqual(missing);
    expect(storedValue(group(), events, [], window("count"), [null], 0)).toEqual(missing);
  });

  it("take rows of which the filter is true: neither false nor missing", () => {
    const rows = [{ x: 1 }, { x: -1 }, { x: null }, { x: NaN }].map((row) => ({ at: 90 * s, ...row }));
    const where = call("bool?", "gt", x, literal("float", 0));
    expect(ask(events, rows, window("count", { where }), 100 * s)).toEqual(present(1));
  });
});

describe("lag", () => {
  const lagged: SourcePlan = {
    ...events,
    transports: [
      { format: "parquet", path: "a", lag: 5 * s },
      { format: "csv", path: "b" },
    ],
  };

  it("makes rows of a place known so much later, and no others", () => {
    const at = (row: Rows[number], q: number): Answer =>
      ask(lagged, [{ at: 90 * s, x: 1, ...row }], window("count"), q);
    expect(at({}, 95 * s - 1)).toEqual(present(0));
    expect(at({}, 95 * s)).toEqual(present(1));
    expect(at({ "(transport)": 1 }, 90 * s + 1)).toEqual(present(1));
  });

  it("makes what looks forward wait for the slowest place", () => {
    const known = [{ format: "csv", path: "b", known: column("known", "timestamp?") }] as const;
    const both: SourcePlan = { ...lagged, transports: [...known, { format: "kafka", topic: "rows", lag: 5 * s }] };
    const next = (k: number): Answer =>
      ask(both, [{ at: 160 * s, known: k, x: 1 }], window("count", { direction: "next" }), 100 * s);
    expect(next(165 * s)).toEqual(present(1));
    expect(next(165 * s + 1)).toEqual(present(0));
  });
});

describe("deletions", () => {
  const gone = column("gone", "bool?");
  const last = window("last", { input: x });

  it("of an event take it out from when they are known, unless a version known later brings it back", () => {
    const source: SourcePlan = { ...eventsWithId, deleted: gone, columns: { ...columns, gone: "bool?" } };
    const row = { id: "a", at: 90 * s };
    const rows = [
      { ...row, known: 91 * s, x: 1, gone: null },
      { ...row, known: 93 * s, x: 1, gone: true },
      { ...row, known: 95 * s, x: 1, gone: false },
      { ...row, known: 97 * s, x: 2, gone: false },
    ];
    const at = (q: number): unknown => [ask(source, rows, last, q).value, ask(source, rows, window("count"), q).value];
    expect(at(93 * s - 1)).toEqual([1, 1]);
    expect(at(93 * s)).toEqual([null, 0]);
    // The third row repeats the first, which stays known when it was.
    expect(at(95 * s)).toEqual([null, 0]);
    expect(at(97 * s)).toEqual([2, 1]);
    expect(ask(source, [{ id: null, at: 90 * s, known: 90 * s, gone: true }], window("count"), 100 * s)).toEqual(
      present(0),
    );
  });

  it("of a state leave nothing, however old, until there is a later one; at one moment they are the larger", () => {
    const source: SourcePlan = { ...snapshot, deleted: gone, columns: { ...columns, gone: "bool?" } };
    const rows = [
      { at: 10 * s, known: 10 * s, x: 1, gone: false },
      { at: 20 * s, known: 20 * s, x: null, gone: true },
      { at: 20 * s, known: 20 * s, x: 9, gone: false },
      { at: 30 * s, known: 30 * s, x: 3, gone: false },
    ];
    const at = (q: number): Answer => ask(source, rows, xAsItIs, q, { ttl: 5 * s });
    expect(at(20 * s - 1)).toEqual({ value: null, status: "expired", t: 10 * s });
    expect(at(20 * s)).toEqual({ value: null, status: "not_found" });
    expect(at(30 * s - 1)).toEqual({ value: null, status: "not_found" });
    expect(at(30 * s)).toEqual({ value: 3, status: "present", t: 30 * s });
  });
});

describe("versions of an event", () => {
  const count = window("count");
  const last = window("last", { input: x });

  it("count once, by the last that is known", () => {
    const rows = [
      { id: "a", at: 90 * s, known: 91 * s, x: 1 },
      { id: "a", at: 90 * s, known: 95 * s, x: 2 },
    ];
    expect(ask(eventsWithId, rows, count, 100 * s)).toEqual(present(1));
    expect(ask(eventsWithId, rows, last, 95 * s - 1)).toEqual(present(1));
    expect(ask(eventsWithId, rows, last, 95 * s)).toEqual(present(2));
  });

  it("agree in id, time and key: else they are two events", () => {
    const rows = [
      { id: "a", at: 90 * s, known: 90 * s, x: 1 },
      { id: "a", at: 90 * s + 1, known: 91 * s, x: 1 },
      { id: null, at: 90 * s, known: 90 * s, x: 1 },
      { id: null, at: 90 * s, known: 90 * s, x: 1 },
    ];
    expect(ask(eventsWithId, rows, count, 100 * s)).toEqual(present(4));
  });

  it("are no more where a row repeats one: it stays known when it first was", () => {
    const [one, two] = [1, 2].map((value) => ({ id: "a", at: 90 * s, x: value }));
    const rows = [
      { ...one, known: 91 * s },
      { ...two, known: 92 * s },
      { ...one, known: 93 * s },
    ];
    expect(ask(eventsWithId, rows, last, 100 * s)).toEqual(present(2));
  });

  it("of one moment of knowledge: the larger columns are the last", () => {
    const rows = [2, 3, null, 1].map((value) => ({ id: "a", at: 90 * s, known: 91 * s, x: value }));
    expect(ask(eventsWithId, rows, last, 100 * s)).toEqual(present(3));
  });

  it("take an event out of a window whose filter the last version fails", () => {
    const rows = [
      { id: "a", at: 90 * s, known: 91 * s, x: 1 },
      { id: "a", at: 90 * s, known: 95 * s, x: -1 },
    ];
    const where = call("bool?", "gt", x, literal("float", 0));
    expect(ask(eventsWithId, rows, window("count", { where }), 100 * s)).toEqual(present(0));
  });
});

describe("aggregates", () => {
  const over = (values: Rows[number]["x"][], aggregate: string): Answer["value"] =>
    ask(
      events,
      values.map((value) => ({ at: 90 * s, x: value })),
      window(aggregate, { input: x }),
      100 * s,
    ).value;
  const overInts = (values: (number | bigint)[], aggregate: string): Answer["value"] =>
    ask(
      events,
      values.map((value) => ({ at: 90 * s, n: value })),
      window(aggregate, { input: column("n", "int?") }),
      100 * s,
      { reads: ["n"] },
    ).value;

  it("skip missing inputs", () => {
    expect(over([1, null, NaN, Infinity, 3], "count")).toBe(2);
    expect(over([1, null, 3], "mean")).toBe(2);
    expect(over([null, 5, -0, 3], "min")).toBe(0);
    expect(over([null, 5], "max")).toBe(5);
    expect(over([null], "count")).toBe(0);
    expect(over([null], "last")).toBe(null);
  });

  it("add floats exactly and round once", () => {
    // Added in turn this is 0.6000000000000001; the three doubles' exact sum is nearest to 0.6.
    expect(over([0.1, 0.2, 0.3], "sum")).toBe(0.6);
    expect(over([2 ** 61, 1, -(2 ** 61)], "sum")).toBe(1);
    expect(over([2 ** 62, -(2 ** 62)], "sum")).toBe(null);
    expect(over([2 ** 62, 1], "mean")).toBe(null);
    expect(over([-(2 ** -63)], "sum")).toBe(0);
  });

  it("add ints exactly, missing beyond 2^53 - 1, and take their mean as floats", () => {
    expect(overInts([2 ** 53 - 1, -1], "sum")).toBe(2 ** 53 - 2);
    expect(overInts([2 ** 53 - 1, 1], "sum")).toBe(null);
    expect(overInts([2n ** 63n - 1n, -(2n ** 63n), 3], "sum")).toBe(2);
    expect(overInts([2n ** 53n + 1n], "mean")).toBe(2 ** 53);
    expect(overInts([2n ** 53n, 2n ** 53n + 1n], "max")).toBe(2n ** 53n + 1n);
    expect(overInts([2n ** 62n, 1], "mean")).toBe(null);
  });

  it("take as last the latest, then the last known, then the largest columns, and skip missing", () => {
    const rows = [
      { at: 90 * s, known: 99 * s, x: 1, s: "a" },
      { at: 91 * s, known: 92 * s, x: 2, s: "b" },
      { at: 91 * s, known: 93 * s, x: 3, s: "\u{1F600}" },
      { at: 91 * s, known: 93 * s, x: 4, s: "\uFF5E" },
      { at: 92 * s, known: 92 * s, x: null, s: "z" },
    ];
    const last = window("last", { input: x });
    expect(ask(eventsKnown, rows, last, 100 * s, { reads: ["s", "x"] })).toEqual(present(3));
    expect(ask(eventsKnown, rows, last, 100 * s, { reads: ["x"] })).toEqual(present(4));
    expect(ask(eventsKnown, rows, last, 93 * s - 1, { reads: ["x"] })).toEqual(present(2));
  });
});

describe("the exact sum's units", () => {
  it("round halves of 2^-62 to the even one", () => {
    expect([1, 3, 5, -1, -3].map((halves) => toUnits(halves * 2 ** -63))).toEqual([0n, 2n, 2n, 0n, -2n]);
    expect(toUnits(5e-324)).toBe(0n);
    expect(toUnits(-1.5)).toBe(-3n * 2n ** 61n);
  });

  it("round to the nearest double, halves to the even one", () => {
    expect(fromUnits(2n ** 53n + 1n)).toBe(2 ** -9);
    expect(fromUnits(2n ** 53n + 3n)).toBe((2 ** 53 + 4) * 2 ** -62);
    expect(fromUnits(-(2n ** 62n))).toBe(-1);
    expect(exactSum([])).toBe(0);
  });

  it("hold every double between 2^-10 and 2^62 exactly", () => {
    const doubles = fc.double({ min: 2 ** -10, max: 2 ** 62, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(doubles, (value) => fromUnits(toUnits(value)) === value),
      { seed },
    );
  });
});

describe("snapshots", () => {
  it("are the latest visible row, whole, its missing values included", () => {
    const rows = [
      { at: 10 * s, known: 10 * s, x: 1 },
      { at: 20 * s, known: 30 * s, x: null },
    ];
    expect(ask(snapshot, rows, xAsItIs, 10 * s - 1)).toEqual({ value: null, status: "not_found" });
    expect(ask(snapshot, rows, xAsItIs, 10 * s)).toEqual({ value: 1, status: "present", t: 10 * s });
    expect(ask(snapshot, rows, xAsItIs, 30 * s - 1)).toEqual({ value: 1, status: "present", t: 10 * s });
    expect(ask(snapshot, rows, xAsItIs, 30 * s)).toEqual({ value: null, status: "missing", t: 20 * s });
  });

  it("do not show a row before it happened, though it is known", () => {
    expect(ask(snapshot, [{ at: 20 * s, known: 0, x: 1 }], xAsItIs, 20 * s - 1).status).toBe("not_found");
  });

  it("break ties by `known`, then by the columns read", () => {
    const rows = [
      { at: 10 * s, known: 12 * s, x: 1 },
      { at: 10 * s, known: 11 * s, x: 9 },
      { at: 10 * s, known: 12 * s, x: 2 },
      { at: 10 * s, known: 12 * s, x: null },
    ];
    expect(ask(snapshot, rows, xAsItIs, 20 * s).value).toBe(2);
    expect(ask(snapshot, rows, xAsItIs, 12 * s - 1).value).toBe(9);
  });

  it("are used while they are no older than the ttl", () => {
    const rows = [{ at: 0, known: 0, x: 1 }];
    expect(ask(snapshot, rows, xAsItIs, h, { ttl: h })).toEqual({ value: 1, status: "present", t: 0 });
    expect(ask(snapshot, rows, xAsItIs, h + 1, { ttl: h })).toEqual({ value: null, status: "expired", t: 0 });
  });
});

describe("tables", () => {
  it("are always visible, found by whole keys, the larger of two rows", () => {
    const rows = [{ x: 1 }, { x: 3 }, { x: 2 }, { x: 9, key: null }];
    expect(ask(table, rows, xAsItIs, -h)).toEqual(present(3));
    expect(ask(table, [{ x: 9, key: "other" }], xAsItIs, 0)).toEqual({ value: null, status: "not_found" });
    expect(storedValue(group(), table, rows, xAsItIs, [null], 0)).toEqual(missing);
  });
});

describe("keys", () => {
  it("are 64-bit ints, not doubles, and strings as they are, not normalised", () => {
    const key = [column("id", "int?"), column("s", "string?")];
    const find = (...parts: (number | bigint | string)[]): Answer =>
      storedValue(group({ key }), table, [{ id: 2n ** 53n, s: "e\u0301", x: 1 }], xAsItIs, parts, 0);
    expect(find(2n ** 53n, "e\u0301")).toEqual(present(1));
    expect(find(2n ** 53n + 1n, "e\u0301").status).toBe("not_found");
    expect(find(2n ** 53n, "é").status).toBe("not_found");
  });
});

describe("expressions", () => {
  const value = (of: Parameters<typeof evaluateExpression>[0]): Answer["value"] =>
    evaluateExpression(of, { columns: {} });
  const no = literal("bool?", null);
  const yes = literal("bool", true);
  const not = literal("bool", false);
  const int = (of: number | string): ReturnType<typeof literal> => literal("int", of);

  it("know three truth values", () => {
    expect(value(call("bool?", "and", no, not))).toBe(false);
    expect(value(call("bool?", "and", no, yes))).toBe(null);
    expect(value(call("bool?", "or", no, yes))).toBe(true);
    expect(value(call("bool?", "or", no, not))).toBe(null);
    expect(value(call("bool?", "not", no))).toBe(null);
    expect(value(call("bool", "is_missing", no))).toBe(true);
    expect(value(call("bool?", "eq", no, no))).toBe(null);
    expect(value(call("bool", "coalesce", no, yes))).toBe(true);
  });

  it("compare 64-bit ints exactly and strings by code point", () => {
    expect(value(call("bool", "lt", int("9007199254740992"), int("9007199254740993")))).toBe(true);
    expect(value(call("bool", "gt", literal("string", "\u{1F600}"), literal("string", "\uFF5E")))).toBe(true);
  });

  it("have no int result or operand beyond 2^53 - 1, no infinity and no -0", () => {
    expect(value(call("int?", "add", int(2 ** 53 - 2), int(1)))).toBe(2 ** 53 - 1);
    expect(value(call("int?", "add", int(2 ** 53 - 1), int(1)))).toBe(null);
    expect(value(call("int?", "sub", int("9007199254740992"), int(1)))).toBe(null);
    expect(value(call("float?", "mul", literal("float", 1e300), literal("float", 1e300)))).toBe(null);
    expect(value(call("float?", "mul", literal("float", 0), literal("float", -1)))).toBe(0);
  });
});

describe("random histories", () => {
  it("touch the edges of the time contract often enough", () => {
    const sample = fc.sample(histories, { seed, numRuns: 500 }).map(measure);
    const share = (edge: keyof Measures): number => sample.filter((one) => one[edge]).length / sample.length;
    expect(share("ties")).toBeGreaterThanOrEqual(0.3);
    expect(share("knownLater")).toBeGreaterThanOrEqual(0.2);
    expect(share("forwardEdge")).toBeGreaterThanOrEqual(0.05);
    expect(share("forwardLag")).toBeGreaterThanOrEqual(0.05);
    for (const edge of ["deletion", "undone"] as const) expect(share(edge), edge).toBeGreaterThanOrEqual(0.1);
    for (const edge of ["atRequest", "hopEdge", "beforeHopEdge", "ttlEdge", "pastTtlEdge"] as const) {
      expect(share(edge), edge).toBeGreaterThanOrEqual(0.1);
    }
  });

  it("have answers that do not depend on the order of rows", () => {
    const shuffled = fc.record({ history: histories, shuffle: fc.infiniteStream(fc.nat()) });
    fc.assert(
      fc.property(shuffled, ({ history: { vector, left, data }, shuffle }) => {
        const again = Object.fromEntries(
          Object.entries(data).map(([source, rows]) => [
            source,
            rows
              .map((row) => ({ row, order: shuffle.next().value as number }))
              .sort((a, b) => a.order - b.order)
              .map(({ row }) => row),
          ]),
        );
        expect(trainingRows(vector, left, again)).toEqual(trainingRows(vector, left, data));
      }),
      { seed, numRuns: 100 },
    );
  });
});
