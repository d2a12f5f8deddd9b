import avsc from "avsc";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatMicros, type TypeName } from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";
import { jsonDecoder } from "../../../../src/featurestore/stream/decode-event.ts";
import { decodeBytes, decoderOf, schemaFile, sourceOf } from "./avro-events.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 2_718);
const numRuns = Number(process.env["TONDO_RUNS"] ?? 500);

const microsOfDay = 86_400_000_000;

/** A value as a row has it, as JSON says it, and as avsc takes it. */
interface Written {
  readonly json: unknown;
  readonly avro: unknown;
}

/** A column, its type in Avro, and its values. */
interface Column {
  readonly type: TypeName;
  readonly avro: unknown;
  readonly values: fc.Arbitrary<Written>;
}

const same = (value: unknown): Written => ({ json: value, avro: value });
const int = (value: bigint): Written => ({
  json: value > -(2n ** 53n) && value < 2n ** 53n ? Number(value) : String(value),
  avro: value,
});
const ints = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger().map(BigInt)).map(int);
const floats = fc.double({ noNaN: true, noDefaultInfinity: true }).map(same);
const texts = fc.string({ unit: "binary" }).map(same);
const bools = fc.boolean().map(same);
// The years that texts of moments may say are those of the domain.
const micros = fc.integer({ min: -9_007_000_000_000_000, max: 9_007_000_000_000_000 });
const moments = micros.map((at) => ({ json: formatMicros(at), avro: BigInt(at) }));
const millis = micros.map((at) => ({ json: Math.trunc(at / 1000), avro: BigInt(Math.trunc(at / 1000)) }));
const days = fc.integer({ min: -104_000, max: 104_000 }).map((day) => ({
  json: formatMicros(day * microsOfDay).slice(0, 10),
  avro: day,
}));
const both = (all: readonly Written[]): Written => ({
  json: all.map(({ json }) => json),
  avro: all.map(({ avro }) => avro),
});
const listOf = (values: fc.Arbitrary<Written>): fc.Arbitrary<Written> =>
  fc.array(fc.option(values, { nil: { json: null, avro: null } })).map(both);

const micro = { type: "long", logicalType: "timestamp-micros" };
const array = (items: unknown): unknown => ({ type: "array", items: ["null", items] });
const columns: Readonly<Record<string, Column>> = {
  flag: { type: "bool?", avro: "boolean", values: bools },
  number: { type: "int?", avro: "long", values: ints },
  price: { type: "float?", avro: "double", values: floats },
  shop: { type: "string?", avro: "string", values: texts },
  at: { type: "timestamp?", avro: micro, values: moments },
  then: { type: "timestamp?", avro: { type: "long", logicalType: "timestamp-millis" }, values: millis },
  day: { type: "date?", avro: { type: "int", logicalType: "date" }, values: days },
  numbers: { type: "list<int>?", avro: array("long"), values: listOf(ints) },
  words: { type: "list<string>?", avro: array("string"), values: listOf(texts) },
  seen: { type: "list<timestamp>?", avro: array(micro), values: listOf(moments) },
  marks: { type: "list<bool>?", avro: array("boolean"), values: listOf(bools) },
  look: {
    type: "embedding(3)?",
    avro: array("double"),
    values: fc.array(floats, { minLength: 3, maxLength: 3 }).map(both),
  },
};
const rows = fc.record(
  Object.fromEntries(
    Object.entries(columns).map(([name, { values }]) => [name, fc.option(values, { nil: undefined })]),
  ),
);

/** Longs as bigints, which avsc leaves to its users. */
const longs = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (one: bigint, other: bigint) => Number(one - other),
});

function longsAreBigints(schema: unknown): avsc.Type | undefined {
  const name = typeof schema === "object" && schema !== null && "type" in schema ? schema.type : schema;
  return name === "long" ? longs : undefined;
}

function isSame(one: Raw | undefined, other: Raw | undefined): boolean {
  if (one === undefined || other === undefined || one === null || other === null) return one === other;
  if (typeof one !== "object" || typeof other !== "object") return Object.is(one, other);
  if (one instanceof Float64Array !== other instanceof Float64Array || one.length !== other.length) return false;
  return [...one].every((item, i) => Object.is(item, other[i]));
}

it(`rows are the same columns by Avro and by JSON (seed ${String(seed)})`, async () => {
  const fields = Object.entries(columns).map(([name, { avro }]) => ({ name, type: ["null", avro] }));
  const schema = { type: "record", name: "Row", fields };
  await using file = await schemaFile(schema);
  const types = Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]));
  const decode = await decoderOf(file.path, types);
  const ofJson = jsonDecoder(sourceOf(types));
  const writer = avsc.Type.forSchema(schema as avsc.Schema, { typeHook: longsAreBigints });
  fc.assert(
    fc.property(rows, (row) => {
      const all = Object.entries(row);
      const json = Object.fromEntries(all.map(([name, value]) => [name, value === undefined ? null : value.json]));
      const avro = Object.fromEntries(all.map(([name, value]) => [name, value === undefined ? null : value.avro]));
      const wanted = decodeBytes(ofJson, new TextEncoder().encode(JSON.stringify(json)));
      const found = decodeBytes(decode, writer.toBuffer(avro));
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [name, raw] of wanted)
        if (!isSame(raw, found.get(name))) expect([name, found.get(name)]).toEqual([name, raw]);
    }),
    { seed, numRuns },
  );
});
