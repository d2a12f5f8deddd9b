import { describe, expect, it } from "vitest";
import { compileText } from "../check-one.ts";

/** Codes and lines of what is wrong. */
function wrongIn(text: string): readonly (readonly [string, number])[] {
  return compileText(text).diagnostics.map(({ code, span }) => [code, span.line]);
}

describe("reading on behind a mistake", () => {
  it("reports each declaration's own mistake, and nothing that follows from the first", () => {
    expect(
      wrongIn(`entity shop (shop string)
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, at: timestamp, price: float)
  at at
}
group shop:till from sales by shop {
  spent = sum(price) over 7d where (price > 0
}
vector v {
  key shop
  a = @shop:till:spent
  b = sqroot(4)
}
`),
    ).toEqual([
      ["syntax", 1],
      ["syntax", 8],
      ["unknown-function", 13],
    ]);
  });

  it("goes on behind brackets that were left open, and behind characters that mean nothing", () => {
    expect(
      wrongIn(`entity shop (shop: string
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, at: timestamp, price: float)
  at at
  owner "a"; description "b"
}
group shop:till from sales by shop {
  spent = sum(price) over 7d
}
vector v {
  key shop
  a = @shop:till:spnet
  b = @shop:till:spent * 'x'
}
entity other (other: strng)
`),
    ).toEqual([
      ["syntax", 1],
      ["bad-character", 6],
      ["single-quotes", 14],
      ["unknown-type", 16],
    ]);
  });

  it("says which comments document nothing, but for those in and above what could not be read", () => {
    const text = `/// Above what is right.
entity shop (shop: string)

/// Detached.

/// Above what is wrong.
entity other (other string)
/// Behind it, so perhaps in it.

/// Above what is right.
entity third (third: string) { owner "a" }

/// At the end.
`;
    expect(wrongIn(text)).toEqual([
      ["detached-doc", 4],
      ["syntax", 7],
      ["detached-doc", 13],
    ]);
    expect(wrongIn(text.replace("other string", "other: string"))).toEqual([
      ["detached-doc", 4],
      ["detached-doc", 8],
      ["detached-doc", 13],
    ]);
  });
});
