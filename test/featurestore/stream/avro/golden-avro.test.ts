import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTypeName, type TypeName } from "../../../../src/core/index.ts";
import { fromRaw, type Raw } from "../../../../src/dsl/index.ts";
import type { AvroTopic } from "../../../../src/featurestore/stream/avro/index.ts";
import { decodeBytes, decoderOf, refusalOf } from "./avro-events.ts";

const golden = join(import.meta.dirname, "../../../golden/avro");
const { events } = JSON.parse(await readFile(join(golden, "events.json"), "utf8")) as {
  readonly events: readonly {
    readonly schema: 1 | 2;
    readonly bare: string;
    readonly confluent: string;
    readonly single: string;
    readonly columns: Readonly<Record<string, unknown>> | null;
    readonly "no value": string | null;
  }[];
};
const files = [join(golden, "values.avsc"), join(golden, "values-2.avsc")] as const;

const columns: Readonly<Record<string, TypeName>> = {
  ...{ flag: "bool", small: "int", large: "int", single: "float", price: "float", shop: "string", color: "string" },
  ...{ millis: "timestamp", micros: "timestamp", nanos: "timestamp", day: "date", maybe: "int?", either: "string" },
  ...{ tags: "list<string>", numbers: "list<int>", moments: "list<timestamp>", look: "embedding(2)?", uuid: "string" },
  gone: "string",
};

/** As the file of what is wanted has it. */
function shown(raw: Raw, name: string): unknown {
  const value = fromRaw(raw, parseTypeName(columns[name] ?? "string").kind);
  const digits = (one: unknown): unknown => (typeof one === "bigint" ? String(one) : one);
  return Array.isArray(value) ? value.map(digits) : digits(value);
}

describe("messages that fastavro wrote", () => {
  it.each<[how: "bare" | "confluent" | "single", topic: (schema: 1 | 2) => AvroTopic]>([
    ["bare", (schema) => files[schema - 1] ?? ""],
    ["confluent", (schema) => ({ framing: "confluent", schema: files[schema - 1] ?? "" })],
    ["confluent", () => ({ framing: "confluent", schemas: { 101: files[0], 102: files[1] } })],
    ["single", () => ({ framing: "single-object", schemas: files })],
  ])("are read to the bit, %s", async (how, topic) => {
    expect(events.length).toBeGreaterThan(7);
    for (const event of events) {
      const decode = await decoderOf(topic(event.schema), columns);
      if (event.columns === null) {
        const said = refusalOf(() => decodeBytes(decode, Buffer.from(event[how], "hex")));
        expect(said).toContain(`column "${event["no value"] ?? ""}" is no`);
        continue;
      }
      const found = decodeBytes(decode, Buffer.from(event[how], "hex"));
      expect(Object.fromEntries([...found].map(([name, raw]) => [name, shown(raw, name)]))).toStrictEqual(
        event.columns,
      );
    }
  });

  it("are refused where each byte of them was cut off, and where one came behind", async () => {
    for (const { bare, schema, columns: held } of events) {
      if (held === null) continue;
      const decode = await decoderOf(files[schema - 1] ?? "", columns);
      const bytes = Buffer.from(bare, "hex");
      for (let length = 0; length < bytes.length; length++)
        expect(refusalOf(() => decodeBytes(decode, bytes.subarray(0, length)))).toBe(
          "the event ends before its schema does",
        );
      expect(refusalOf(() => decodeBytes(decode, Buffer.concat([bytes, Buffer.of(0)])))).toBe(
        "the event goes on behind what its schema says",
      );
    }
  });

  it("are refused where the schema that they are of was not given", async () => {
    const [first, last] = [events[0], events.at(-1)];
    const other = await decoderOf({ framing: "confluent", schemas: { 102: files[1] } }, columns);
    const single = await decoderOf({ framing: "single-object", schemas: [files[1]] }, columns);
    expect(decodeBytes(other, Buffer.from(last?.confluent ?? "", "hex")).size).toBe(4);
    expect(refusalOf(() => decodeBytes(other, Buffer.from(first?.confluent ?? "", "hex")))).toBe(
      "the event is of a schema that was not given",
    );
    expect(refusalOf(() => decodeBytes(single, Buffer.from(first?.single ?? "", "hex")))).toBe(
      "the event is of a schema that was not given",
    );
    expect(refusalOf(() => decodeBytes(other, Buffer.from(first?.bare ?? "", "hex")))).toContain("the id of a schema");
    expect(refusalOf(() => decodeBytes(single, Buffer.from(first?.bare ?? "", "hex")))).toContain("single objects");
    for (const decode of [other, single]) expect(refusalOf(() => decodeBytes(decode, Buffer.of(0)))).not.toBe("none");
  });
});
