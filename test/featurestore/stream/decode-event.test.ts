import { describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import type { SourcePlan } from "../../../src/dsl/index.ts";
import { jsonDecoder } from "../../../src/featurestore/stream/decode-event.ts";

const source: SourcePlan = {
  name: "orders",
  kind: "events",
  transports: [],
  columns: {
    at: "timestamp",
    day: "date",
    n: "int?",
    price: "float?",
    ok: "bool",
    shop: "string",
    tags: "list<string>",
    list: "list<float>",
    seen: "list<timestamp>",
    e: "embedding(2)?",
    constructor: "string" as const,
  },
};

const decode = jsonDecoder(source);
const read = (text: string | Uint8Array | null): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    decode({
      ...{ offset: 0, key: null, arrivedAt: 0 },
      value: typeof text === "string" ? new TextEncoder().encode(text) : text,
    }),
  );
const one = (column: string, json: string): unknown => read(`{"${column}":${json}}`)[column];

/** What is said of an event that is none. */
function refusal(text: string | Uint8Array | null): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof TondoError && error.code === "INPUT_INVALID") return error.message;
    throw error;
  }
  return "none";
}

describe("an event of JSON", () => {
  it("has the columns that it says, and those that features read alone", () => {
    expect(read('{"shop":"north","more":{"deep":[1]},"price":null}')).toEqual({ shop: "north", price: NaN });
    expect(read('{"__proto__":{"shop":"south"}}')).toEqual({});
    expect(one("constructor", '"own"')).toBe("own");
    expect(read("{}")).toEqual({});
  });

  it("has moments by ISO 8601 with an offset, or by milliseconds", () => {
    const micros = Date.UTC(2026, 10, 23, 12) * 1000;
    expect(one("at", '"2026-11-23T12:00:00Z"')).toBe(micros);
    expect(one("at", '"2026-11-23T13:00:00.000001+01:00"')).toBe(micros + 1);
    expect(one("at", String(micros / 1000))).toBe(micros);
    expect(one("at", String(micros / 1000 + 0.125))).toBe(micros + 125);
    expect(one("seen", `["2026-11-23T12:00:00Z",${String(micros / 1000)}]`)).toEqual([micros, micros]);
    expect(one("day", '"1970-01-03"')).toBe(2);
  });

  it("has whole numbers beyond 2^53 by a text of digits", () => {
    expect(one("n", "9007199254740991")).toBe(9007199254740991);
    expect(one("n", '"9223372036854775807"')).toBe(9223372036854775807n);
    expect(one("n", '"-5"')).toBe(-5);
  });

  it.each([
    ["n", "9007199254740993"],
    ["n", "1.5"],
    ["n", '"9223372036854775808"'],
    ["n", '"1e3"'],
    ["n", "true"],
    ["price", "1e400"],
    ["price", '"1"'],
    ["ok", "1"],
    ["shop", "5"],
    ["shop", '"\\ud800"'],
    ["at", '"2026-11-23T12:00:00"'],
    ["at", '"2026-02-30T12:00:00Z"'],
    ["at", "1795435200000000"],
    ["at", "true"],
    ["at", "[]"],
    ["day", '"2026-11-23T00:00:00Z"'],
    ["day", "20261123"],
    ["list", "[1,1e999]"],
    ["tags", '"one"'],
    ["tags", "[1]"],
    ["seen", '["now"]'],
    ["e", "[1]"],
    ["e", '["1","2"]'],
  ])("is none where %s is %s, and does not say that", (column, json) => {
    const said = refusal(`{"${column}":${json}}`);
    expect(said).toContain(`column "${column}" is no`);
    expect(said).not.toContain(json.replaceAll('"', ""));
  });

  it("is none where it is no object of JSON in UTF-8", () => {
    expect(refusal(null)).toBe("the event has no value");
    expect(refusal("{secret")).toBe("the event is no JSON");
    expect(refusal("[1]")).toBe("the event is no JSON object");
    expect(refusal("null")).toBe("the event is no JSON object");
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22))).toBe("the event is no UTF-8");
  });
});
