import { describe, expect, it } from "vitest";
import { compileText } from "../check-one.ts";

const shop = `entity shop (shop: string)
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, at: timestamp, price: float)
  at at
}
group shop:till from sales by shop { spent = sum(price) over 7d }
`;

function codes(text: string): readonly string[] {
  return compileText(`${shop}${text}`).diagnostics.map(({ code }) => code);
}

describe("nesting", () => {
  it.each(["== 4", "!= 4", "> 4", ">= 4", "< 4", "<= 4", "in [4, 5]", "is missing"])(
    "does not add up powers of one expectation after another, compared by %s",
    (compared) => {
      const expects = `  expect @shop:till:spent["a"] ^ 2 at "2024-01-01 12:00" ${compared}\n`.repeat(70);
      expect(codes(`test "powers" {\n  given sales by parquet { shop: "a", at: "12:00" }\n${expects}}`)).toEqual([]);
    },
  );

  it("adds up powers of powers", () => {
    expect(codes(`vector v {\n  key shop\n  s = 2${" ^ 2".repeat(200)} == 4\n}`)).toEqual(["too-deep"]);
  });
});
