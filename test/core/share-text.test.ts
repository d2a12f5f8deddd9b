import { expect, it } from "vitest";
import { shareText } from "../../src/core/index.ts";

it.each([
  [0, "0.0 %"],
  [1e-9, "0.1 %"],
  [0.1234, "12.3 %"],
  [0.99999, "99.9 %"],
  [1, "100.0 %"],
  [null, "-"],
  [undefined, "-"],
])("a share of %s is told as %s", (share, text) => {
  expect(shareText(share)).toBe(text);
});
