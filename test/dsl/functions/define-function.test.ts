import { runInThisContext } from "node:vm";
import { describe, expect, expectTypeOf, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import {
  defineFunction,
  functionLibrary,
  type UserArguments,
  type UserExample,
  type UserFunction,
} from "../../../src/dsl/index.ts";
import { Report } from "../../../src/dsl/semantic/report.ts";

const right = {
  name: "loyalty",
  version: 1,
  takes: { visits: "int", since: "duration?" },
  returns: "float?",
  compute: ({ visits }: { visits: number | bigint }): number => Number(visits) / 2,
} as const;
/** As those call it who have no types. */
const define = (change: Readonly<Record<string, unknown>>): UserFunction =>
  defineFunction({ ...right, ...change } as never);
const problem = (change: Readonly<Record<string, unknown>>): TondoError => {
  try {
    define(change);
  } catch (error) {
    if (error instanceof TondoError) return error;
    throw error;
  }
  throw new Error("it was taken");
};

describe("a function of a project's own", () => {
  it("is typed by its signature", () => {
    defineFunction({
      name: "typed",
      version: 1,
      takes: {
        ...{ a: "bool", b: "int", c: "float?", d: "string", e: "timestamp", f: "date?", g: "duration" },
        ...{ h: "list<string>", i: "embedding(3)", j: "list<int>?" },
      } as const,
      returns: "list<bool>?",
      compute: (given) => {
        expectTypeOf(given.a).toEqualTypeOf<boolean>();
        expectTypeOf(given.b).toEqualTypeOf<number | bigint>();
        expectTypeOf(given.c).toEqualTypeOf<number | null>();
        expectTypeOf(given.d).toEqualTypeOf<string>();
        expectTypeOf(given.e).toEqualTypeOf<number>();
        expectTypeOf(given.f).toEqualTypeOf<number | null>();
        expectTypeOf(given.h).toEqualTypeOf<string[]>();
        expectTypeOf(given.i).toEqualTypeOf<Float64Array>();
        expectTypeOf(given.j).toEqualTypeOf<(number | bigint)[] | null>();
        return null;
      },
    });
    const base = { name: "typed", version: 1, takes: { x: "float" } } as const;
    // @ts-expect-error a text is no float
    defineFunction({ ...base, returns: "float", compute: () => "text" });
    // @ts-expect-error what may be missing has a type that says so
    defineFunction({ ...base, returns: "float", compute: () => null });
    // @ts-expect-error no promises
    defineFunction({ ...base, returns: "float?", compute: () => Promise.resolve(1) });
    // @ts-expect-error there is no parameter y
    defineFunction({ ...base, returns: "float?", compute: ({ y }) => Number(y) });
    // @ts-expect-error the example lacks x
    const lacking: UserExample<UserArguments<{ x: "float" }>> = { given: {}, result: 1 };
    expect(() =>
      defineFunction({ ...base, returns: "float?", compute: ({ x }) => x, examples: [lacking] as never }),
    ).toThrow("says 1, and it gives missing");
    // @ts-expect-error there is no such type
    expect(() => defineFunction({ ...base, returns: "number", compute: () => 1 })).toThrow("number");
  });

  it.each([
    "",
    "a b",
    "1st",
    "a__b",
    "__proto__",
    "naïve",
    "f(x",
    'x"; process.exit(); "',
    "f\n",
    "x".repeat(65),
    null,
    7,
    Symbol("x"),
    ...[
      "and",
      "missing",
      "now",
      "fill",
      "add",
      "min",
      "sum",
      "ratio",
      "eq",
      "zscore",
      "vocab",
      "cyclic",
      "add_calendar",
    ],
  ])("refuses the name %j", (name) => {
    expect(problem({ name })).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it.each(["constructor", "toString", "valueOf", "entity", "given", "_x", "prototype", "loyalty2"])(
    "takes the name %j",
    (name) => {
      expect(functionLibrary([define({ name })]).get(name)?.name).toBe(name);
    },
  );

  it.each([
    [{ version: 0 }, "version"],
    [{ version: 1.5 }, "version"],
    [{ version: "1" }, "version"],
    [{ version: undefined }, "version"],
    [{ takes: {} }, "takes nothing"],
    [{ takes: ["int"] }, "an object such as"],
    [{ takes: null }, "takes"],
    [{ takes: { "a b": "int" } }, "no name"],
    [{ takes: JSON.parse('{"__proto__": "int"}') as unknown }, "no name"],
    [{ takes: { x: "number" } }, "number"],
    [{ takes: { x: "int??" } }, "int??"],
    [{ takes: { x: "list<list<int>>" } }, "list<list<int>>"],
    [{ takes: { x: "embedding(0)" } }, "embedding(0)"],
    [{ takes: { x: "embedding(4097)" } }, "embedding(4097)"],
    [{ takes: { x: "embedding(1e1)" } }, "embedding(1e1)"],
    [{ takes: { x: 3 } }, "type"],
    [{ takes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`p${String(i)}`, "int"])) }, "32"],
    [{ returns: "void" }, "void"],
    [{ returns: undefined }, "returns"],
    [{ compute: undefined }, "compute"],
    [{ compute: "x => x" }, "compute"],
    [{ compute: Math.cbrt }, "cannot be read"],
    [{ compute: right.compute.bind(null) }, "cannot be read"],
    [{ compute: () => Promise.resolve(1), version: -1 }, "version"],
    [{ compute: async () => Promise.resolve(1) }, "AsyncFunction"],
    [
      {
        *compute() {
          yield 1;
        },
      },
      "GeneratorFunction",
    ],
    [{ compute: Report }, "class"],
    [{ doc: 3 }, "doc"],
    [{ examples: {} }, "examples"],
  ])("refuses %o", (change, said) => {
    const error = problem(change);
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(`${error.message} ${error.hint ?? ""}`).toContain(said);
  });

  it("shows by its examples what it gives, or is refused", () => {
    const given = { visits: 3, since: null };
    expect(define({ examples: [{ given, result: 1.5 }] }).examples).toHaveLength(1);
    expect(problem({ examples: [{ given, result: 2 }] }).message).toBe(
      'example 1 of the function "loyalty" says 2, and it gives 1.5',
    );
    expect(problem({ examples: [{ given: { visits: "x" }, result: 2 }] }).message).toContain('"visits"');
    expect(problem({ examples: [{ given: { visits: null }, result: 2 }] }).message).toContain("gives missing");
    for (const none of [null, 3, {}, { given: 3, result: 2 }, { given: null, result: 2 }])
      expect(problem({ examples: [none] }).message).toContain("gives no arguments");
    const thrown = problem({
      compute: () => {
        throw new RangeError("no");
      },
      examples: [{ given, result: 2 }],
    });
    expect(thrown.code).toBe("USER_FUNCTION_FAILED");
  });

  it("has a hash that follows from its signature and text, and from nothing else", () => {
    const { source } = define({});
    expect(source).toMatch(/^[0-9a-f]{64}$/);
    expect(define({ doc: "another", examples: [{ given: { visits: 1 }, result: 0.5 }] }).source).toBe(source);
    const others = [
      { compute: ({ visits }: { visits: number }): number => visits / 3 },
      { returns: "float" },
      { takes: { visits: "int", since: "duration" } },
      { takes: { visits: "float", since: "duration?" } },
      { takes: { since: "duration?", visits: "int" } },
    ].map((change) => define(change).source);
    expect(new Set([source, ...others]).size).toBe(6);
    const written = (end: string): unknown => runInThisContext(`({ visits }) => {${end}  return 1;${end}}`) as unknown;
    expect(define({ compute: written("\r\n") }).source).toBe(define({ compute: written("\n") }).source);
  });

  it("cannot be changed once it is defined", () => {
    const takes: Record<string, string> = { visits: "int", since: "duration?" };
    const own = define({ takes });
    takes["visits"] = "string";
    expect(own.takes["visits"]).toBe("int");
    expect(Object.isFrozen(own) && Object.isFrozen(own.takes)).toBe(true);
  });
});

describe("a library of them", () => {
  it("prints examples with whole numbers beyond doubles, and with what an argument was admitted as", () => {
    const own = defineFunction({
      name: "head",
      version: 1,
      takes: { l: "list<int>", s: "string?", e: "embedding(2)" },
      returns: "int?",
      compute: ({ l }) => l[0],
      examples: [{ given: { l: [2n ** 60n, 1, 2n], s: null, e: new Float64Array([0.5, 2]) }, result: 2n ** 60n }],
    });
    expect(functionLibrary([own]).get("head")?.examples).toEqual([
      { text: "head(l: [1152921504606846976,1,2], s: missing, e: [0.5,2])", result: 2n ** 60n },
    ]);
    const wrong = { l: [1], s: "x", e: [1, 2, 3] };
    expect(() => functionLibrary([{ ...own, examples: [{ given: wrong, result: 1 }] }])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
    );
  });

  it("holds each name once, and trusts no hash that it is handed", () => {
    const one = define({});
    expect(() => functionLibrary([one, define({ version: 2 })])).toThrow('two functions are named "loyalty"');
    expect(functionLibrary([{ ...one, source: "0".repeat(64) }]).get("loyalty")?.user).toEqual({ source: one.source });
    for (const no of [null, undefined, 3, {}, { ...one, name: "sum" }])
      expect(() => functionLibrary([no as never])).toThrow(TondoError);
  });
});
