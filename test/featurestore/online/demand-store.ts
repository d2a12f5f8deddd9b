import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { formatMicros } from "../../../src/core/index.ts";
import type { ProjectPlan, VectorPlan } from "../../../src/dsl/index.ts";
import { Engine, loadProject, materialize } from "../../../src/featurestore/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";

const definitions = `
entity shop (shop: string)
entity region (region: string)
entity spot (shop: string, city: string)

events orders {
  csv "orders.csv"
  columns (shop: string, city: string, lat: float, lon: float, at: timestamp)
  at at
}
snapshot shops {
  csv "shops.csv"
  columns (shop: string, city: string, lat: float, lon: float, at: timestamp)
  at at
}

group shop:profile from shops by shop {
  city, lat, lon
}
group shop:own from orders by shop {
  n_6h = count() over 6h
  busy = n_6h > 2
}
group region:load from orders by geohash(lat, lon, 5) as region {
  n_6h = count() over 6h
}
group spot:load from orders by shop, city {
  n_6h = count() over 6h
}

vector demand {
  key   from: shop, to: shop, spot: spot
  input cell: string, boost: float, note: string?

  let region = geohash(@shop:profile:lat[from], @shop:profile:lon[from], 5)
  near   = @region:load:n_6h[region] ?? 0
  there  = @region:load:n_6h[cell] ?? 0
  busy   = @shop:own:busy[to] ?? false
  bonn   = @shop:profile:city[to] == "Bonn"
  at_it  = @spot:load:n_6h[spot]
  plus   = boost
}
`;

/** The moment that {@link demandStore} is loaded as of. */
export const demandAt: number = Date.UTC(2024, 2, 1) * 1000;

/** A vector with two roles of one entity, a key of two columns, one from an input and one that is computed from what was read, loaded. */
export interface DemandStore {
  readonly project: ProjectPlan;
  readonly vector: VectorPlan;
  readonly store: LmdbStore;
  close(): Promise<void>;
}

/** Loads it. */
export async function demandStore(): Promise<DemandStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "tondo-demand-"));
  const hour = 3_600_000_000;
  const rows = (lines: readonly string[]): string => ["shop,city,lat,lon,at", ...lines, ""].join("\n");
  const at = (hours: number): string => formatMicros(demandAt - hours * hour);
  await writeFile(path.join(folder, "demand.tondo"), definitions);
  const orders = [`a,Bonn,50.1,7.1,${at(1)}`, `a,Bonn,50.1,7.1,${at(2)}`, `b,Ulm,51.7,9.9,${at(1)}`];
  const more = [`a,Ulm,50.1,7.1,${at(3)}`, `b,Ulm,50.1,7.1,${at(4)}`];
  await writeFile(path.join(folder, "orders.csv"), rows([...orders, ...more]));
  const shops = [`a,Bonn,50.1,7.1,${at(9)}`, `b,Ulm,51.7,9.9,${at(9)}`, `c,Bonn,,7.1,${at(9)}`];
  await writeFile(path.join(folder, "shops.csv"), rows(shops));
  const project = (await loadProject(folder)).plan;
  const [vector] = project.vectors;
  if (vector === undefined) throw new Error("no vector");
  const store = LmdbStore.open({ folder: path.join(folder, "online") });
  const engine = await Engine.open({ threads: 1 });
  await materialize({ project, folder, home: folder, store, engine, asOf: BigInt(demandAt) });
  engine.close();
  return {
    project,
    vector,
    store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
