import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { durationUnits, floorTo, formatMicros, hopOf, parseTypeName, type Value } from "../../src/core/index.ts";
import { defineFunction, fromRaw, vectorFingerprint, type VectorPlan } from "../../src/dsl/index.ts";
import { geohashOf } from "../../src/dsl/functions/geohash.ts";
import {
  computeVectors,
  createFeatureReader,
  Engine,
  loadProject,
  makeTrainingSet,
  materialize,
  type Project,
} from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/featurestore/online/lmdb/index.ts";
import { compileText } from "../dsl/check-one.ts";
import { randomNumbers } from "../training/fixtures/flights-like.ts";

const { h, d, s } = durationUnits;
const start = Date.UTC(2024, 2, 1) * 1000;

const definitions = `
entity shop (shop: string)
entity region (region: string)
entity place (city: string, kind: string)
entity clock (hour: int)

events orders {
  csv "orders.csv"
  columns (shop: string, city: string, kind: string, lat: float, lon: float, at: timestamp)
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
}
group region:load from orders by geohash(lat, lon, 5) as region {
  n_6h = count() over 6h
  next_6h = count() over next 6h
}
group place:load from orders by city, lower(kind) {
  n_6h = count() over 6h
}
group place:hours from orders by concat(city, "!"), kind {
  n_6h = count() over 6h
}
group clock:load from orders by hour(at) as hour {
  n_1d = count() over 1d
}

vector demand {
  key   shop: shop
  input kind: string, extra: string?

  let region = geohash(@shop:profile:lat[shop], @shop:profile:lon[shop], 5)
  nearby = @region:load:n_6h[region]
  scaled = @region:load:n_6h[region] | fill(mean) | zscore
  alike  = @place:load:n_6h[@shop:profile:city[shop], lower(kind)]
  filled = @place:load:n_6h[@shop:profile:city[shop] ?? "nowhere", kind] ?? -1
  loud   = @place:hours:n_6h[concat(@shop:profile:city[shop], "!"), kind]
  same   = @clock:load:n_1d[hour(now)]
  direct = @shop:own:n_6h[lower(extra)]

  label soon: float
  label next = @region:load:next_6h[geohash(@shop:profile:lat[shop], @shop:profile:lon[shop], 5)]
}
`;

interface Row {
  readonly shop: string;
  readonly city: string;
  readonly kind: string;
  readonly lat: number | null;
  readonly lon: number;
  readonly at: number;
}

const random = randomNumbers(3);
const pick = <T>(values: readonly T[]): T => values[Math.floor((random() + 0.5) * values.length)] as T;
const moment = (days: number): number => start + Math.floor((random() + 0.5) * days * 24 * 60) * 60_000_000;
const lats = [50.1, 50.101, 51.7, null] as const;
const rowOf = (): Row => ({
  shop: pick(["a", "b", "c", "null"]),
  city: pick(["Bonn", "Ulm", "null", "NaN", ""]),
  kind: pick(["Thai", "thai", "pizza"]),
  lat: pick(lats),
  lon: pick([7.1, 9.9]),
  at: moment(6),
});
const orders = Array.from({ length: 900 }, rowOf);
const shops = Array.from({ length: 14 }, rowOf);
const left = Array.from({ length: 150 }, (_, i) => ({
  at: start + d + Math.floor(i / 4) * 3 * h + 17 * s,
  shop: pick(["a", "b", "c", "new", null]),
  kind: pick(["Thai", "thai", "pizza"]),
  extra: pick(["A", "b", null]),
}));

/** Contract 3 and 4 in plain loops. */
function shopAt(shop: string | null, q: number): Row | undefined {
  const seen = shops.filter((row) => row.shop === shop && row.at <= q);
  const text = ({ city, lat, lon }: Row): string => `${city} ${lat === null ? "" : String(lat)} ${String(lon)}`;
  const last = Math.max(...seen.map(({ at }) => at));
  return seen.filter(({ at }) => at === last).sort((a, b) => (text(a) < text(b) ? -1 : 1))[0];
}
function count(q: number, over: number, isOne: (row: Row) => boolean): number {
  return orders.filter((row) => row.at >= floorTo(q - over, hopOf(over)) && row.at < q && isOne(row)).length;
}
const regionOf = (row: Row | undefined): string | null =>
  row === undefined || row.lat === null ? null : geohashOf(row.lat, row.lon, 5);

/** The slots that are not fitted, and the label. */
function expected({ at: q, shop, kind, extra }: (typeof left)[number]): Record<string, Value> {
  const own = shopAt(shop, q);
  const region = regionOf(own);
  const city = own === undefined || own.city === "" ? null : own.city;
  const hour = new Date(q / 1000).getUTCHours();
  return {
    nearby: region === null ? null : count(q, 6 * h, (row) => regionOf(row) === region),
    alike:
      city === null
        ? null
        : count(q, 6 * h, (row) => row.city === city && row.kind.toLowerCase() === kind.toLowerCase()),
    filled: count(q, 6 * h, (row) => row.city === (city ?? "nowhere") && row.kind.toLowerCase() === kind),
    loud: city === null ? null : count(q, 6 * h, (row) => row.city === city && row.kind === kind),
    same: count(q, d, (row) => new Date(row.at / 1000).getUTCHours() === hour),
    direct: extra === null ? null : count(q, 6 * h, (row) => row.shop === extra.toLowerCase()),
    next:
      region === null
        ? null
        : orders.filter((row) => row.at > q && row.at <= q + 6 * h && regionOf(row) === region).length,
  };
}

let folder: string;
let project: Project;
let vector: VectorPlan;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-hops-"));
  const line = ({ shop, city, kind, lat, lon, at }: Row, isShop: boolean): string =>
    [shop, city, ...(isShop ? [] : [kind]), lat ?? "", lon, formatMicros(at)].join(",");
  await writeFile(join(folder, "demand.tondo"), definitions);
  await writeFile(
    join(folder, "orders.csv"),
    ["shop,city,kind,lat,lon,at", ...orders.map((row) => line(row, false)), ""].join("\n"),
  );
  await writeFile(
    join(folder, "shops.csv"),
    ["shop,city,lat,lon,at", ...shops.map((row) => line(row, true)), ""].join("\n"),
  );
  project = await loadProject(folder);
  vector = project.plan.vectors.find(({ name }) => name === "demand") as VectorPlan;
  engine = await Engine.open({ threads: 2 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true, force: true });
});

const given = left.map((row) => ({ ...row, soon: 1, at: BigInt(row.at) }));
const plain = ["nearby", "alike", "filled", "loud", "same", "direct"];

describe("a vector with computed keys", () => {
  it("reads what its keys need, under names that say what they are", () => {
    expect(vector.reads.map(({ id }) => id)).toEqual(
      [
        "city_lower_kind__place__load__n_6h",
        "concat_city_kind__place__hours__n_6h",
        "hour_now__clock__load__n_1d",
        "lower_extra__shop__own__n_6h",
        "region__region__load__n_6h",
        "coalesce_city_kind__place__load__n_6h",
        "shop__shop__profile__city",
        "shop__shop__profile__lat",
        "shop__shop__profile__lon",
      ].sort(),
    );
    // The label writes the region out: the same key has the same name.
    expect(vector.labelReads.map(({ id }) => id)).toEqual([
      "region__region__load__next_6h",
      "shop__shop__profile__lat",
      "shop__shop__profile__lon",
    ]);
    const group = vector.groups.find(({ entity, name }) => entity === "shop" && name === "profile");
    expect(group?.stored.map(({ name }) => name)).toEqual(["city", "lat", "lon"]);
  });

  it("is another one where a key is computed otherwise", () => {
    const other = compileText(definitions.replace("lon[shop], 5)\n  nearby", "lon[shop], 6)\n  nearby"));
    expect(other.diagnostics).toEqual([]);
    expect(vectorFingerprint(other.plan?.vectors[0] as VectorPlan)).not.toBe(vectorFingerprint(vector));
    const step = compileText(definitions.replaceAll("[region]", "[geohash(@shop:profile:lat, @shop:profile:lon, 5)]"));
    const reads = step.plan?.vectors[0]?.reads.map(({ key }) => JSON.stringify(key)).sort();
    expect(reads).toEqual(vector.reads.map(({ key }) => JSON.stringify(key)).sort());
  });

  it("is computed by the training path as plain loops do", async () => {
    const fitted = { fit0: { mean: 1 }, fit1: { mean: 0, scale: 1 } };
    const slots = vector.slots.filter(({ name }) => plain.includes(name));
    const computed = await computeVectors({ vector: { ...vector, slots }, fitted, rows: given, folder });
    const rows = computed.rows.map((row) =>
      Object.fromEntries(plain.map((name) => [name, row[computed.slots.indexOf(name)]])),
    );
    expect(rows).toEqual(left.map((row) => Object.fromEntries(plain.map((name) => [name, expected(row)[name]]))));
    // The data tell right from wrong: two hops find something, and something else from moment to moment.
    expect(new Set(rows.map(({ nearby }) => nearby)).size).toBeGreaterThan(10);
  });

  it("is trained on, with a label that looks forward through two hops, and fitted", async () => {
    const set = await makeTrainingSet({ vector, rows: given, folder, output: join(folder, "set"), raw: true });
    const rows = await engine.rows(
      `select epoch_us("at")::double as q, next::double as next, nearby::double as nearby, scaled,
        region__region__load__n_6h::double as raw, shop__shop__profile__lat as lat
        from read_parquet('${join(set.folder, "train.parquet")}')`,
      "reading back",
    );
    const want = left.map((row) => ({ row, slots: expected(row) }));
    expect(rows.map(({ q, next, nearby, raw, lat }) => [q, next, nearby, raw, lat])).toEqual(
      want.map(({ row, slots }) => {
        const lat = shopAt(row.shop, row.at)?.lat ?? null;
        return [row.at, slots["next"], slots["nearby"], slots["nearby"], lat];
      }),
    );
    const found = want.flatMap(({ slots }) => (slots["nearby"] === null ? [] : [Number(slots["nearby"])]));
    const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
    const filled = want.map(({ slots }) => (slots["nearby"] === null ? mean : Number(slots["nearby"])));
    const deviation = Math.sqrt(filled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / filled.length);
    for (const [i, { scaled }] of rows.entries())
      expect(Number(scaled)).toBeCloseTo(((filled[i] ?? 0) - mean) / deviation, 9);
    // How many rows came to a key that the source has: of direct keys nothing is said.
    const reached = (of: (row: (typeof left)[number]) => string | null, keys: readonly (string | null)[]): number =>
      left.filter((row) => of(row) !== null && keys.includes(of(row))).length;
    const regions = reached((row) => regionOf(shopAt(row.shop, row.at)), orders.map(regionOf));
    const joins = set.manifest.joins.filter(({ group }) => ["region:load", "shop:own", "shop:profile"].includes(group));
    expect(joins.map(({ group, foundKeys }) => [group, foundKeys]).sort()).toEqual([
      ["region:load", regions],
      ["region:load", regions],
      [
        "shop:own",
        reached(
          ({ extra }) => extra?.toLowerCase() ?? null,
          orders.map(({ shop }) => shop),
        ),
      ],
      ["shop:profile", undefined],
    ]);
    expect(regions).toBeGreaterThan(20);
  });

  it("whose form no row has is seen in the manifest", async () => {
    const other = compileText(definitions.replaceAll("lon[shop], 5)", "lon[shop], 6)"));
    const demand = other.plan?.vectors[0] as VectorPlan;
    const slots = demand.slots.filter(({ name }) => name === "nearby");
    const set = await makeTrainingSet({ vector: { ...demand, slots }, rows: given, folder, output: "none" });
    const joins = set.manifest.joins.filter(({ group }) => group === "region:load");
    expect(joins.map(({ foundKeys }) => foundKeys)).toEqual([0, 0]);
  });
});

describe("a store asked by computed keys", () => {
  const asOf = left[100]?.at ?? 0;
  let store: LmdbStore;
  let clock = asOf;
  let read: (columns: Record<string, Value>, at?: number) => Promise<Record<string, readonly [Value, string]>>;
  beforeAll(async () => {
    store = LmdbStore.open({ folder: join(folder, "online") });
    await materialize({ project: project.plan, folder, home: folder, store, engine, asOf: BigInt(asOf) });
    const prepared = createFeatureReader({ project: project.plan, store, clock: () => clock }).prepare(vector);
    read = async (columns, at) => {
      const answer = await prepared.read({ columns }, at);
      expect(answer.at).toBe(asOf);
      return Object.fromEntries(
        vector.reads.map(({ id, type }, i) => {
          const value = fromRaw(answer.values[i] ?? null, parseTypeName(type).kind);
          return [id, [value, answer.statuses[i] ?? ""]];
        }),
      );
    };
  });
  afterAll(() => store.close());

  it("finds what the training path finds", async () => {
    for (const shop of ["a", "b", "c", "null"])
      for (const kind of ["Thai", "thai", "pizza"]) {
        const want = expected({ at: asOf, shop, kind, extra: "A" });
        const found = await read({ shop, kind, extra: "A" }, asOf);
        expect({
          nearby: found["region__region__load__n_6h"]?.[0],
          alike: found["city_lower_kind__place__load__n_6h"]?.[0],
          filled: found["coalesce_city_kind__place__load__n_6h"]?.[0],
          loud: found["concat_city_kind__place__hours__n_6h"]?.[0],
          same: found["hour_now__clock__load__n_1d"]?.[0],
          direct: found["lower_extra__shop__own__n_6h"]?.[0],
          next: want["next"],
        }).toEqual(want);
      }
  });

  it("gives the worst status of a value and of what its key is made from, also where ?? made the key whole", async () => {
    const found = await read({ shop: "new", kind: "thai", extra: null }, asOf);
    expect(found["shop__shop__profile__lat"]).toEqual([null, "not_found"]);
    expect(found["region__region__load__n_6h"]).toEqual([null, "not_found"]);
    expect(found["coalesce_city_kind__place__load__n_6h"]).toEqual([0, "not_found"]);
    expect(found["lower_extra__shop__own__n_6h"]).toEqual([null, "missing"]);
    const nobody = await read({ shop: null, kind: "thai", extra: null }, asOf);
    expect(nobody["region__region__load__n_6h"]).toEqual([null, "missing"]);
    expect(nobody["coalesce_city_kind__place__load__n_6h"]).toEqual([0, "missing"]);
    expect(nobody["hour_now__clock__load__n_1d"]?.[1]).toBe("present");
  });

  it("computes keys of the moment that it answers for, not of a clock that is behind", async () => {
    const want = expected({ at: asOf, shop: "a", kind: "thai", extra: null });
    clock = asOf - 5 * h;
    const found = await read({ shop: "a", kind: "thai", extra: null });
    clock = asOf;
    expect(found["hour_now__clock__load__n_1d"]?.[0]).toBe(want["same"]);
    expect(want["same"]).not.toBe(
      count(asOf, d, (row) => new Date(row.at / 1000).getUTCHours() === new Date(asOf / 1000).getUTCHours() - 5),
    );
  });

  it("takes a computed key longer than any that is stored for one that has no rows", async () => {
    const found = await read({ shop: "a", kind: "x".repeat(5000), extra: "y".repeat(5000) }, asOf);
    expect(found["lower_extra__shop__own__n_6h"]).toEqual([0, "present"]);
    expect(found["city_lower_kind__place__load__n_6h"]?.[1]).not.toBe("unavailable");
  });
});

describe("a source with keys longer than a store takes", () => {
  const long = "a".repeat(3000);
  const text = `entity c (id: string)
events notes { csv "notes.csv" columns (id: string, at: timestamp) at at }
snapshot states { csv "states.csv" columns (id: string, at: timestamp, y: int) at at }
group c:g from notes by id { n = count() over 6h }
group c:p from states by id { y }
vector lengths {
  key   id: c
  input note: string
  n = @c:g:n[lower(note)]
  y = @c:p:y[lower(note)] ?? -1
}
`;
  const asOf = start + d;
  const rows = [{ id: "b", note: long.toUpperCase(), at: BigInt(asOf) }];

  it("is trained on, and refused online, where the value would be another", async () => {
    const own = await mkdtemp(join(tmpdir(), "tondo-long-keys-"));
    await writeFile(join(own, "lengths.tondo"), text);
    const event = (id: string): string => `${id},${formatMicros(asOf - h)}`;
    await writeFile(join(own, "notes.csv"), ["id,at", event(long), event("b"), ""].join("\n"));
    const plan = (await loadProject(own)).plan;
    const lengths = plan.vectors[0] as VectorPlan;
    const store = LmdbStore.open({ folder: join(own, "online") });
    try {
      const read = async (states: readonly string[], groups: readonly string[], note: string): Promise<unknown> => {
        await writeFile(join(own, "states.csv"), ["id,at,y", ...states, ""].join("\n"));
        const loaded = await materialize({ project: plan, folder: own, home: own, store, engine, asOf: BigInt(asOf) });
        expect(loaded.groups.filter(({ keysTooLong }) => keysTooLong > 0).map(({ group }) => group)).toEqual(groups);
        const reader = createFeatureReader({ project: plan, store });
        const { values } = await reader.prepare(lengths).read({ columns: { id: "b", note } }, asOf);
        return values;
      };
      const states = [`${event(long)},7`, `${event("b")},8`];
      const refused = { code: "KEY_INVALID", message: expect.stringContaining("a computed key of c:g") as string };
      await expect(read(states, ["c:g", "c:p"], "A".repeat(3000))).rejects.toMatchObject(refused);
      expect(await read(states, ["c:g", "c:p"], "B")).toEqual([1, 8]);
      const trained = await computeVectors({ vector: lengths, fitted: {}, rows, folder: own });
      expect(trained.rows[0]?.map(Number)).toEqual([1, 7]);
      // Where no key was left out, one that is too long has no rows: that is exact.
      await writeFile(join(own, "notes.csv"), ["id,at", event("b"), ""].join("\n"));
      expect(await read([`${event("b")},8`], [], "A".repeat(3000))).toEqual([0, NaN]);
    } finally {
      await store.close();
      await rm(own, { recursive: true });
    }
  });
});

describe("a key that a function of the project's own computes", () => {
  it("is computed once for each left row", async () => {
    const calls: string[] = [];
    const own = defineFunction({
      name: "own_of",
      version: 1,
      takes: { shop: "string" },
      returns: "string",
      compute: ({ shop }) => {
        calls.push(shop);
        return shop;
      },
    });
    const text = definitions.replace(/vector demand [^]*/, (it) =>
      it.replace(
        /^ {2}let [^]*/m,
        "  own = @shop:own:n_6h[own_of(extra)]\n  lat = @shop:profile:lat[own_of(kind)]\n}\n",
      ),
    );
    const { plan } = compileText(text, "demand.tondo", [own]);
    const rows = given.map((row, i) => ({ ...row, extra: `x${String(i)}`, kind: `y${String(i)}` }));
    const options = { fitted: {}, rows, folder, engine: { functions: [own] } };
    await computeVectors({ vector: plan?.vectors[0] as VectorPlan, ...options });
    expect(calls.sort()).toEqual(rows.flatMap(({ extra, kind }) => [extra, kind]).sort());
  });
});
