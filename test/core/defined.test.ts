import { expect, it } from "vitest";
import { defined } from "../../src/core/index.ts";

it("only what is undefined is left out", () => {
  const members = defined({ a: 0, b: undefined, c: null, d: "", e: false });
  expect(Object.entries(members)).toEqual([
    ["a", 0],
    ["c", null],
    ["d", ""],
    ["e", false],
  ]);
});
