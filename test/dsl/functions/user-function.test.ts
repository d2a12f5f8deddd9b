import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TondoError, type TypeName, type Value } from "../../../src/core/index.ts";
import {
  compileRows,
  defineFunction,
  type ExpressionPlan,
  expressionSql,
  expressionText,
  fromRaw,
  functionLibrary,
  outsideSubset,
  type Raw,
  type RowMode,
  rowCells,
  cellOf,
  rowLines,
  setCell,
  toRaw,
  type UserFunction,
} from "../../../src/dsl/index.ts";
import { checkOne, planOf } from "../check-one.ts";

const modes: readonly RowMode[] = ["generated", "closures"];

/** The values of an expression over some rows, the same in both forms, over columns and row by row. */
function values(
  plan: ExpressionPlan,
  rows: readonly Readonly<Record<string, Value>>[],
  functions: readonly UserFunction[],
): readonly Value[] {
  const found = modes.flatMap((mode) => {
    const program = compileRows([{ name: "x", value: plan }], {}, { mode, functions: functionLibrary(functions) });
    const raw = rows.map((row) =>
      program.leaves.map(({ name, kind }) => toRaw(row[name.slice(name.indexOf(":") + 1)] ?? null, kind)),
    );
    const kind = program.outputs[0]?.kind ?? "float";
    const results: Raw[] = new Array<Raw>(rows.length).fill(null);
    program.run(
      rows.length,
      program.leaves.map((_, i) => raw.map((row) => row[i] ?? null)),
      [results],
    );
    const single = raw.map((row) => {
      const [given, out] = [rowCells(row.length), rowCells(1)];
      for (const [i, value] of row.entries()) setCell(given, i, value);
      program.row(given, out);
      return fromRaw(cellOf(out, 0, kind), kind);
    });
    return [results.map((value) => fromRaw(value, kind)), single];
  });
  for (const other of found) expect(other).toEqual(found[0]);
  return found[0] ?? [];
}

const loyalty = defineFunction({
  name: "loyalty",
  version: 3,
  takes: { visits: "int", since: "duration?" },
  returns: "float?",
  compute: ({ visits, since }) => (since === null ? -1 : Number(visits) / since),
  doc: "Visits for each microsecond.",
});
const columns: Readonly<Record<string, TypeName>> = {
  ...{ n: "int?", d: "duration?", x: "float?", s: "string?", b: "bool?" },
  ...{ l: "list<int>?", bs: "list<bool>?", e: "embedding(2)?", sure: "int" },
};

describe("a call of a user function", () => {
  it("stands in the plan by name, version and hash, and never by its code", () => {
    const plan = planOf("loyalty(n, d)", columns, [loyalty]);
    expect(plan).toEqual({
      node: "call",
      type: "float?",
      function: "loyalty",
      version: 3,
      user: { source: loyalty.source },
      args: [
        { node: "column", name: "n", type: "int?" },
        { node: "column", name: "d", type: "duration?" },
      ],
    });
    expect(expressionText(plan)).toBe("loyalty(n, d)");
  });

  it("takes arguments by place, by name and through a pipe", () => {
    const plan = planOf("loyalty(n, d)", columns, [loyalty]);
    expect(planOf("loyalty(since: d, visits: n)", columns, [loyalty])).toEqual(plan);
    expect(planOf("n | loyalty(d)", columns, [loyalty])).toEqual(plan);
    const codes = (text: string): readonly string[] =>
      checkOne(text, columns, [loyalty]).diagnostics.map(({ code }) => code);
    expect(codes("loyalty(n)")).toEqual(["wrong-arguments"]);
    expect(codes("loyalty(n, x)")).toEqual(["wrong-arguments"]);
    expect(codes("loyalty(n, d) over 1h")).toEqual(["not-an-aggregate"]);
  });

  it("is missing where an argument is, but for those that it is handed", () => {
    const plan = planOf("loyalty(n, d)", columns, [loyalty]);
    expect(values(plan, [{ n: 6, d: 3 }, { n: null, d: 3 }, { n: 6, d: null }, {}], [loyalty])).toEqual([
      2,
      null,
      -1,
      null,
    ]);
    expect(values(planOf("loyalty(n, missing)", columns, [loyalty]), [{ n: 1 }], [loyalty])).toEqual([-1]);
    expect(values(planOf("loyalty(4, 2us)", columns, [loyalty]), [{}], [loyalty])).toEqual([2]);
  });

  it("has a type that says whether it can be missing", () => {
    const sure = defineFunction({
      name: "sure",
      version: 1,
      takes: { a: "int", b: "float?" },
      returns: "int",
      compute: ({ a, b }) => Number(a) + (b === null ? 0 : Math.round(b)),
    });
    expect(planOf("sure(sure, x)", columns, [sure]).type).toBe("int");
    expect(planOf("sure(n, x)", columns, [sure]).type).toBe("int?");
    // What callers said of their rows may be wrong.
    expect(values(planOf("sure(sure, x) + 1", columns, [sure]), [{ sure: 1 }, { sure: null }], [sure])).toEqual([
      2,
      null,
    ]);
  });

  it("brings results into the language's domain: no NaN, no infinity, no -0", () => {
    const div = defineFunction({
      name: "quotient",
      version: 1,
      takes: { x: "float" },
      returns: "float?",
      compute: ({ x }) => (x === 5 ? undefined : x === 7 ? -0 : 1 / x / (x === 9 ? NaN : 1)),
    });
    const rows = [0, 2, 5, 7, 9].map((x) => ({ x }));
    expect(
      values(planOf("quotient(x)", columns, [div]), rows, [div]).map((v) => (Object.is(v, -0) ? "-0" : v)),
    ).toEqual([null, 0.5, null, 0, null]);
  });

  it("hands out ints beyond 2^53 as bigint and takes them back", () => {
    const next = defineFunction({
      name: "next_id",
      version: 1,
      takes: { n: "int" },
      returns: "int?",
      compute: ({ n }) => (typeof n === "bigint" ? n + 1n : n < 0 ? 9007199254740993n : n + 1),
    });
    const plan = planOf("next_id(n)", columns, [next]);
    const rows = [{ n: 1 }, { n: 9007199254740993n }, { n: -1 }];
    expect(values(plan, rows, [next])).toEqual([2, 9007199254740994n, 9007199254740993n]);
    expect(values(planOf("next_id(n) + 1", columns, [next]), rows, [next])).toEqual([3, null, null]);
    expect(values(planOf("next_id(-1)", columns, [next]), [{}], [next])).toEqual([9007199254740993n]);
  });

  it("hands out copies of lists and embeddings, as arrays", () => {
    const spoil = defineFunction({
      name: "spoil",
      version: 1,
      takes: { l: "list<int>", bs: "list<bool>", e: "embedding(2)" },
      returns: "list<string>",
      compute: ({ l, bs, e }) => {
        const seen = [`${l.join()} ${bs.join()} ${e.constructor.name} ${e.join()}`];
        l.length = 0;
        bs.fill(false);
        e.fill(9);
        return seen;
      },
    });
    const plan = planOf("concat(item(spoil(l, bs, e), 0), item(spoil(l, bs, e), 0), s)", columns, [spoil]);
    const row = { l: [1, 9007199254740993n], bs: [true], e: [0.5, 2], s: "!" };
    const seen = "1,9007199254740993 true Float64Array 0.5,2";
    expect(values(plan, [row, row], [spoil])).toEqual([`${seen}${seen}!`, `${seen}${seen}!`]);
  });

  it("keeps nothing of an array that the function goes on using", () => {
    const buffer = new Float32Array(2);
    const twice = defineFunction({
      name: "twice",
      version: 1,
      takes: { x: "float" },
      returns: "embedding(2)?",
      compute: ({ x }) => buffer.fill(x),
    });
    expect(values(planOf("twice(x)", columns, [twice]), [{ x: 1 }, { x: 2 }], [twice])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it.each([
    [
      "throws",
      "float?",
      (): never => {
        throw new RangeError("too\nmuch");
      },
      "threw RangeError: too, given",
    ],
    [
      "throws no error",
      "float?",
      (): never => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- people do
        throw "x";
      },
      "threw x",
    ],
    ["gives a text for a float", "float?", (): unknown => "1", 'answered with "1", which is no float?'],
    ["gives a fraction for an int", "int", (): unknown => 0.5, "answered with 0.5, which is no int"],
    ["gives NaN for an int", "int?", (): unknown => NaN, "answered with NaN, which is no int?"],
    ["gives NaN without having said so", "float", (): unknown => NaN, "never missing"],
    ["gives null without having said so", "float", (): unknown => null, "never missing"],
    ["gives a promise", "float?", (): unknown => Promise.resolve(1), "a promise"],
    [
      "gives an object that holds itself",
      "float?",
      (): unknown => {
        const own: unknown[] = [];
        own.push(own);
        return own;
      },
      "JSON does not hold",
    ],
    ["gives a broken text", "string", (): unknown => "\ud800", "which is no string"],
    ["gives an embedding of another size", "embedding(2)", (): unknown => [1], "which is no embedding(2)"],
    ["gives a function", "bool", (): unknown => () => true, "a function"],
  ] as const)("that %s stops what calls it", (_, returns, compute, said) => {
    const own = defineFunction({
      name: "own",
      version: 2,
      takes: { x: "float?", s: "string?" },
      returns,
      compute: compute as never,
    });
    const plan = planOf("own(x, s) is missing", columns, [own]);
    for (const mode of modes) {
      const program = compileRows([{ name: "x", value: plan }], {}, { mode, functions: functionLibrary([own]) });
      let thrown: unknown;
      try {
        program.run(
          1,
          program.leaves.map(({ kind }) => (kind === "float" ? [1.5] : ["a".repeat(500)])),
          [[0]],
        );
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(TondoError);
      expect(thrown).toMatchObject({ code: "USER_FUNCTION_FAILED", details: { function: "own", version: 2 } });
      const { message } = thrown as TondoError;
      expect(message).toContain(said);
      expect(message).toContain("given x: 1.5, s: ");
      expect(message.length).toBeLessThan(400);
    }
  });

  it("that answers with a promise which is rejected ends nothing but the call, and asks no lazy thenable to begin", async () => {
    const rejected: unknown[] = [];
    const listen = (reason: unknown): void => void rejected.push(reason);
    process.on("unhandledRejection", listen);
    let begun = 0;
    try {
      for (const answer of [() => Promise.reject(new Error("late")), () => ({ then: () => begun++ })]) {
        const own = defineFunction({
          name: "own",
          version: 1,
          takes: { x: "float" },
          returns: "float?",
          compute: answer as never,
        });
        expect(() => values(planOf("own(x)", columns, [own]), [{ x: 1 }], [own])).toThrow(
          expect.objectContaining({ code: "USER_FUNCTION_FAILED" }) as Error,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      process.off("unhandledRejection", listen);
    }
    expect([rejected, begun]).toEqual([[], 0]);
  });

  it("is refused where the function is not registered, or another one", () => {
    const plan = planOf("x ?? loyalty(n, d)", columns, [loyalty]);
    const run = (functions?: readonly UserFunction[]): unknown =>
      compileRows(
        [{ name: "x", value: plan }],
        {},
        functions === undefined ? {} : { functions: functionLibrary(functions) },
      );
    const changed = defineFunction({ ...loyalty, compute: () => 1 } as never);
    const raised = defineFunction({ ...loyalty, version: 4, compute: loyalty.compute } as never);
    const wider = defineFunction({
      ...loyalty,
      takes: { visits: "int?", since: "duration?" },
      compute: loyalty.compute,
    } as never);
    expect(() => run()).toThrow(expect.objectContaining({ code: "FUNCTION_UNKNOWN" }) as Error);
    for (const other of [changed, raised, wider])
      expect(() => run([other])).toThrow(expect.objectContaining({ code: "FUNCTION_CHANGED" }) as Error);
    expect(() => run([raised])).toThrow("version 4 is, and the plan has 3");
    expect(() => run([{ ...changed, source: loyalty.source }])).toThrow(/another one is registered/);
    expect(run([loyalty])).toBeDefined();
  });

  it("has no SQL, which is said, and can be shown where it is not registered", () => {
    const plan = planOf("loyalty(n, d) > 1", columns, [loyalty]);
    for (const dialect of ["duckdb", "spark"] as const) {
      expect(expressionSql(plan, () => "x", dialect)).toBeUndefined();
      expect(outsideSubset(plan, dialect)?.reason).toBe('"loyalty" is a function of the project\'s own, in TypeScript');
    }
    expect(rowLines([plan]).length).toBeGreaterThan(3);
  });

  it("never puts a name or text of the project into generated code", () => {
    const own = defineFunction({
      name: "constructor",
      version: 1,
      takes: { toString: "string", hasOwnProperty: "string?" },
      returns: "string?",
      compute: (given) => `${given.toString}|${String(given.hasOwnProperty)}`,
    });
    const plan = planOf('constructor(s, "`${1}\\"")', columns, [own]);
    expect(values(plan, [{ s: "</script>" }, { s: "__proto__" }], [own])).toEqual([
      '</script>|`${1}"',
      '__proto__|`${1}"',
    ]);
    const { text } = compileRows([{ name: "x", value: plan }], {}, { functions: functionLibrary([own]) });
    expect(text).not.toContain("constructor");
  });

  it("gives what the same call in plain TypeScript does, on any data", () => {
    const blend = defineFunction({
      name: "blend",
      version: 1,
      takes: { x: "float", n: "int?", s: "string?", b: "bool?" },
      returns: "float?",
      compute: ({ x, n, s, b }) => (b === true ? x * Number(n ?? 1) : s === null ? NaN : s.length - x),
    });
    const plan = planOf("blend(x, n, s, b)", columns, [blend]);
    const row = fc.record({
      x: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      n: fc.option(fc.integer()),
      s: fc.option(fc.string({ unit: "grapheme" })),
      b: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const expected = rows.map(({ x, n, s, b }) => {
          if (x === null) return null;
          const value = b === true ? x * (n ?? 1) : s === null ? NaN : s.length - x;
          return Number.isFinite(value) ? value + 0 : null;
        });
        expect(
          values(
            plan,
            rows.map((one) => ({ ...one, x: one.x === null ? null : one.x + 0 })),
            [blend],
          ),
        ).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
