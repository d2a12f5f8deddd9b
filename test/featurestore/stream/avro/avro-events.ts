import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TondoError } from "../../../../src/core/index.ts";
import type { SourcePlan } from "../../../../src/dsl/index.ts";
import { avroFormats, type EventColumns, type EventDecoder } from "../../../../src/featurestore/index.ts";
import type { AvroTopic } from "../../../../src/featurestore/stream/avro/index.ts";

/** A source of these columns. */
export function sourceOf(columns: SourcePlan["columns"]): SourcePlan {
  return { name: "orders", kind: "events", transports: [], columns };
}

/** What decodes events of a topic. */
export async function decoderOf(topic: AvroTopic, columns: SourcePlan["columns"]): Promise<EventDecoder> {
  const format = (await avroFormats({ orders: topic })).get("orders");
  if (format === undefined) throw new Error("there is no format");
  return format(sourceOf(columns));
}

/** What decodes bare events of records with these fields. */
export async function decoderOfFields(
  fields: Readonly<Record<string, unknown>>,
  columns: SourcePlan["columns"],
): Promise<(bytes: Uint8Array) => Readonly<Record<string, unknown>>> {
  const all = Object.entries(fields).map(([name, type]) => ({ name, type }));
  await using file = await schemaFile({ type: "record", name: "Order", fields: all });
  const decode = await decoderOf(file.path, columns);
  return (bytes) => Object.fromEntries(decodeBytes(decode, bytes));
}

export function decodeBytes(decode: EventDecoder, value: Uint8Array): EventColumns {
  return decode({ offset: 0, key: null, arrivedAt: 0, value });
}

/** A file of a schema, which goes when it is disposed of. */
export async function schemaFile(schema: unknown): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-avro-"));
  const path = join(folder, "orders.avsc");
  await writeFile(path, typeof schema === "string" ? schema : JSON.stringify(schema));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** What is said of an event that is none. */
export function refusalOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof TondoError && error.code === "INPUT_INVALID") return error.message;
    throw error;
  }
  return "none";
}

/** An integer as Avro writes it. */
export function long(value: bigint | number): readonly number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

/** A text as Avro writes it. */
export function text(value: string): readonly number[] {
  const bytes = new TextEncoder().encode(value);
  return [...long(bytes.length), ...bytes];
}
