import { describe, expect, it } from "vitest";
import type { TypeName } from "../../../../src/core/index.ts";
import { decoderOfFields, long, refusalOf, text } from "./avro-events.ts";

const huge = 2n ** 40n;
const nothing: Readonly<Record<string, TypeName>> = {};

/** Says what becomes of bytes, of a record with a field `x`. */
async function decodeX(type: unknown, kind: TypeName, bytes: readonly number[]): Promise<unknown> {
  const decode = await decoderOfFields({ x: type }, { x: kind });
  return decode(Uint8Array.from(bytes))["x"];
}

/** Why bytes are no event; they are no values of columns, where no kind is said. */
async function refusal(type: unknown, bytes: readonly number[], kind?: TypeName): Promise<string> {
  const decode = await decoderOfFields({ x: type }, kind === undefined ? nothing : { x: kind });
  return refusalOf(() => decode(Uint8Array.from(bytes)));
}

describe("an event of Avro", () => {
  it("has the columns that its schema has, and those that features read alone", async () => {
    const fields = { constructor: "string", shop: "string", other: { type: "map", values: "long" } };
    const decode = await decoderOfFields(fields, { shop: "string", constructor: "string" as const, gone: "int" });
    const bytes = [...text("own"), ...text("north"), ...long(1), ...text("a"), ...long(huge), ...long(0)];
    expect(decode(Uint8Array.from(bytes))).toEqual({ constructor: "own", shop: "north" });
  });

  it("has integers of 64 bits, exactly", async () => {
    for (const value of [0n, -1n, 1n, 63n, -65n, 2n ** 31n, 2n ** 48n, -(2n ** 48n), 2n ** 49n, 2n ** 52n])
      expect(await decodeX("long", "int", long(value))).toBe(Number(value));
    for (const value of [2n ** 53n - 1n, 1n - 2n ** 53n])
      expect(await decodeX("long", "int", long(value))).toBe(Number(value));
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n])
      expect(await decodeX("long", "int", long(value))).toBe(value);
    // It is written longer than it need be.
    expect(await decodeX("long", "int", [0x82, 0x80, 0x80, 0])).toBe(1);
  });

  it("has floats as the language does: -0 is 0, and what is no number is missing", async () => {
    const double = (value: number): readonly number[] => [...new Uint8Array(Float64Array.of(value).buffer)];
    const float = (value: number): readonly number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
    expect(await decodeX("double", "float", double(-0))).toBe(0);
    expect(await decodeX("float", "float", float(0.1))).toBe(Math.fround(0.1));
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(await decodeX("double", "float?", double(value))).toBeNaN();
      expect(await decodeX("float", "float?", float(value))).toBeNaN();
    }
    const array = { type: "array", items: "double" };
    const two = [...long(2), ...double(1), ...double(NaN), ...long(0)];
    expect(await decodeX(array, "list<float>", two)).toEqual([1]);
    expect(await refusal(array, two, "embedding(2)?")).toBe('column "x" is no embedding(2)');
    expect(await refusal(array, two, "embedding(3)")).toBe('column "x" is no embedding(3)');
    // An int is a float where that is declared, rounded once.
    expect(await decodeX("long", "float", long(2n ** 53n + 1n))).toBe(2 ** 53);
    expect(await decodeX({ type: "array", items: "int" }, "list<float>", [2, 8, 0])).toEqual([4]);
  });

  it("has moments exactly, and beyond the domain they are none", async () => {
    const moment = (unit: string): unknown => ({ type: "long", logicalType: `timestamp-${unit}` });
    expect(await decodeX(moment("millis"), "timestamp", long(-1))).toBe(-1000);
    expect(await decodeX(moment("millis"), "timestamp", long(9_007_199_254_740))).toBe(9_007_199_254_740_000);
    expect(await refusal(moment("millis"), long(9_007_199_254_741), "timestamp")).toBe('column "x" is no timestamp');
    expect(await refusal(moment("micros"), long(2n ** 53n), "timestamp")).toBe('column "x" is no timestamp');
    expect(await decodeX(moment("nanos"), "timestamp", long(-1))).toBe(-1);
    expect(await decodeX(moment("nanos"), "timestamp", long(-1001))).toBe(-2);
    expect(await decodeX(moment("nanos"), "timestamp", long(1999))).toBe(1);
    const day = { type: "int", logicalType: "date" };
    expect(await decodeX(day, "date", long(-1))).toBe(-1);
    expect(await decodeX(day, "timestamp", long(-1))).toBe(-86_400_000_000);
    expect(await refusal(day, long(2 ** 31 - 1), "timestamp")).toBe('column "x" is no timestamp');
  });

  it("has what a union says, which is no value of the column where it is of another type", async () => {
    const union = ["null", "string", "long", { type: "record", name: "In", fields: [{ name: "a", type: "string" }] }];
    expect(await decodeX(union, "int?", long(0))).toBeNaN();
    expect(await decodeX(union, "int?", [...long(2), ...long(7)])).toBe(7);
    expect(await refusal(union, [...long(1), ...text("secret")], "int?")).toBe('column "x" is no int');
    expect(await refusal(union, [...long(3), ...text("secret")], "int?")).toBe('column "x" is no int');
    expect(await refusal(union, long(4), "int?")).toBe("the event is no Avro of its schema");
    expect(await refusal(union, long(-1), "int?")).toBe("the event is no Avro of its schema");
    expect(await decodeX("null", "int?", [])).toBeNaN();
    const items = { type: "array", items: union };
    const mixed = [...long(2), ...long(1), ...text("secret"), ...long(2), ...long(7), ...long(0)];
    expect(await refusal(items, mixed, "list<int>")).toBe('column "x" is no list<int>');
  });

  it("has arrays by blocks, with their bytes and without", async () => {
    const array = { type: "array", items: "long" };
    const blocks = [...long(2), ...long(1), ...long(2), ...long(-1), ...long(1), ...long(3), ...long(0)];
    expect(await decodeX(array, "list<int>", blocks)).toEqual([1, 2, 3]);
    const wrong = [...long(-1), ...long(2), ...long(3), ...long(0)];
    for (const kind of ["list<int>", undefined] as const)
      expect(await refusal(array, wrong, kind)).toBe("the event is no Avro of its schema");
  });

  it("has texts as they are, with what would be a mark elsewhere", async () => {
    expect(await decodeX("string", "string", text("\ufeffa"))).toBe("\ufeffa");
    expect(await decodeX("string", "string", []).catch((error: unknown) => (error as Error).message)).toBe(
      "the event ends before its schema does",
    );
  });
});

describe("bytes that mean harm", () => {
  const ends = "the event ends before its schema does";
  const damaged = "the event is no Avro of its schema";

  it.each<[what: string, type: unknown, kind: TypeName | undefined, bytes: readonly number[], said: string]>([
    ["an array of 2^40 items", { type: "array", items: "long" }, "list<int>", [...long(huge), 0], ends],
    ["the same, which is passed over", { type: "array", items: "long" }, undefined, [...long(huge), 0], ends],
    [
      "one of as many bytes more",
      { type: "array", items: "double" },
      "list<float>",
      [...long(2), 1, 2, 3, 4, 5, 6, 7, 8, 0],
      ends,
    ],
    ["a map of 2^40 items", { type: "map", values: "null" }, undefined, [...long(huge), 0], ends],
    ["a block of -2^63 items", { type: "array", items: "long" }, "list<int>", [...long(-(2n ** 63n)), 0, 0], ends],
    [
      "a block of fewer than no bytes",
      { type: "array", items: "long" },
      "list<int>",
      [...long(-1), ...long(-1), 0, 0],
      damaged,
    ],
    ["a text of 2 GB", "string", "string", [...long(2 ** 31), 65], ends],
    ["bytes of 2^62", "bytes", undefined, [...long(2n ** 62n), 65], ends],
    ["a text of fewer than no bytes", "string", "string", long(-1), damaged],
    ["a text that is no UTF-8", "string", "string", [4, 0xff, 0xfe], "a text of the event is no UTF-8"],
    ["half a surrogate", "string", "string", [6, 0xed, 0xa0, 0x80], "a text of the event is no UTF-8"],
    ["a truth value of 2", "boolean", "bool", [2], damaged],
    ["an integer of 11 bytes", "long", "int", [...Array.from({ length: 10 }, () => 0xff), 1], damaged],
    ["an integer of 65 bits", "long", "int", [...Array.from({ length: 9 }, () => 0xff), 3], damaged],
    ["an int beyond 32 bits", "int", "int", long(2 ** 31), damaged],
    ["a symbol that is not there", { type: "enum", name: "E", symbols: ["A"] }, "string", long(1), damaged],
    ["the same, which is passed over", { type: "enum", name: "E", symbols: ["A"] }, undefined, long(-1), damaged],
    ["a fixed that is cut off", { type: "fixed", name: "F", size: 1000 }, undefined, [1], ends],
  ])("are refused before anything is made of them: %s", async (_, type, kind, bytes, said) => {
    expect(await refusal(type, bytes, kind)).toBe(said);
  });

  it("are passed over at once where they say how many there are of what takes no bytes", async () => {
    const none = { type: "record", name: "None", fields: [{ name: "n", type: "null" }] };
    for (const items of ["null", none]) {
      const decode = await decoderOfFields({ x: { type: "array", items }, y: "int" }, { y: "int" });
      expect(decode(Uint8Array.from([...long(2n ** 62n), ...long(0), ...long(5)]))).toEqual({ y: 5 });
    }
    expect(await decodeX({ type: "array", items: "null" }, "list<int>", [...long(2n ** 62n), 0])).toEqual([]);
  });

  it("are no event where records lie in each other too deep", async () => {
    const list = { type: "record", name: "List", fields: [{ name: "next", type: ["null", "List"] }] };
    expect(await refusal(list, [...Array.from({ length: 500 }, () => 2), 0])).toBe("none");
    expect(await refusal(list, [...Array.from({ length: 500_000 }, () => 2), 0])).toContain("too deep");
    const endless = { type: "record", name: "Endless", fields: [{ name: "next", type: "Endless" }] };
    expect(await refusal(endless, [1])).toContain("too deep");
  });

  it("do nothing but give columns or be refused, whatever they are", async () => {
    const tree = { type: "record", name: "T", fields: [{ name: "below", type: { type: "array", items: "T" } }] };
    const fields = {
      ...{ a: "long", b: ["null", "string"], tree, list: { type: "array", items: ["null", "double"] } },
      ...{ map: { type: "map", values: "bytes" }, e: { type: "enum", name: "E", symbols: ["A", "B"] } },
    };
    const decode = await decoderOfFields(fields, { a: "int", b: "string?", list: "list<float>", e: "string" });
    const whole = [
      ...long(-7),
      ...long(1),
      ...text("north"),
      ...[2, 2, 0, 0],
      ...[2, 0, 0],
      ...[2, ...text("a"), ...text("b")],
      0,
      2,
    ];
    let [state, read] = [7, 0];
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    for (let run = 0; run < 20_000; run++) {
      const bytes = Uint8Array.from(whole);
      for (let change = random(4); change > 0; change--)
        bytes[random(bytes.length)] = random(2) === 0 ? random(256) : random(5);
      if (refusalOf(() => decode(bytes)) === "none") read++;
    }
    expect(read).toBeGreaterThan(100);
  });
});
