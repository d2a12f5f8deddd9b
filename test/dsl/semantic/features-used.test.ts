import { describe, expect, it } from "vitest";
import { compileText } from "../check-one.ts";

const shop = `entity shop (shop: string)
entity lane (from: string, to: string)
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, to: string, at: timestamp, price: float, name: string)
  at at
}
group shop:till from sales by shop {
  spent = sum(price) over 7d
  name = last(name) over 7d
  later = sum(price) over next 1d
}
group lane:load from sales by shop, to { n = count() over 1d }
`;

function usedBy(body: string): Readonly<Record<string, readonly string[]>> {
  const { places, diagnostics } = compileText(`${shop}vector v {\n  key shop\n  key trip: lane\n${body}\n}`);
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(places.uses.map(({ name, features }) => [name, features]));
}

describe("features that a slot is made of", () => {
  it("are those of the slots it names", () => {
    expect(usedBy("  a = len(@shop:till:name)\n  b = a + 1")).toEqual({
      a: ["shop:till:name"],
      b: ["shop:till:name"],
    });
  });

  it("are not those of a slot that a key does not mean: the request's names come first there", () => {
    expect(
      usedBy(
        "  input other: string\n  other = len(@shop:till:name)\n  a = @shop:till:spent[other]\n  b = @shop:till:spent[lower(other)] + other",
      ),
    ).toEqual({
      other: ["shop:till:name"],
      a: ["shop:till:spent"],
      b: ["shop:till:name", "shop:till:spent"],
    });
    expect(usedBy("  let trip = len(@shop:till:name)\n  a = @lane:load:n[trip]")).toEqual({ a: ["lane:load:n"] });
  });

  it("are those of the steps that a key is made of", () => {
    expect(
      usedBy("  let far = @shop:till:name\n  a = @shop:till:spent[far]\n  label l = @shop:till:later[upper(far)]"),
    ).toEqual({
      a: ["shop:till:name", "shop:till:spent"],
      l: ["shop:till:later", "shop:till:name"],
    });
  });
});
