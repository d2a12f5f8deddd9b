import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TypeName } from "../../../../src/core/index.ts";
import { avroFormats } from "../../../../src/featurestore/index.ts";
import type { AvroTopic } from "../../../../src/featurestore/stream/avro/index.ts";
import { loadAvro } from "../../../../src/featurestore/stream/avro/avro-module.ts";
import { streamedOrders } from "../streamed-orders.ts";
import { decoderOfFields, schemaFile } from "./avro-events.ts";

const golden = join(import.meta.dirname, "../../../golden/avro");
const [values, later] = [join(golden, "values.avsc"), join(golden, "values-2.avsc")];

describe("the schema of a topic", () => {
  it.each<[type: unknown, kind: TypeName]>([
    ["string", "int"],
    ["string", "timestamp"],
    ["long", "timestamp"],
    ["long", "bool"],
    ["double", "int"],
    ["bytes", "string"],
    [{ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "float"],
    [{ type: "fixed", name: "F", size: 16, logicalType: "uuid" }, "string"],
    [{ type: "long", logicalType: "local-timestamp-micros" }, "timestamp"],
    [{ type: "long", logicalType: "local-timestamp-millis" }, "int"],
    [{ type: "int", logicalType: "time-millis" }, "int"],
    [{ type: "long", logicalType: "timestamp-micros" }, "int"],
    [{ type: "int", logicalType: "date" }, "int"],
    [{ type: "record", name: "In", fields: [] }, "string"],
    [{ type: "map", values: "string" }, "list<string>"],
    [{ type: "array", items: "string" }, "list<int>"],
    [{ type: "array", items: { type: "array", items: "int" } }, "list<int>"],
    [{ type: "array", items: "string" }, "embedding(2)"],
    [{ type: "array", items: "int" }, "int"],
    ["int", "list<int>"],
    [["null", "string"], "int?"],
  ])("is refused where %j can never be %s, with column and file", async (type, kind) => {
    const refused = decoderOfFields({ other: "bytes", x: type }, { x: kind });
    await expect(refused).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringMatching(
        /source "orders": no value of the field "x" of ".*orders.avsc" is of type/,
      ) as string,
      hint: expect.stringContaining("Declare the column otherwise") as string,
      details: { column: "x" },
    });
  });

  it.each<[type: unknown, kind: TypeName]>([
    [["null", "string", "int"], "int?"],
    [{ type: "int", logicalType: "timestamp-millis" }, "int"],
    [{ type: "long", logicalType: "constructor" }, "int"],
    [{ type: "string", logicalType: "uuid" }, "string"],
    ["long", "duration"],
    ["null", "float?"],
  ])("is taken where %j may be %s", async (type, kind) => {
    await expect(decoderOfFields({ x: type }, { x: kind })).resolves.toBeDefined();
  });

  it.each<[text: string, code: string, message: RegExp]>([
    ["{", "SOURCE_UNREADABLE", /is no schema of Avro/],
    [
      '{"type":"record","name":"R","fields":[{"name":"a","type":"nothing"}]}',
      "SOURCE_UNREADABLE",
      /undefined type name/,
    ],
    ['["null","string"]', "SOURCE_UNREADABLE", /is no schema of records/],
    ['"string"', "SOURCE_UNREADABLE", /is no schema of records/],
  ])("is refused where its file is %s", async (text, code, message) => {
    await using file = await schemaFile(text);
    await expect(avroFormats({ orders: file.path })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      where: file.path,
    });
  });

  it.each<[what: string, topic: AvroTopic, code: string, message: RegExp]>([
    ["its file is not there", "no-such.avsc", "IO_FAILED", /no-such\.avsc" cannot be read/],
    [
      "there is none",
      { framing: "single-object", schemas: [] },
      "INVALID_ARGUMENT",
      /no schema is given of the topic orders/,
    ],
    ["it has no id", { framing: "confluent", schemas: { [-1]: values } }, "INVALID_ARGUMENT", /given by their ids/],
    [
      "no event would say of which it is",
      { framing: "single-object", schemas: [values, later, values] },
      "INVALID_ARGUMENT",
      /have one fingerprint/,
    ],
  ])("is refused where %s", async (_, topic, code, message) => {
    await expect(avroFormats({ orders: topic })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it("needs a package that is loaded where there is one alone", async () => {
    expect((await avroFormats({})).size).toBe(0);
    const missing = Object.assign(new Error("no avsc"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadAvro(() => Promise.reject(missing))).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "Run: npm install avsc@5",
    });
  });
});

describe("a stream of events in Avro", () => {
  const kafka = { brokers: ["127.0.0.1:1"] };

  it("does not start where they can never have the source's columns", async () => {
    await using file = await schemaFile({ type: "record", name: "R", fields: [{ name: "price", type: "string" }] });
    await using shop = await streamedOrders({ events: { kafka, avro: { orders: file.path } } });
    const refused = { code: "SOURCE_CHANGED", where: file.path, details: { column: "price" } };
    await expect(shop.tondo.stream()).rejects.toMatchObject(refused);
    await expect(shop.tondo.replayDeadLetters()).rejects.toMatchObject(refused);
  });

  it("does not start where no source has their topic", async () => {
    await using shop = await streamedOrders({ events: { kafka, avro: { order: values } } });
    const refused = { code: "INVALID_ARGUMENT", hint: 'Did you mean "orders"?' };
    await expect(shop.tondo.stream()).rejects.toMatchObject(refused);
    await expect(shop.tondo.replayDeadLetters()).rejects.toMatchObject(refused);
  });
});
