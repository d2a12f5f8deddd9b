/**
 * A process that loads a group of the sample where the store's disk has too little room, goes on serving, and loads again once it is told that there is room:
 * `home store`. It prints what became of each step.
 */
import { once } from "node:events";
import { argv, stdin, stdout } from "node:process";
import { TondoError } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/duckdb/index.ts";
import { rollback } from "../../../../src/featurestore/generations/index.ts";
import { materialize } from "../../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, recordBatch } from "../../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../sample-project.ts";

const [, , folder = "", storeFolder = ""] = argv;
const groups = ["airport:place"];
const store = LmdbStore.open({ folder: storeFolder });
const engine = await Engine.open({ threads: 1 });

/** What is served of SFO, and what becomes of some work before it. */
async function after(step: string, work: () => Promise<unknown>): Promise<void> {
  const outcome = await said(work);
  const served = await said(async () => {
    const features = createFeatureReader({ project: sampleProject, store });
    const { values } = await features.get(["airport:place:tz"], { airport: "SFO" }, { at: BigInt(noon) });
    return values["airport:place:tz"].value;
  });
  stdout.write(`${JSON.stringify({ step, outcome, served })}\n`);
}

async function said(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TondoError) return [error.code, error.details["reason"] ?? null];
    throw error;
  }
}

/** Loads SFO with a time zone, and as many other airports; gives the generation. */
async function load(tz: string, others: number): Promise<unknown> {
  const rows = Array.from({ length: others }, (_, i) => [`X${String(i)}`, `${tz} ${"x".repeat(100)}`, "1"] as const);
  await writeSample(folder, { ...sampleRows, airports: [["SFO", tz, "1"], ...rows] });
  const made = await materialize({
    ...{ project: sampleProject, folder, home: folder, store, engine, groups, asOf: BigInt(noon) },
  });
  return made.groups[0]?.generation;
}

await after("first", () => load("one", 1));
await after("second", () => load("two", 1));
await after("full", () => load("three", 12_000));
await after("full again", () => load("three", 12_000));
await after("rolled back", () =>
  rollback({ project: sampleProject, home: folder, store, groups, actor: "ops" }).then(({ done }) => done),
);
// Nothing is written between a batch that failed and what waits for all that was written before it.
await after("erased", async () => {
  const { write } = await store.begin("airport:place");
  const record = new Uint8Array(3_000_000);
  const failed = await said(() => write(recordBatch([record.subarray(0, 1)], [record])));
  await store.erase("airport:place", [new TextEncoder().encode("nobody")]);
  return failed;
});
stdout.write("make room\n");
await once(stdin, "data");
stdin.destroy();
await after("room", () => load("three", 12_000));
engine.close();
await store.close();
