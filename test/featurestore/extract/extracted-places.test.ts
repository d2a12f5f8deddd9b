import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SourcePlan } from "../../../src/dsl/index.ts";
import { withExtracted } from "../../../src/featurestore/extract/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tondo-places-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("lists a table once for all vectors that read it: all of them see the same parts", async () => {
  const table = join(folder, "home/sources/orders/public.orders");
  mkdirSync(table, { recursive: true });
  const record = { version: 1, columns: {}, parts: [{ file: "part-000001.parquet" }, { file: "part-000003.parquet" }] };
  writeFileSync(join(table, "extracted.json"), JSON.stringify(record));
  const source: SourcePlan = {
    name: "orders",
    kind: "events",
    transports: [{ format: "postgres", table: "public.orders", lag: 5 }],
    columns: {},
  };
  const plan = { sources: [], vectors: [{ sources: [source] }, { sources: [source] }] };
  const { vectors } = await withExtracted(plan, { home: join(folder, "home"), folder });
  const [first, second] = vectors.map(({ sources }) => sources[0]?.transports[0]);
  const files = record.parts.map(({ file }) => file);
  expect(first).toEqual({ format: "parquet", path: "home/sources/orders/public.orders", files, lag: 5 });
  expect(second).toEqual(first);
  const listed = (transport: object = {}): unknown => new Map(Object.entries(transport)).get("files");
  expect(listed(first)).toBe(listed(second));
});
