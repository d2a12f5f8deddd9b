import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Micros, type Value, type ValueKind } from "../../../src/core/index.ts";
import { type Project, loadProject, type LeftRow, writeColumns } from "../../../src/featurestore/index.ts";
import { randomNumbers } from "../../training/fixtures/flights-like.ts";

export const hour: number = 3_600_000_000;
export const day: number = 24 * hour;
/** When the small project's month begins. */
export const start: Micros = Date.UTC(2024, 2, 1) * 1000;

/** Every kind of source, key and label once. `t` and `k` are features here, and names that joins use. */
export const definitions = `
entity store (store: string)
entity town (town: string)
entity pair (store: string, town: string)

events orders {
  parquet "data/orders/*.parquet" known loaded_at
  at ordered_at
}

snapshot stores {
  parquet "data/stores.parquet"
  at updated_at
}

table towns {
  csv "data/towns.csv"
  columns (town: string, lat: float, since: date)
}

group store:kitchen from orders by store {
  n_1d = count() over 1d
  mean_7d = mean(minutes) over 7d
  done_1d = count() over 1d where status == "done"
  last_k = last(k) over 7d
  busy = n_1d > 2
  next_max = max(minutes) over next 2h
}

group town:load from orders by lower(city) as town {
  sum_2d = sum(minutes) over 2d where lower(status) == "done"
}

group pair:both from orders by store, city as town {
  n_7d = count() over 7d
}

group store:profile from stores by store {
  ttl 10d
  cuisine, rating
}

group town:place from towns by town {
  lat
}

vector eta {
  key store: store, other: store, town: town
  input km: float, q: int?

  n      = @store:kitchen:n_1d[store] | zscore
  m      = @store:kitchen:mean_7d[store] | fill(mean) | zscore
  m2     = @store:kitchen:mean_7d[other] ?? -1
  done   = @store:kitchen:done_1d[store]
  lastk  = @store:kitchen:last_k[store] ?? 0
  busy   = @store:kitchen:busy[store]
  load   = @town:load:sum_2d | fill(mean)
  both   = @pair:both:n_7d[store, town]
  rating = @store:profile:rating[store] | fill(mean)
  lat    = @town:place:lat
  km     = km | log1p
  q      = q ?? 0
  h      = now | hour

  label took: float known delivered_at
  label late = @store:kitchen:next_max[store] > 40
}

vector plain {
  key store: store
  n = @store:kitchen:n_1d
  m = @store:kitchen:mean_7d | fill(mean)
  label took: float known delivered_at
}
`;

/** Rows as the oracle and the API take them. */
export type Row = Readonly<Record<string, Value>>;

/** A project in a temporary folder, with the rows that were written. */
export interface SmallProject {
  readonly folder: string;
  readonly project: Project;
  readonly data: Readonly<Record<"orders" | "stores" | "towns", readonly Row[]>>;
  /** 240 rows over 20 days, some of them twice, some without a label. */
  readonly left: readonly Row[];
  remove(): Promise<void>;
}

const kinds: Readonly<Record<string, ValueKind>> = {
  ...{ ordered_at: "timestamp", loaded_at: "timestamp", updated_at: "timestamp", at: "timestamp" },
  ...{ delivered_at: "timestamp", minutes: "float", rating: "float", km: "float", took: "float", k: "int", q: "int" },
};

/** Writes rows as a Parquet file. */
export async function writeRows(path: string, rows: readonly Row[], names?: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeColumns(
    path,
    (names ?? Object.keys(rows[0] ?? {})).map((name) => {
      const kind = kinds[name] ?? "string";
      return {
        name,
        kind,
        values:
          kind === "string"
            ? rows.map((row) => (row[name] ?? null) as string | null)
            : Float64Array.from(rows, (row) => Number(row[name] ?? Number.NaN)),
      };
    }),
  );
}

/** Makes the small project. */
export async function smallProject(text: string = definitions, seed = 7): Promise<SmallProject> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-small-"));
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor((random() + 0.5) * values.length)] as T;
  const some = (share: number): boolean => random() + 0.5 < share;
  const moment = (days: number): Micros => start + Math.floor((random() + 0.5) * days * 24 * 60) * 60_000_000;
  const stores = ["r1", "r2", "r3", "r4", "r5"];
  const orders = Array.from({ length: 500 }, (): Row => {
    const at = moment(28);
    return {
      ordered_at: at,
      loaded_at: at + pick([0, 0, hour, day, 3 * day]),
      store: some(0.03) ? null : pick(stores),
      city: pick(["Bonn", "BONN", "Köln", "ulm"]),
      status: pick(["done", "DONE", "open"]),
      minutes: some(0.1) ? null : Math.floor((random() + 0.5) * 600) / 7,
      k: Math.floor((random() + 0.5) * 9),
    };
  });
  const states = Array.from({ length: 30 }, (): Row => ({
    updated_at: moment(28),
    store: pick(stores),
    cuisine: pick(["thai", "", "pizza"]),
    rating: Math.floor((random() + 0.5) * 50) / 10,
  }));
  const towns: Row[] = [
    { town: "bonn", lat: 50.7, since: "2020-01-02" },
    { town: "köln", lat: 50.9, since: null },
    { town: "ulm", lat: null, since: null },
  ];
  const left: Row[] = [];
  for (let i = 0; i < 240; i++) {
    const at = start + 5 * day + Math.floor(i / 3) * 6 * hour;
    const again = some(0.1) ? left.at(-1) : undefined;
    left.push(
      again ?? {
        at,
        store: some(0.02) ? null : pick([...stores, "new"]),
        other: pick(stores),
        town: pick(["bonn", "köln", "ulm", "Bonn"]),
        km: Math.floor((random() + 0.5) * 100) / 8,
        q: some(0.2) ? null : Math.floor((random() + 0.5) * 5),
        took: some(0.1) ? null : Math.floor((random() + 0.5) * 60),
        delivered_at: some(0.05) ? null : at + pick([hour, 5 * hour, 2 * day]),
        area: pick(["north", "south"]),
      },
    );
  }
  await writeFile(join(folder, "eta.tondo"), text);
  await writeRows(join(folder, "data/orders/a.parquet"), orders.slice(0, 200));
  await writeRows(join(folder, "data/orders/b.parquet"), orders.slice(200));
  await writeRows(join(folder, "data/stores.parquet"), states);
  await writeFile(
    join(folder, "data/towns.csv"),
    ["town,lat,since", ...towns.map((row) => [row["town"], row["lat"], row["since"]].join(",")), ""].join("\n"),
  );
  await writeRows(join(folder, "left.parquet"), left);
  return {
    folder,
    project: await loadProject(folder),
    data: { orders, stores: states, towns },
    left,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Left rows as callers give them: moments as bigint. */
export function givenRows(rows: readonly Row[]): readonly LeftRow[] {
  return rows.map((row) => ({ ...row, at: BigInt(row["at"] as number) }));
}
