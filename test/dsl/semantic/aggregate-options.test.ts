import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/core/index.ts";
import { compileText } from "../check-one.ts";

function planOf(aggregate: string): string {
  const { plan, diagnostics } = compileText(`entity shop (shop: string)
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, at: timestamp, price: float)
  at at
}
group shop:till from sales by shop { f = ${aggregate} over 7d }
`);
  return diagnostics.length > 0 ? diagnostics.map(({ message }) => message).join() : canonicalJson(plan?.groups ?? []);
}

describe("options of aggregates", () => {
  it.each([
    ["last_k(n: 3, price)", "last_k(price, 3)"],
    ["quantile(p: 0.5, price)", "quantile(price, 0.5)"],
    ["last(skip_missing: false, price)", "last(price, skip_missing: false)"],
  ])("may stand before the value by their names: %s", (first, last) => {
    expect(planOf(first)).toBe(planOf(last));
    expect(planOf(last)).toContain('"aggregate"');
  });

  it("are no second value", () => {
    expect(planOf("last_k(n: 3, price, 4)")).toBe('"n" is given twice');
    expect(planOf("sum(price, price)")).toBe('the aggregate "sum" takes one value');
  });
});
