import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { Engine, loadProject } from "../../../../src/featurestore/index.ts";
import { computeRows } from "../../../../src/featurestore/offline/compute-rows.ts";

/** What is sorted in place of a key is shorter than it, and must not be taken for another key's. */
const definitions = `
entity stop (stop: int)

snapshot states {
  parquet "states.parquet" known k
  columns (stop: int, t: timestamp, k: timestamp, x: int)
  at t
}

snapshot plain {
  parquet "states.parquet"
  columns (stop: int, t: timestamp, x: int)
  at t
}

group stop:state from states by stop { x }
group stop:plain from plain by stop { x }

vector both {
  key stop
  known = @stop:state:x
  plain = @stop:plain:x
}
`;

const [least, most] = [-(2n ** 31n), 2n ** 31n - 1n];
/** Those of one line have the same lower 32 bits. */
const stops = [
  ...[1n, 2n ** 32n + 1n, 2n ** 62n + 1n],
  ...[least, most + 1n],
  ...[most, -1n - 2n ** 31n],
  ...[-1n, 2n ** 32n - 1n],
];

let folder: string;
let engine: Engine;
let vector: VectorPlan;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-short-keys-"));
  engine = await Engine.open({ threads: 1 });
  await writeFile(join(folder, "p.tondo"), definitions);
  const [only] = (await loadProject(folder)).plan.vectors;
  if (only === undefined) throw new Error("no vector");
  vector = only;
  const rows = stops.map((stop, i) => `(${String(stop)}::bigint, ${String(i)}::bigint)`);
  await engine.run(
    `copy (select stop, x, make_timestamp(100 + x) as t, make_timestamp(100 + x) as k from (values ${rows.join(", ")}, (null, 99)) v(stop, x))
     to '${join(folder, "states.parquet")}' (format parquet)`,
    "writing rows",
  );
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** The values of rows of these stops, by sorting. */
async function valuesOf(asked: readonly (bigint | null)[]): Promise<unknown> {
  const rows = asked.map((stop) => ({ at: 200n, stop }));
  const plan = { states: "asof" } as const;
  const computed = await computeRows({ engine, vector, outputs: vector.slots, rows, places: { folder }, plan });
  return computed.map((values) => values.map((value) => (value === null ? null : Number(value))));
}

const at = (stop: bigint): readonly number[] => [stops.indexOf(stop), stops.indexOf(stop)];

describe("keys that are whole numbers", () => {
  it("are found among longer ones where all that are asked for fit into 32 bits", async () => {
    expect(await valuesOf([1n, most, null, -1n, least, 7n])).toEqual([
      at(1n),
      at(most),
      [null, null],
      at(-1n),
      at(least),
      [null, null],
    ]);
  });

  it("are found where some that are asked for do not fit", async () => {
    expect(await valuesOf([null, ...stops])).toEqual([[null, null], ...stops.map(at)]);
  });

  it("need not be there at all", async () => {
    expect(await valuesOf([null, null])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(await valuesOf([3n, null])).toEqual([
      [null, null],
      [null, null],
    ]);
  });
});
