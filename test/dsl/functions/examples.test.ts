import { describe, expect, it } from "vitest";
import { aggregates, fittedFunctions, scalarFunctions } from "../../../src/dsl/index.ts";
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
