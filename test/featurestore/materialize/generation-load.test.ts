import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { GenerationLoad } from "../../../src/featurestore/materialize/generation-load.ts";
import { defaultMaterializeLimits } from "../../../src/featurestore/materialize/materialize-limits.ts";
import { KeyRows } from "../../../src/featurestore/online/codec/index.ts";
import type { GenerationWriter, RecordBatch } from "../../../src/featurestore/online/index.ts";
import { columnOf } from "../online/codec/engine-columns.ts";

type Written = [key: string, value: string];

function recordsOf({ keys, values }: RecordBatch): Written[] {
  const of = (bytes: Uint8Array, ends: readonly number[], i: number): string =>
    Buffer.from(bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i])).toString("hex");
  return keys.ends.map((_, i) => [of(keys.bytes, keys.ends, i), of(values.bytes, values.ends, i)]);
}

/** A writer that reads a batch late; one that is done with batches writes over it then, as whoever has the memory next may. */
function lateWriter(isDoneWithBatches: boolean): {
  readonly writer: GenerationWriter;
  readonly batches: RecordBatch[];
} {
  const batches: RecordBatch[] = [];
  const write = async (batch: RecordBatch): Promise<void> => {
    await sleep(1);
    const { keys, values } = batch;
    const copy = (piece: RecordBatch["keys"]): RecordBatch["keys"] => ({ ...piece, bytes: piece.bytes.slice() });
    batches.push(isDoneWithBatches ? { keys: copy(keys), values: copy(values) } : batch);
    if (!isDoneWithBatches) return;
    keys.bytes.fill(0xff);
    values.bytes.fill(0xff);
  };
  const copy = (): Promise<void> => Promise.reject(new Error("nothing is copied"));
  return { writer: { generation: 1, current: undefined, isDoneWithBatches, write, copy }, batches };
}

const keys = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 1, maxLength: 60 });

it.each([true, false])("what is added is written once, under its key (memory is given back: %s)", async (isDone) => {
  const loads = fc.record({
    texts: keys,
    sizes: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
    ahead: fc.integer({ min: 0, max: 3 }),
    perBatch: fc.integer({ min: 8, max: 600 }),
    erased: fc.nat({ max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(loads, async ({ texts, sizes, ahead, perBatch, erased }) => {
      const { writer, batches } = lateWriter(isDone);
      const isErased = (key: Uint8Array): boolean => key.length % 5 === erased;
      const limits = { ...defaultMaterializeLimits, batchBytes: perBatch };
      const load = new GenerationLoad("airport:weather", writer, limits, isErased);
      const rows = new KeyRows(["string"]);
      rows.read([columnOf("string", [...texts])], texts.length);
      const expected: Written[] = [];
      const open: Uint8Array[] = [];
      const ends: number[] = [];
      const end = (): void => {
        load.add(ends.shift() ?? 0, 1, 1);
        open.shift();
      };
      for (const [i] of texts.entries()) {
        const key = rows.bytes.slice(rows.ends[i - 1] ?? 0, rows.ends[i]);
        const isTaken = load.begins(rows, i);
        expect(isTaken).toBe(!isErased(key));
        if (!isTaken) continue;
        const value = new Uint8Array(8 * (sizes[i % sizes.length] ?? 1)).fill(i + 1);
        load.buffer.reserve(value.length).u8.set(value, load.buffer.end);
        load.buffer.end += value.length;
        open.push(value);
        ends.push(load.buffer.end);
        expected.push([Buffer.from(key).toString("hex"), Buffer.from(value).toString("hex")]);
        // Keys begin before the records of those before them end, and records begin in a batch that others end.
        const before = load.buffer.end;
        if (open.length > ahead) end();
        await load.writeFull();
        const moved = before - load.buffer.end;
        for (let j = 0; j < ends.length; j++) ends[j] = (ends[j] ?? 0) - moved;
      }
      while (open.length > 0) end();
      await load.finish();
      expect(batches.flatMap(recordsOf)).toEqual(expected);
      expect([load.counts.keys, load.counts.keysErased ?? 0]).toEqual([
        expected.length,
        texts.length - expected.length,
      ]);
    }),
    { seed: 45, numRuns: 60 },
  );
});
