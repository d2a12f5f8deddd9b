import { describe, expect, it } from "vitest";
import { aggregates, composedAggregates, fittedFunctions, scalarFunctions } from "../../../src/dsl/index.ts";
import { runDefinitionTests } from "../../../src/featurestore/index.ts";
import { defaultLmdbLimits, LmdbStore } from "../../../src/lmdb.ts";
import { sameValue } from "../same-value.ts";
import { compileText, evaluate, valueOf } from "../check-one.ts";

const entries = [...scalarFunctions.values()];
const examples = entries.flatMap((entry) => entry.examples.map((example) => ({ name: entry.name, ...example })));

describe("the library of scalar functions", () => {
  it.each(examples)("$name: $text is $result", ({ text, result, given = {} }) => {
    const columns = Object.fromEntries(Object.entries(given).map(([name, { type }]) => [name, type]));
    const row = Object.fromEntries(Object.entries(given).map(([name, { value: own }]) => [name, own]));
    const value = valueOf(text, columns, row);
    expect(sameValue(value, result), `${String(value)} is not ${String(result)}`).toBe(true);
  });

  it.each(
    examples.filter(({ result, given }) => typeof result !== "string" && !Array.isArray(result) && given === undefined),
  )("$name: $text is so in a slot of a vector", ({ text, result }) => {
    const { plan, diagnostics } = compileText(`entity e (id: string)\nvector v { key e\n x = ${text}\n}`);
    expect(diagnostics).toEqual([]);
    const slot = plan?.vectors[0]?.slots[0];
    if (slot === undefined) throw new Error("no slot");
    expect(sameValue(evaluate(slot.value), result)).toBe(true);
  });

  it.each(entries.map(({ name, doc, examples: own, expands }) => ({ name, doc, own, expands })))(
    "$name is documented, with an example",
    ({ doc, own, expands }) => {
      expect(doc).toMatch(/\.$/);
      expect(own.length > 0 || expands !== undefined).toBe(true);
    },
  );

  it("names no function twice, and no aggregate that takes several values like a function", () => {
    const both = [...aggregates.keys()].filter((name) => scalarFunctions.has(name));
    expect(both).toEqual(["min", "max"]);
    const fitted = [...fittedFunctions.values()].map(({ name }) => name).filter((name) => scalarFunctions.has(name));
    // Which of the two is meant shows in the brackets.
    expect(fitted).toEqual(["clip", "onehot"]);
  });

  it("never has two overloads that take the same kinds", () => {
    for (const { name, overloads } of entries) {
      const forms = overloads.map(({ takes }) => takes.map(({ kind }) => kind).join());
      expect(new Set(forms).size, name).toBe(forms.length);
    }
  });
});

describe("the library of aggregates", () => {
  const library = [...aggregates.values(), ...composedAggregates.values()];
  const shown = library.flatMap((entry) => entry.examples);

  it("is documented, each with an example", () => {
    expect(library.filter(({ doc, examples: own }) => !doc.endsWith(".") || own.length === 0)).toEqual([]);
    expect(library.filter(({ name, examples: own }) => !own.every(({ text }) => text.startsWith(`${name}(`)))).toEqual(
      [],
    );
  });

  it("has examples that hold on every path", async () => {
    const worlds = shown.map(({ text, rows, type = "float" }, i) => {
      const n = String(i);
      const columns = Object.keys(rows).map((name) => `, ${name}: ${type}`);
      return `events s${n} { parquet "s${n}"\n columns (k: string, t: timestamp${columns.join("")})\n at t\n}
group e:g${n} from s${n} by k { y = ${text} over 1d }`;
    });
    const given = shown.flatMap(({ rows }, i) =>
      (Object.values(rows)[0] ?? []).map((_, r) => {
        const cells = Object.entries(rows).map(([name, values]) => `, ${name}: ${constant(values[r] ?? null)}`);
        return `  given s${String(i)} { k: "k", t: "12:0${String(r)}"${cells.join("")} }`;
      }),
    );
    const expected = shown.flatMap(({ result }, i) => {
      const feature = `@e:g${String(i)}:y["k"]`;
      const expect = (value: string, is: string): string => `  expect ${value} at "13:00" ${is}`;
      if (!Array.isArray(result)) return [expect(feature, result === null ? "is missing" : `== ${constant(result)}`)];
      return [
        expect(`len(${feature})`, `== ${String(result.length)}`),
        ...result.map((element, place) => expect(`item(${feature}, ${String(place)})`, `== ${constant(element)}`)),
      ];
    });
    const test = `test "the examples" {\n${[...given, ...expected].join("\n")}\n}`;
    const { plan, tests, diagnostics } = compileText(`entity e (k: string)\n${worlds.join("\n")}\n${test}\n`);
    expect(diagnostics).toEqual([]);
    if (plan === undefined) throw new Error("no plan");
    const limits = { groups: plan.groups.length };
    const openStore = (folder: string) => LmdbStore.open({ folder, limits: { ...defaultLmdbLimits, ...limits } });
    const results = await runDefinitionTests({ plan, tests, openStore });
    expect(
      results.flatMap((result) => result.diagnostics.map(({ message, hint }) => `${message}; ${hint ?? ""}`)),
    ).toEqual([]);
    expect(results.map(({ passed, expectations }) => [passed, expectations])).toEqual([[true, expected.length]]);
  });
});

/** A value as the language writes it. */
function constant(value: unknown): string {
  return value === null ? "missing" : typeof value === "bigint" ? String(value) : JSON.stringify(value);
}
