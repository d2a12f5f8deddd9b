import { describe, expect, it } from "vitest";
import type { Compilation } from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

/** Far more than any of these takes, and far less than what grows faster than its text. */
const limit = 2_000;

/** Compiles within the time. */
function swiftly(text: string): Compilation {
  const started = performance.now();
  const compilation = compileText(text);
  expect(performance.now() - started).toBeLessThan(limit);
  return compilation;
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `  ${line(i)}`).join("\n");
}

const shop = `entity shop (shop: string)
events sales {
  parquet "sales/*.parquet"
  columns (shop: string, at: timestamp, price: float)
  at at
}
group shop:till from sales by shop {
  spent = sum(price) over 7d
  mean_of_many = ${Array.from({ length: 40 }, (_, i) => `(sum(price) over ${String(i + 1)}d)`).join(" + ")}
  later = sum(price) over next 1d
}
`;

describe("what takes time by its length", () => {
  it("are keys that are made in many ways and called alike", () => {
    const { plan, diagnostics } = swiftly(
      `${shop}vector v {\n  key shop\n${lines(3_000, (i) => `s${String(i)} = @shop:till:spent[concat(shop, "${String(i)}")]`)}\n}`,
    );
    expect(diagnostics).toEqual([]);
    const ids = plan?.vectors[0]?.reads.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(3_000);
    expect(ids).toContain("concat_shop__shop__till__spent");
    expect(ids).toContain("concat_shop_3000__shop__till__spent");
  });

  it("are vectors beyond what they may come to", () => {
    const long = Array.from({ length: 80 }, (_, i) => `"${String(i)}"`).join(", ");
    const slots = lines(1_000, (i) => `s${String(i)} = @shop:till:mean_of_many[concat(long, "${String(i)}")]`);
    const { diagnostics } = swiftly(`${shop}vector v {\n  key shop\n  let long = concat(shop, ${long})\n${slots}\n}`);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["too-large", 'the slots of "v" come to more than the 200000 steps allowed'],
    ]);
  });

  it("are labels that name labels", () => {
    const doubled = lines(13, (i) => `label l${String(i + 1)} = l${String(i)} + l${String(i)}`);
    const many = lines(2_000, (i) => `label m${String(i)} = l13 + l13`);
    const { diagnostics } = swiftly(
      `${shop}vector v {\n  key shop\n  s = @shop:till:spent\n  label l0 = @shop:till:later\n${doubled}\n${many}\n}`,
    );
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(["too-large"]));
  });

  it("are whole numbers of millions of digits", () => {
    const digits = "9".repeat(1_300_000);
    const { diagnostics } = swiftly(
      `${shop}vector v {\n  key shop\n  s = ${"-".repeat(200)}${digits}\n  t = 2 - ${digits}\n  u = 3 + ${"0".repeat(1_000)}7\n}`,
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["bad-number"]);
  });
});

describe("ids of reads", () => {
  it("are numbered where names of keys come out the same, in any case", () => {
    const keys = [
      'concat(shop, "1")',
      "Concat_Shop_2",
      'concat(shop, "2")',
      "lower(shop)",
      'concat(shop, "1")',
      'concat(shop, "3")',
      "concat_shop_4",
      'concat("4", shop)',
    ];
    const { plan, diagnostics } = compileText(
      `${shop}vector v {\n  key shop\n  let Concat_Shop_2 = upper(shop)\n  let concat_shop_4 = concat("x", shop)\n${keys.map((key, i) => `  s${String(i)} = @shop:till:spent[${key}]`).join("\n")}\n}`,
    );
    expect(diagnostics).toEqual([]);
    const slots = new Map(plan?.vectors[0]?.slots.map(({ name, value }) => [name, value]));
    expect(
      keys.map((_, i) => {
        const value = slots.get(`s${String(i)}`);
        return value?.node === "stored" ? value.name.replace("__shop__till__spent", "") : undefined;
      }),
    ).toEqual([
      "concat_shop",
      "Concat_Shop_2",
      "concat_shop_3",
      "lower_shop",
      "concat_shop",
      "concat_shop_4",
      "concat_shop_4_2",
      "concat_shop_5",
    ]);
  });
});
