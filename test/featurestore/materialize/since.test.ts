import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { open, type Tondo } from "../../../src/open.ts";

const definitions = `
entity shop (shop: string)
events orders {
  csv "orders/*.csv"
  columns (shop: string, at: timestamp)
  at at
}
table regions {
  csv "regions.csv"
  columns (shop: string, region: string)
}
group shop:trade from orders by shop { n = count() over 1d }
group shop:region from regions by shop { region }
`;

const day = "2024-03-01T";
let folder: string;
let tondo: Tondo;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-since-"));
  await mkdir(path.join(folder, "orders"));
  await writeFile(path.join(folder, "shops.tondo"), definitions);
  await orders("one", "11:50");
  await writeFile(path.join(folder, "regions.csv"), "shop,region\na,north\n");
  tondo = await open({ folder, actor: "test" });
  await tondo.apply();
});
afterEach(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

async function orders(name: string, ...times: readonly string[]): Promise<void> {
  const rows = times.map((time) => `a,${day}${time}:00Z\n`);
  await writeFile(path.join(folder, `orders/${name}.csv`), `shop,at\n${rows.join("")}`);
}

/** What became of the groups of a load as of a time of the day, and how many rows wait in each. */
async function load(asOf: string, since?: string): Promise<Readonly<Record<string, readonly [string, number?]>>> {
  const { groups } = await tondo.materialize({
    asOf: `${day}${asOf}:00Z`,
    ...(since === undefined ? {} : { since: `${day}${since}:00Z` }),
  });
  return Object.fromEntries(
    groups.map(({ group, status, rowsWaiting }) => [
      group,
      rowsWaiting === undefined ? ([status] as const) : ([status, rowsWaiting] as const),
    ]),
  );
}

async function count(time: string): Promise<unknown> {
  const { values } = await (await tondo.features()).get(["shop:trade:n"], { shop: "a" }, { at: `${day}${time}:00Z` });
  return values["shop:trade:n"].value;
}

describe("a load of what happened since a time", () => {
  it("is refused of a group that nothing was loaded of, before anything is", async () => {
    await expect(load("12:00", "11:00")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("shop:trade") as string,
      hint: expect.stringContaining("without `since` first") as string,
      details: { groups: ["shop:trade"] },
    });
    expect((await tondo.generations()).flatMap(({ generations }) => generations)).toEqual([]);
    // A table has no times, and is loaded whole.
    const { groups } = await tondo.materialize({ groups: ["shop:region"], since: `${day}11:00:00Z` });
    expect(groups).toMatchObject([{ status: "loaded", keys: 1 }]);
  });

  it("is refused where its log of loads would begin anew, and of a time behind its moment", async () => {
    await load("12:00");
    await expect(load("11:59", "11:00")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(load("12:10", "12:11")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/12:11:00.* is later than .*12:10:00/) as string,
    });
    await writeFile(path.join(folder, "shops.tondo"), definitions.replace('orders/*.csv"', 'orders/*.csv" lag 5s'));
    expect(await count("12:00")).toBe(1);
    await tondo.apply({ replace: true });
    await expect(load("12:10", "12:00")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("leaves older rows to a load that takes them in, of the same moment too", async () => {
    await load("12:00");
    await orders("two", "11:40", "11:55", "12:05");
    expect(await load("12:10", "11:55")).toEqual({ "shop:trade": ["loaded", 1], "shop:region": ["unchanged"] });
    expect(await count("12:10")).toBe(3);
    expect(await load("12:10", "11:55")).toEqual({ "shop:trade": ["unchanged", 1], "shop:region": ["unchanged"] });
    expect(await load("12:10", "11:41")).toEqual({ "shop:trade": ["loaded", 1], "shop:region": ["unchanged"] });
    expect(await count("12:10")).toBe(3);
    expect(await load("12:10")).toEqual({ "shop:trade": ["loaded"], "shop:region": ["unchanged"] });
    expect(await count("12:10")).toBe(4);
    expect(await load("12:10")).toEqual({ "shop:trade": ["unchanged"], "shop:region": ["unchanged"] });
  });

  it("takes in by an earlier time what one by a later time left", async () => {
    await load("12:00");
    await orders("two", "11:30", "11:40");
    expect(await load("12:10", "11:50")).toMatchObject({ "shop:trade": ["loaded", 2] });
    expect(await count("12:10")).toBe(1);
    expect(await load("12:20", "11:40")).toMatchObject({ "shop:trade": ["loaded", 1] });
    expect(await count("12:20")).toBe(2);
    expect(await load("12:30")).toMatchObject({ "shop:trade": ["loaded"] });
    expect(await count("12:30")).toBe(3);
  });

  it("keeps what was applied of a file that was rewritten", async () => {
    await load("12:00");
    await orders("one", "11:45", "11:50", "12:05");
    expect(await load("12:10", "12:06")).toMatchObject({ "shop:trade": ["loaded", 1] });
    // Which of those rows that were known by the first load it had not read nobody knows.
    expect(await count("12:10")).toBe(2);
    expect(await load("12:20")).toMatchObject({ "shop:trade": ["loaded"] });
    expect(await count("12:20")).toBe(3);
  });
});
