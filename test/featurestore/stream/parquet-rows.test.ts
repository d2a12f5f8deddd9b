import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTypeName, type TypeName, type Value } from "../../../src/core/index.ts";
import { isMissingRaw, type Raw, toRaw } from "../../../src/dsl/index.ts";
import { carrierOf, Engine, fromCarrier, sqlText, toCarrier, toFile } from "../../../src/featurestore/duckdb/index.ts";
import { scanFiles } from "../../../src/featurestore/offline/files/file-scan.ts";
import { jsonDecoder } from "../../../src/featurestore/stream/decode-event.ts";
import type { EventColumns } from "../../../src/featurestore/stream/event-format.ts";
import { defaultFolderLimits } from "../../../src/featurestore/stream/folder/folder-limits.ts";
import { ParquetFiles } from "../../../src/featurestore/stream/folder/parquet-files.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 2_718);
const golden = join(import.meta.dirname, "../../golden");

type Columns = Readonly<Record<string, TypeName>>;

/** The rows of a file as events, by the columns of a source; a refused one by what is said of it. */
async function rowsOf(path: string, columns: Columns): Promise<readonly (EventColumns | string)[]> {
  const files = new ParquetFiles(defaultFolderLimits);
  const decode = jsonDecoder({ name: "rows", kind: "events", transports: [], columns });
  const rows: (EventColumns | string)[] = [];
  try {
    for (let from = 0; ;) {
      const read = await files.read({ topic: "t", file: "f", path }, from);
      if (read === undefined || read === "gone") return rows;
      for (const event of read.events) {
        expect(event.offset).toBe(rows.length);
        try {
          rows.push(decode(event));
        } catch (error) {
          rows.push((error as Error).message);
        }
      }
      from = read.next;
    }
  } finally {
    await files.close();
  }
}

/** What loads and training sets read of a file. */
async function atRest(path: string, columns: Columns): Promise<readonly Readonly<Record<string, Raw>>[]> {
  const engine = await Engine.open({ threads: 1 });
  try {
    const kinds = Object.entries(columns).map(([name, type]) => ({ name, kind: parseTypeName(type).kind }));
    const set = { format: "parquet" as const, files: [path], what: path };
    const scan = await scanFiles(engine, set, Object.fromEntries(kinds.map(({ name, kind }) => [name, kind])));
    const rows: Record<string, Raw>[] = [];
    const selected = kinds.map(({ name, kind }) => toCarrier(`"${name}"`, kind)).join(", ");
    for await (const chunk of engine.chunks(`select ${selected} from (${scan})`, "reading")) {
      const all = kinds.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
      for (let row = 0; row < chunk.rows; row++)
        rows.push(Object.fromEntries(kinds.map(({ name }, i) => [name, all[i]?.[row] ?? null])));
    }
    return rows;
  } finally {
    engine.close();
  }
}

function isSame(one: Raw, other: Raw): boolean {
  if (isMissingRaw(one) || isMissingRaw(other)) return isMissingRaw(one) && isMissingRaw(other);
  if (typeof one !== "object" || typeof other !== "object") return Object.is(one, other);
  return one?.length === other?.length && [...(one ?? [])].every((item, i) => Object.is(item, other?.[i]));
}

function expectSame(found: readonly (EventColumns | string)[], wanted: readonly Readonly<Record<string, Raw>>[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, columns] of wanted.entries())
    for (const [name, raw] of Object.entries(columns)) {
      const own = found[i];
      if (typeof own !== "object" || !isSame(own.get(name) ?? null, raw))
        expect([i, name, own]).toEqual([i, name, raw]);
    }
}

describe("rows of Parquet as events", () => {
  it("are what loads and training read of a file that pyarrow wrote", async () => {
    const path = join(golden, "arrow/values.parquet");
    const columns: Columns = {
      ...{ flag: "bool", i8: "int", u32: "int", i64: "int", f32: "float", f64: "float", dec: "float", text: "string" },
      ...{ large: "string", word: "string", day: "date", s: "timestamp", ms: "timestamp", us: "timestamp" },
      ...{ ns: "timestamp", zoned: "timestamp", words: "list<string>", numbers: "list<int>" },
      ...{ moments: "list<timestamp>", look: "list<float>" },
    };
    const wanted = await atRest(path, columns);
    expect(wanted).toHaveLength(4);
    expectSame(await rowsOf(path, columns), wanted);
  });

  it("have no value where the language has no type for a column, which matters where it is read", async () => {
    const path = join(golden, "arrow/values.parquet");
    for (const name of ["big", "part"]) {
      const found = await rowsOf(path, { [name]: "int" });
      expect(found).toEqual(Array.from({ length: 4 }, () => `column "${name}" is no int`));
    }
    // An element that is missing does not make an embedding shorter.
    expect(await rowsOf(path, { look: "embedding(1)?" })).toEqual([
      new Map([["look", null]]),
      ...Array.from({ length: 3 }, () => 'column "look" is no embedding(1)'),
    ]);
    expect((await rowsOf(path, { look: "embedding(2)" })).map(String)).toEqual([
      "[object Map]",
      "[object Map]",
      "[object Map]",
      'column "look" is no embedding(2)',
    ]);
    for (const [file, name] of [
      ["twice", "x"],
      ["twice-by-case", "X"],
      ["twice-and-numbered", "y"],
      ["twice-and-numbered", "y_1"],
    ] as const)
      expect(await rowsOf(join(golden, `parquet/${file}.parquet`), { [name]: "int" })).toEqual([
        `column "${name}" is no int`,
      ]);
    expect(await rowsOf(join(golden, "parquet/twice-and-numbered.parquet"), { x: "int" })).toEqual([
      new Map([["x", 4]]),
    ]);
    await expect(rowsOf(join(golden, "parquet/nanoseconds-zoned.parquet"), {})).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
    });
  });

  it("are refused where a column is called as the engine calls their numbers, and where a text is no UTF-8, unsaid", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-rows-"));
    const engine = await Engine.open({ threads: 1 });
    try {
      const path = join(folder, "a.parquet");
      await engine.run(`copy (select 5 as "File_Row_Number") to ${sqlText(path)} (format parquet)`, "writing");
      await expect(rowsOf(path, {})).rejects.toMatchObject({
        message: expect.stringContaining("file_row_number") as string,
      });
      await expect(rowsOf(join(golden, "parquet/latin-1.parquet"), {})).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: expect.stringMatching(/^rows of ".*" from 0 on cannot be read$/) as string,
      });
    } finally {
      engine.close();
      await rm(folder, { recursive: true });
    }
  });

  it(`are the values that were written, to the bit (seed ${String(seed)})`, async () => {
    const columns: Columns = {
      ...{ flag: "bool?", number: "int?", price: "float?", shop: "string?", at: "timestamp?", day: "date?" },
      ...{ numbers: "list<int>?", words: "list<string>?", seen: "list<timestamp>?", prices: "list<float>?" },
    };
    const ints = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger().map(BigInt));
    const floats = fc.double({ noNaN: true, noDefaultInfinity: true });
    const texts = fc.string({ unit: "binary" });
    const micros = fc.integer({ min: -9_007_000_000_000_000, max: 9_007_000_000_000_000 });
    const row = fc.record({
      ...{ flag: fc.option(fc.boolean()), number: fc.option(ints), price: fc.option(floats), shop: fc.option(texts) },
      ...{ at: fc.option(micros), day: fc.option(fc.integer({ min: -104_000, max: 104_000 })) },
      ...{ numbers: fc.option(fc.array(ints)), words: fc.option(fc.array(texts)), seen: fc.option(fc.array(micros)) },
      prices: fc.option(fc.array(floats)),
    });
    const rows = fc.sample(row, { seed, numRuns: 1000 });
    const kinds = Object.entries(columns).map(([name, type]) => ({ name, kind: parseTypeName(type).kind }));
    const folder = await mkdtemp(join(tmpdir(), "tondo-rows-"));
    const engine = await Engine.open({ threads: 1 });
    try {
      const valuesOf = (one: (typeof rows)[number]): readonly Value[] =>
        kinds.map(({ name }) => (one as Record<string, Value>)[name] ?? null);
      await engine.load("given", kinds, rows.map(valuesOf), "writing");
      const path = join(folder, "a.parquet");
      const selected = kinds.map(({ name, kind }) => `${toFile(fromCarrier(`"${name}"`, kind), kind)} as "${name}"`);
      await engine.run(
        `copy (select ${selected.join(", ")} from given) to ${sqlText(path)} (format parquet)`,
        "writing",
      );
      const wanted = rows.map((one) =>
        Object.fromEntries(kinds.map(({ name, kind }, i) => [name, toRaw(normal(valuesOf(one)[i] ?? null), kind)])),
      );
      expectSame(await rowsOf(path, columns), wanted);
      expectSame(await rowsOf(path, columns), await atRest(path, columns));
    } finally {
      engine.close();
      await rm(folder, { recursive: true });
    }
  });
});

/** As the language has it. */
function normal(value: Value): Value {
  if (Array.isArray(value)) return (value as Value[]).map(normal) as Value;
  if (typeof value === "number") return value + 0;
  return typeof value === "bigint" && value > -(2n ** 53n) && value < 2n ** 53n ? Number(value) : value;
}
