import { describe, expect, it } from "vitest";
import { admit, elementKind, embeddingSize, isNumeric, isScalar } from "../../src/core/index.ts";

describe("lists from outside", () => {
  it("are taken without their missing elements", () => {
    expect(admit(["a", null, "b", undefined], "list<string>")).toEqual(["a", "b"]);
    expect(admit([1, Number.NaN, -0, Infinity], "list<float>")).toStrictEqual([1, 0]);
    expect(admit([2n ** 63n - 1n, 5n, 6], "list<int>")).toEqual([2n ** 63n - 1n, 5, 6]);
    expect(admit([new Date(1)], "list<timestamp>")).toEqual([1000]);
    expect(admit([], "list<bool>")).toEqual([]);
    expect(admit(null, "list<bool>")).toBeNull();
  });

  it("are refused where the form or an element is another", () => {
    for (const value of ["a", 1, {}, new Float64Array(2), [1], [["a"]], ["\ud800"]])
      expect(admit(value, "list<string>"), JSON.stringify(value)).toBeUndefined();
    expect(admit([0.5], "list<int>")).toBeUndefined();
  });
});

describe("embeddings from outside", () => {
  it("are whole or missing", () => {
    expect(admit([1, -0], "embedding(2)")).toStrictEqual([1, 0]);
    expect(admit(Float32Array.of(0.5, 2), "embedding(2)")).toEqual([0.5, 2]);
    expect(admit([1n, 2], "embedding(2)")).toEqual([1, 2]);
    for (const value of [[1, null], [1, Number.NaN], Float64Array.of(Infinity, 1), new Array<number>(2)])
      expect(admit(value, "embedding(2)")).toBeNull();
  });

  it("are refused where they are of another size, or hold what is no number", () => {
    for (const value of [[1], [1, 2, 3], [], ["1", "2"], "12", { length: 2 }, [[1], [2]]])
      expect(admit(value, "embedding(2)"), JSON.stringify(value)).toBeUndefined();
  });
});

describe("kinds", () => {
  it("tell what has parts", () => {
    expect(elementKind("list<timestamp>")).toBe("timestamp");
    expect(embeddingSize("embedding(4096)")).toBe(4096);
    expect([isScalar("string"), isScalar("list<int>"), isScalar("embedding(3)")]).toEqual([true, false, false]);
    expect([isNumeric("bool"), isNumeric("string"), isNumeric("list<int>"), isNumeric("embedding(3)")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
