import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePath, encodePath, formatPath, levelOf, pathAndAncestors } from "../../src/registry/partition-path.ts";

const path = fc.array(fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }), { maxLength: 6 });

describe("a partition path", () => {
  it("is told from every other by its text, and comes back from it", () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(decodePath(encodePath(a))).toEqual(a);
        expect(encodePath(a) === encodePath(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(encodePath(["a/b"])).not.toBe(encodePath(["a", "b"]));
    expect(encodePath([])).toBe("[]");
  });

  it("is shown so that two nodes of a level do not look the same", () => {
    expect(formatPath([])).toBe("/");
    expect(formatPath(["US", "CA", "San Francisco"])).toBe("US/CA/San Francisco");
    expect(formatPath(["a/b"])).toBe('"a/b"');
    fc.assert(
      fc.property(path, path, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(formatPath(a)).not.toBe(formatPath(b));
      }),
    );
  });

  it("has its ancestors in order, itself first", () => {
    expect(pathAndAncestors(["a", "b"])).toEqual([["a", "b"], ["a"], []]);
  });

  it("belongs to a level of the model", () => {
    expect(levelOf(["global", "city"], ["x"])).toBe("city");
    expect(() => levelOf(["global", "city"], ["x", "y"])).toThrow(
      expect.objectContaining({ code: "PARTITION_INVALID", hint: expect.stringContaining("global, city") as string }),
    );
  });

  it.each([
    [[""]],
    [[1]],
    ["US"],
    [null],
    [Array.from({ length: 17 }, () => "x")],
    [["\udfff"]],
    [["x".repeat(1_100)]],
  ])("is not %j", (value) => {
    expect(() => encodePath(value as unknown as string[])).toThrow(
      expect.objectContaining({ code: "PARTITION_INVALID" }),
    );
  });
});
