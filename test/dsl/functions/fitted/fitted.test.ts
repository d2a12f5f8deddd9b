import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ValueKind } from "../../../../src/core/index.ts";
import {
  cellOf,
  compileRows,
  type ExpressionPlan,
  type FittedFunction,
  fittedFunctions,
  fittedKey,
  type RawScalar,
  rowCells,
  setCell,
} from "../../../../src/dsl/index.ts";
import { applied, entryOf, fit, someOptions } from "./fit-one.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 5);
const number = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }) },
  fc.integer({ min: -3, max: 3 }),
);
const valueOf: Readonly<Partial<Record<ValueKind, fc.Arbitrary<RawScalar>>>> = {
  float: number.map((x) => x + 0),
  int: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(2n ** 60n, -(2n ** 60n), 9007199254740991)),
  bool: fc.constantFrom(0, 1),
  string: fc.constantFrom("", "a", "b", "ü", "\uffff", "\u{1F600}", "__proto__", "constructor"),
};

function rowsOf(kind: ValueKind): fc.Arbitrary<RawScalar[]> {
  const none = kind === "string" ? null : Number.NaN;
  const one = valueOf[kind] ?? fc.constant(none);
  return fc.array(fc.oneof({ weight: 5, arbitrary: one }, fc.constant(none)), { maxLength: 60 });
}

function compare(a: RawScalar, b: RawScalar): number {
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

const all: readonly { readonly name: string; readonly kind: ValueKind; readonly entry: FittedFunction }[] = [
  ...fittedFunctions,
].flatMap(([key, entry]) =>
  (Object.keys(entry.takes) as ValueKind[]).map((kind) => ({ name: `${key} of ${kind}`, kind, entry })),
);

describe.each(all)("$name", ({ kind, entry }) => {
  const options = someOptions(entry);

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(rowsOf(kind), (list) => {
        const once = fit(entry, list, options, kind);
        expect(fit(entry, list.toReversed(), options, kind)).toEqual(once);
        expect(fit(entry, list.toSorted(compare), options, kind)).toEqual(once);
      }),
      { seed, numRuns: 60 },
    );
  });

  it("has finite parameters that survive JSON, and gives what is in the language's domain, inline and called alike", () => {
    fc.assert(
      fc.property(rowsOf(kind), rowsOf(kind), (list, asked) => {
        const parameters = fit(entry, list, options, kind);
        if (parameters === undefined) return;
        expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
        for (const value of Object.values(parameters).flat())
          expect(typeof value === "string" || (Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
        const run = applied(entry, parameters, kind);
        const { node, type } = { node: "column", type: `${kind}?` } as const;
        const value = {
          node: "fitted",
          ...{ function: fittedKey(entry.name, entry.word), version: entry.version },
          ...{ type: entry.takes[kind] ?? "float", fit: "fit0", options, arg: { node, type, name: "x" } },
        } as const;
        const [results, closed] = (["generated", "closures"] as const).map((mode) => {
          const given: RawScalar[] = [];
          compileRows([{ name: "x", value }], { fit0: parameters }, { mode }).run(asked.length, [asked], [given]);
          return given;
        });
        for (const [i, x] of asked.entries()) {
          const result = run(x);
          if (typeof result === "number")
            expect((Number.isFinite(result) || Number.isNaN(result)) && !Object.is(result, -0)).toBe(true);
          expect(Object.is(results?.[i], result)).toBe(true);
          expect(Object.is(closed?.[i], result)).toBe(true);
          if (!entry.optional(true)) expect(result !== null && result === result).toBe(true);
        }
      }),
      { seed: seed + 1, numRuns: 60 },
    );
  });
});

describe("examples", () => {
  const examples = all.flatMap(({ name, kind, entry }) =>
    entry.examples
      .filter(({ rows }) => (typeof rows[0] === "string") === (kind === "string"))
      .map((example) => ({ name, kind, entry, ...example })),
  );
  it.each(examples)("$name: $rows make $value $result", ({ kind, entry, rows, options, value, result }) => {
    const raw = (one: number | string | null): RawScalar => (one === null && kind !== "string" ? Number.NaN : one);
    const run = applied(entry, fit(entry, rows.map(raw), options, kind), kind);
    expect(run(raw(value))).toBe(raw(result));
  });

  it("are there for each function that is one value, with a doc", () => {
    for (const entry of fittedFunctions.values()) {
      expect(entry.doc).toMatch(/\.$/);
      expect(entry.examples.length > 0 || entry.expands !== undefined).toBe(true);
    }
  });
});

describe("nothing to fit on", () => {
  it.each(all)("$name", ({ kind, entry }) => {
    const none = kind === "string" ? null : Number.NaN;
    for (const rows of [[], [none, none]]) {
      const parameters = fit(entry, rows, someOptions(entry), kind);
      // Without any text each is another one than those fitted to; there is no most frequent one, though.
      expect(parameters).toEqual(["vocab", "onehot"].includes(entry.name) ? { values: [] } : undefined);
    }
  });
});

describe("zscore", () => {
  const zscore = entryOf("zscore");
  it.each([0, 0.1, -0.3, 1e9 + 0.1, 123_456_789.123, 1e-300, -1e15, 2 ** 61])(
    "only centres the constant %d",
    (constant) => {
      for (const n of [1, 2, 3, 7, 10, 1000]) {
        const parameters = fit(zscore, new Array<number>(n).fill(constant));
        expect(parameters).toEqual({ mean: constant, sd: 1 });
        expect(applied(zscore, parameters)(constant)).toBe(0);
      }
    },
  );

  it.each([1e-12, 1e-6, 1, 1e6, 1e12])("knows the deviation of values about %d in size", (size) => {
    const parameters = fit(
      zscore,
      [1, 2, 3, 4, 5, 6].map((x) => x * size),
    );
    expect(Number(parameters?.["sd"]) / size).toBeCloseTo(Math.sqrt(35 / 12), 6);
  });
});

describe("fill(mode) of whole numbers", () => {
  it("gives one beyond the doubles to what computes on, generated and by closures", () => {
    const filled: ExpressionPlan = {
      node: "fitted",
      type: "int",
      function: "fill(mode)",
      version: 1,
      fit: "fit0",
      arg: { node: "column", type: "int?", name: "x" },
    };
    const number: ExpressionPlan = { node: "call", type: "float", function: "float", version: 1, args: [filled] };
    const parameters = fit(entryOf("fill(mode)"), [2n ** 60n, 2n ** 60n, 1], {}, "int") ?? {};
    for (const mode of ["generated", "closures"] as const) {
      const program = compileRows(
        [filled, number].map((value) => ({ name: "x", value })),
        { fit0: parameters },
        { mode },
      );
      const results: RawScalar[][] = [[], []];
      program.run(2, [Float64Array.of(Number.NaN, 3)], results);
      expect(results).toEqual([
        [2n ** 60n, 3],
        [2 ** 60, 3],
      ]);
      const [given, cells] = [rowCells(1), rowCells(2)];
      setCell(given, 0, Number.NaN);
      program.row(given, cells);
      expect([cellOf(cells, 0, "int"), cellOf(cells, 1, "float")]).toEqual([2n ** 60n, 2 ** 60]);
    }
  });
});

describe("categories", () => {
  const rows = ["b", "a", "\uffff", "\u{1F600}", "b", null, "a", "c", "__proto__"];

  it("are numbered by how frequent they are, then by code point; unseen and missing ones have their own number", () => {
    const vocab = entryOf("vocab");
    const parameters = fit(vocab, rows, { k: 5 }, "string");
    expect(parameters).toEqual({ values: ["a", "b", "__proto__", "c", "\uffff"] });
    const code = applied(vocab, parameters, "string");
    expect(["a", "b", "__proto__", "c", "\uffff", "\u{1F600}", "toString", "", null].map(code)).toEqual([
      ...[2, 3, 4, 5, 6, 1, 1, 1, 0],
    ]);
  });

  it("are whole numbers too, ordered as numbers, whatever their size", () => {
    const vocab = entryOf("vocab");
    const wide = 2n ** 60n;
    const parameters = fit(vocab, [10, 9, wide, -5, wide, Number.NaN], { k: 3 }, "int");
    expect(parameters).toEqual({ values: ["1152921504606846976", -5, 9] });
    expect([wide, -5, 9, 10, wide + 1n, Number.NaN].map(applied(vocab, parameters, "int"))).toEqual([2, 3, 4, 1, 1, 0]);
  });

  it("beyond the limit are a typed error", () => {
    for (const key of ["vocab", "onehot", "fill(mode)"]) {
      const entry = entryOf(key);
      expect(fit(entry, ["a", "b", "a"], { k: 1 }, "string", 2)).toBeDefined();
      expect(() => fit(entry, ["a", "b", "c"], { k: 1 }, "string", 2)).toThrow(
        expect.objectContaining({ code: "LIMIT_EXCEEDED", hint: expect.any(String) as string }) as Error,
      );
    }
  });

  it("have a most frequent one, the smallest of several", () => {
    const mode = entryOf("fill(mode)");
    expect(fit(mode, ["b", "\u{1F600}", "\uffff", "\u{1F600}", "\uffff"], {}, "string")).toEqual({ value: "\uffff" });
    expect(fit(mode, [10, 9, 10, 9, -1], {}, "float")).toEqual({ value: 9 });
    expect(fit(mode, [1, 0, 0, 1, Number.NaN], {}, "bool")).toEqual({ value: 0 });
  });
});
