import * as arrow from "apache-arrow";
import { afterEach, describe, expect, it, vi } from "vitest";
import { columnBuilder } from "../../../src/featurestore/arrow/column-builder.ts";
import type { VectorItems } from "../../../src/featurestore/duckdb/index.ts";

afterEach(() => vi.unstubAllGlobals());

/** Counts the arrays of offsets that are made. */
function countedArrays(): () => number {
  let made = 0;
  const construct = (target: Int32ArrayConstructor, given: [number]): Int32Array => {
    made++;
    return new target(...given);
  };
  vi.stubGlobal("Int32Array", new Proxy(Int32Array, { construct }));
  return () => made;
}

describe("the columns of a batch", () => {
  const texts: VectorItems = { is: "texts", texts: ["a", null, "ü"] };
  const numbers: VectorItems = { is: "numbers", items: Float64Array.of(1, 2, 3), present: null };
  const lists: VectorItems = {
    ...{ is: "lists", present: null, elements: numbers },
    ...{ start: (i) => i, length: () => 1 },
  };

  it.each([
    ["string", texts, ["a", null, "ü"]],
    ["list<float>", lists, [[1], [2], [3]]],
  ] as const)("have room for all that was foretold at once, and for more by and by: %s", (kind, items, values) => {
    const builder = columnBuilder(arrow, kind, 300);
    const made = countedArrays();
    const all: unknown[] = [];
    for (let i = 0; i < 100; i++) builder.append(items, 0, 3);
    expect(made()).toBe(1);
    for (let i = 0; i < 100; i++) builder.append(items, 0, 3);
    expect(made()).toBe(2);
    vi.unstubAllGlobals();
    for (const value of arrow.makeVector(builder.finish()))
      all.push(value instanceof arrow.Vector ? [...value] : value);
    expect(all).toEqual(Array.from({ length: 200 }, () => values).flat());
    builder.append(items, 1, 1);
    expect(arrow.makeVector(builder.finish())).toHaveLength(1);
  });
});
