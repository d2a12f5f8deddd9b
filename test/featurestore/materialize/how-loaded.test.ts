import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HowLoaded } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";

const definitions = `
entity shop (shop: string)
entity place (place: string)
events orders {
  csv "orders/*.csv" known loaded
  columns (shop: string, at: timestamp, loaded: timestamp, sum: float)
  at at
}
snapshot shops {
  csv "shops/*.csv" known loaded
  columns (shop: string, at: timestamp, loaded: timestamp, size: int)
  at at
}
table regions {
  csv "regions.csv"
  columns (shop: string, region: string)
}
group shop:trade from orders by shop {
  n = count() over 1h
  recent = last(sum) over 2h
}
group shop:total from orders by shop { total = sum(sum) over 1h }
group place:trade from orders by upper(shop) as place { n = count() over 1h }
group shop:profile from shops by shop { size }
group shop:region from regions by shop { region }
`;

const shops = ["a", "b", "c", "d", "e", "f", "g", "h"];
const day = "2024-03-01T";
let folder: string;
let tondo: Tondo;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-how-loaded-"));
  for (const name of ["orders", "shops"]) await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, "shops.tondo"), definitions);
  await orders("one", ...shops.map((shop) => [shop, "11:50", "11:50"] as const));
  await profiles("one", ...shops.map((shop) => [shop, "11:00", "11:00"] as const));
  await writeFile(path.join(folder, "regions.csv"), "shop,region\na,north\n");
  tondo = await open({ folder, actor: "test" });
  await tondo.apply();
});
afterEach(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

type Row = readonly [shop: string, at: string, loaded: string];

async function rowsInto(file: string, head: string, rows: readonly Row[]): Promise<void> {
  const lines = rows.map(([shop, at, loaded], i) => `${shop},${day}${at}:00Z,${day}${loaded}:00Z,${String(i)}\n`);
  await writeFile(path.join(folder, file), `shop,at,loaded,${head}\n${lines.join("")}`);
}

const orders = (name: string, ...rows: readonly Row[]): Promise<void> => rowsInto(`orders/${name}.csv`, "sum", rows);
const profiles = (name: string, ...rows: readonly Row[]): Promise<void> => rowsInto(`shops/${name}.csv`, "size", rows);

/** How each group was loaded as of a time of the day, in the order of the definitions; of those that were. */
async function loaded(
  time: string,
  options: Parameters<Tondo["materialize"]>[0] = {},
): Promise<Readonly<Record<string, string>>> {
  const { groups } = await tondo.materialize({ asOf: `${day}${time}:00Z`, ...options });
  return Object.fromEntries(
    groups.flatMap(({ group, loaded: how }) => (how === undefined ? [] : [[group, said(how)]])),
  );
}

function said(how: HowLoaded): string {
  return how.how === "full" ? how.reason : `${String(how.computed)} of ${String(how.computed + how.copied)}`;
}

describe("a load", () => {
  it("computes the keys that something new came to, and copies the others; or says why it computed all", async () => {
    const first = await loaded("12:00");
    expect(first).toEqual({
      "shop:trade": "first",
      "shop:total": "first",
      "place:trade": "first",
      "shop:profile": "first",
      "shop:region": "first",
    });
    await orders("two", ["a", "11:55", "12:05"], ["nobody yet", "12:05", "12:05"]);
    await profiles("two", ["b", "11:10", "11:10"]);
    await writeFile(path.join(folder, "regions.csv"), "shop,region\na,south\n");
    expect(await loaded("12:10")).toEqual({
      "shop:trade": "2 of 9",
      "shop:total": "2 of 9",
      "place:trade": "computed",
      "shop:profile": "1 of 8",
      "shop:region": "table",
    });
    expect(await loaded("12:10")).toEqual({});
    expect(await loaded("12:20", { full: true })).toMatchObject({ "shop:trade": "asked", "shop:profile": "asked" });
    expect(await loaded("12:15")).toMatchObject({ "shop:trade": "earlier", "shop:profile": "earlier" });
    // Nothing came, and time has passed: the window of an hour has lost the events of 11:50, that of two has not.
    expect(await loaded("12:58")).toMatchObject({
      "shop:trade": "0 of 9",
      "shop:total": "0 of 2",
      "shop:profile": "0 of 8",
    });
    const { groups } = await tondo.materialize({ asOf: `${day}13:02:00Z` });
    const counted = groups.map(({ group, keys, rows, parts }) => [group, [keys, rows, parts]]);
    // The tiles of what was lost are gone from the records that were copied, too: of two hops for some.
    expect(Object.fromEntries(counted)).toMatchObject({ "shop:trade": [9, 0, 10], "shop:total": [1, 0, 1] });
    await orders("many", ...shops.slice(0, 3).map((shop) => [shop, "13:05", "13:05"] as const));
    expect(await loaded("13:10")).toMatchObject({ "shop:trade": "share", "shop:profile": "0 of 8" });
  });

  it("computes the keys of rows that come into view, or whose time comes, as time passes", async () => {
    await orders("two", ["a", "11:55", "12:05"], ["b", "12:05", "11:00"]);
    await profiles("two", ["c", "12:05", "11:00"], ["d", "11:30", "12:05"]);
    await loaded("12:00");
    expect(await loaded("12:04")).toMatchObject({ "shop:trade": "0 of 8", "shop:profile": "0 of 8" });
    expect(await loaded("12:06")).toMatchObject({ "shop:trade": "2 of 8", "shop:profile": "2 of 8" });
    expect(await loaded("12:07")).toMatchObject({ "shop:trade": "0 of 8", "shop:profile": "0 of 8" });
  });

  it("takes in what came for the moment of the load before", async () => {
    await loaded("12:00");
    await orders("two", ["a", "11:55", "11:55"]);
    await profiles("two", ["b", "11:55", "11:55"]);
    expect(await loaded("12:00")).toMatchObject({ "shop:trade": "1 of 8", "shop:profile": "1 of 8" });
    const features = await tondo.features();
    const { values } = await features.get(["shop:trade:n"], { shop: "a" }, { at: `${day}12:00:00Z` });
    expect(values["shop:trade:n"].value).toBe(2);
  });

  it("computes the keys of rows that a load before passed over, and copies the others", async () => {
    await loaded("12:00");
    await orders("two", ["a", "11:55", "11:55"], ["b", "12:05", "12:05"]);
    await profiles("two", ["a", "11:55", "11:55"]);
    const since = `${day}12:00:00Z`;
    expect(await loaded("12:10", { since })).toMatchObject({ "shop:trade": "1 of 8", "shop:profile": "0 of 8" });
    expect(await loaded("12:20")).toMatchObject({ "shop:trade": "1 of 8", "shop:profile": "1 of 8" });
  });

  it("computes all as of a moment before the last switch: the log of loads begins anew", async () => {
    await loaded("12:00");
    await profiles("two", ["b", "11:55", "11:55"]);
    const { asOf, appliedAt, groups } = await tondo.materialize({ groups: ["shop:profile"] });
    expect(appliedAt).toBeGreaterThan(asOf + 1);
    expect(groups).toMatchObject([{ loaded: { how: "incremental", computed: 1, copied: 7 } }]);
    const next = await tondo.materialize({ groups: ["shop:profile"], asOf: BigInt(asOf + 1) });
    expect(next.groups).toMatchObject([{ loaded: { how: "full", reason: "earlier" } }]);
  });

  it("computes all where a file was changed, moved or removed, and goes on from there", async () => {
    await orders("two", ["a", "11:55", "11:55"]);
    await loaded("12:00");
    await orders("two", ["b", "11:55", "11:55"]);
    expect(await loaded("12:10")).toMatchObject({ "shop:trade": "files", "shop:profile": "0 of 8" });
    expect(await loaded("12:11")).toMatchObject({ "shop:trade": "0 of 8" });
    await rm(path.join(folder, "orders/two.csv"));
    expect(await loaded("12:20")).toMatchObject({ "shop:trade": "files" });
    // As it was when it was removed: no load in between read it.
    await orders("two", ["b", "11:55", "11:55"]);
    expect(await loaded("12:30")).toMatchObject({ "shop:trade": "files" });
    await orders("moved", ["b", "11:55", "11:55"]);
    await rm(path.join(folder, "orders/two.csv"));
    expect(await loaded("12:40")).toMatchObject({ "shop:trade": "files" });
  });

  it("computes all where something is defined otherwise", async () => {
    await loaded("12:00");
    await writeFile(path.join(folder, "shops.tondo"), definitions.replace("over 2h", "over 3h"));
    await tondo.apply({ replace: true });
    expect(await loaded("12:10")).toMatchObject({ "shop:trade": "definitions", "shop:total": "0 of 8" });
    await writeFile(path.join(folder, "shops.tondo"), definitions.replace('shops/*.csv" known loaded', 'shops/*.csv"'));
    await tondo.apply({ replace: true });
    expect(await loaded("12:20")).toMatchObject({ "shop:trade": "definitions", "shop:profile": "definitions" });
  });

  it("never copies what was erased, and brings back what is to come back", async () => {
    await loaded("12:00");
    await tondo.erase("shop", "a");
    expect(await loaded("12:10")).toMatchObject({ "shop:trade": "erasures", "shop:profile": "erasures" });
    expect(await loaded("12:11")).toMatchObject({ "shop:trade": "0 of 7", "shop:profile": "0 of 7" });
    await orders("two", ["a", "12:12", "12:12"]);
    const { groups } = await tondo.materialize({ asOf: `${day}12:20:00Z`, groups: ["shop:trade"] });
    expect(groups).toMatchObject([{ keys: 7, keysErased: 1, loaded: { how: "incremental", copied: 7, computed: 0 } }]);
    await tondo.forgetErasure({ entity: "shop", key: "a" });
    expect(await loaded("12:30")).toMatchObject({ "shop:trade": "erasures", "shop:profile": "erasures" });
    // Erased from what is current, and forgotten before anything was loaded: the digest of what is erased is the same.
    await tondo.erase("shop", "b");
    await tondo.forgetErasure({ entity: "shop", key: "b" });
    expect(await loaded("12:40")).toMatchObject({ "shop:trade": "records", "shop:profile": "records" });
    const features = await tondo.features();
    const { values } = await features.get(["shop:profile:size"], { shop: "b" }, { at: `${day}12:40:00Z` });
    expect(values["shop:profile:size"].value).toBe(1);
  });

  it("goes on from the generation that was gone back to", async () => {
    await loaded("12:00");
    await orders("two", ["a", "12:05", "12:05"]);
    expect(await loaded("12:10")).toMatchObject({ "shop:trade": "1 of 8" });
    await tondo.rollback(["shop:trade"]);
    await orders("three", ["b", "12:15", "12:15"]);
    expect(await loaded("12:20")).toMatchObject({ "shop:trade": "2 of 8", "shop:total": "1 of 8" });
  });

  it("computes all where keys are longer than a store takes: how many is to be known", async () => {
    await orders("two", ["x".repeat(2000), "11:55", "11:55"]);
    expect(await loaded("12:00")).toMatchObject({ "shop:trade": "first" });
    const { groups } = await tondo.materialize({ asOf: `${day}12:10:00Z`, groups: ["shop:trade"] });
    expect(groups[0]).toMatchObject({ keysTooLong: 1, loaded: { how: "full", reason: "too-long" } });
  });
});
