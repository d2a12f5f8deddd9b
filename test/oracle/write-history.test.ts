import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance, DuckDBTimestampValue } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TypeName, Value } from "../../src/core/index.ts";
import { filesAtRest } from "../../src/dsl/plan/index.ts";
import { differences } from "./compare.ts";
import { histories } from "./history.ts";
import { enter, type Rows } from "../../src/featurestore/oracle/values.ts";
import { writeHistory } from "./write-history.ts";

const seed = 20010620;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-oracle-"));
});
afterAll(async () => rm(folder, { recursive: true }));

/** Nothing is left to the sniffer: where a file has one `""` it may conclude that nothing is quoted. */
const dialect = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false`;

const sqlTypes: Record<string, string> = {
  bool: "BOOLEAN",
  int: "BIGINT",
  float: "DOUBLE",
  string: "VARCHAR",
  timestamp: "TIMESTAMP",
};

async function read(files: string, types: Readonly<Record<string, TypeName>>): Promise<Rows> {
  await using stack = new AsyncDisposableStack();
  const instance = stack.adopt(await DuckDBInstance.create(":memory:"), (one) => one.closeSync());
  const connection = stack.adopt(await instance.connect(), (one) => one.closeSync());
  const columns = Object.entries(types).map(
    ([name, type]) => `'${name}': '${sqlTypes[type.replace("?", "")] ?? type}'`,
  );
  const from = files.endsWith(".csv")
    ? `read_csv('${files}', ${dialect}, columns = {${columns.join(", ")}})`
    : `read_parquet('${files}')`;
  const rows = (await connection.runAndReadAll(`SELECT * FROM ${from}`)).getRowObjects();
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof DuckDBTimestampValue ? Number(value.micros) : (value as Value),
      ]),
    ),
  );
}

/** Rows as text that tells -0 from 0, in any order. */
function texts(rows: Rows, types: Readonly<Record<string, TypeName>>): readonly string[] {
  const text = (value: Value, type: TypeName): string => {
    const plain = Number.isNaN(value) || Object.is(value, -0) || value === Infinity ? value : enter(value, type);
    return Object.is(plain, -0) ? "-0" : `${typeof plain} ${String(plain)}`;
  };
  return rows
    .map((row) =>
      Object.entries(types)
        .map(([name, type]) => text(row[name] ?? null, type))
        .join("|"),
    )
    .sort();
}

describe("writeHistory", () => {
  it("writes what can be read back, bit by bit, missing and empty strings apart", async () => {
    for (const [i, history] of fc.sample(histories, { seed, numRuns: 10 }).entries()) {
      const home = path.join(folder, String(i));
      const { left } = await writeHistory(history, home);
      for (const source of history.vector.sources) {
        const types = history.fileColumns[source.name as keyof typeof history.fileColumns];
        const rows = await Promise.all(
          filesAtRest(source).map((transport) => read(path.join(home, transport.path), types)),
        );
        expect(texts(rows.flat(), types)).toEqual(texts(history.data[source.name] ?? [], types));
      }
      const types = Object.fromEntries(history.vector.keys.map(({ name, type }) => [name, type]));
      const rows = await read(left, types);
      expect(rows.map((row) => row["at"])).toEqual(history.left.map(({ at }) => at));
      expect(rows.map((row) => texts([row], types))).toEqual(
        history.left.map(({ columns }) => texts([columns], types)),
      );
    }
  });
});

describe("differences", () => {
  it("tells values apart by Object.is, and names row, column and both answers", () => {
    const expected = [{ a: { value: 0, status: "present" } }, { a: { value: 1n, status: "present" } }] as const;
    expect(differences(expected, expected)).toEqual([]);
    expect(differences(expected, [{ a: { value: 0 } }, { a: { value: 1n } }])).toEqual([]);
    expect(differences(expected, [{ a: { value: -0 } }, { a: { value: 1 } }])).toEqual([
      "row 0, a: expected 0 present, got -0",
      "row 1, a: expected 1n present, got 1",
    ]);
    expect(differences(expected, [{ a: { value: 0, status: "missing" } }, { b: { value: "" } }])).toEqual([
      "row 0, a: expected 0 present, got 0 missing",
      "row 1, a: expected 1n present, got no such value",
      'row 1, b: not expected, got ""',
    ]);
    expect(differences(expected, [])).toEqual(["expected 2 rows, got 0"]);
  });
});
