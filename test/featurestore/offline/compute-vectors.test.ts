import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  atRest,
  computeVectors,
  type ComputeVectorsOptions,
  Engine,
  readAppliedLogs,
} from "../../../src/featurestore/index.ts";
import { LmdbStore } from "../../../src/lmdb.ts";
import { formatMicros, type Micros, open } from "../../../src/index.ts";

const definitions = `entity shop (shop: string)
events orders { csv "orders.csv" known loaded_at at ordered_at id order_id
  columns (shop: string, order_id: int, ordered_at: timestamp, loaded_at: timestamp) }
group shop:sales from orders by shop { n = count() over 1d }
vector load { key shop: shop
  n = @shop:sales:n[shop] }
`;

const minute = 60_000_000;

let folder: string;
/** When the store was loaded, and when a row was pushed that happened ten minutes later, and says that it was known after one more. */
const loadedAt = Date.now() * 1000 - 60 * minute;
let pushedAt: Micros;
let known: Required<Pick<ComputeVectorsOptions, "vector" | "applied">>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-vectors-"));
  const after = (minutes: number): Date => new Date(loadedAt / 1000 + minutes * 60_000);
  const loaded = ["north", 1, after(-30).toISOString(), after(-29).toISOString()];
  await writeFile(join(folder, "orders.csv"), `shop,order_id,ordered_at,loaded_at\n${loaded.join(",")}\n`);
  await writeFile(join(folder, "shop.tondo"), definitions);
  const tondo = await open({ folder });
  await tondo.apply();
  await tondo.materialize({ asOf: BigInt(loadedAt) });
  const features = await tondo.features();
  const pushed = { shop: "north", order_id: 2, ordered_at: after(10), loaded_at: after(11) };
  pushedAt = (await features.push("orders", [pushed])).appliedAt;
  const project = await tondo.project();
  await tondo.close();
  known = await atHome(project, join(folder, ".tondo"));
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The vector over the file and what was pushed, and when rows were first applied. */
async function atHome(project: Parameters<typeof atRest>[0], home: string): Promise<typeof known> {
  const store = LmdbStore.open({ folder: join(home, "online") });
  try {
    const engine = (): Promise<Engine> => Engine.open();
    const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
    const { vectors } = await atRest(project, { home, folder, store, engine, erased });
    const [vector] = vectors;
    if (vector === undefined) throw new Error("there is no vector");
    return { vector, applied: await readAppliedLogs(store, ["shop:sales"]) };
  } finally {
    await store.close();
  }
}

/** The counts as of some moments. */
async function counts(
  how: Pick<ComputeVectorsOptions, "vector" | "applied">,
  moments: readonly Micros[],
): Promise<unknown> {
  const rows = moments.map((at) => ({ at: formatMicros(at), shop: "north" }));
  const { rows: found } = await computeVectors({ ...how, fitted: {}, rows, folder });
  return found.map(([n]) => n);
}

describe("vectors of requests", () => {
  it("know of what was pushed from when on it was served, or else when it says that it was known", async () => {
    const moments = [loadedAt + 10 * minute, loadedAt + 12 * minute, pushedAt - 1, pushedAt];
    expect(await counts(known, moments)).toEqual([1, 1, 1, 2]);
    expect(await counts({ vector: known.vector }, moments)).toEqual([1, 2, 2, 2]);
  });

  it("know of the rows of a first load when these say", async () => {
    const moments = [loadedAt - 29.5 * minute, loadedAt - 29 * minute];
    expect(await counts(known, moments)).toEqual([0, 1]);
  });
});
