import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockHome } from "../../src/featurestore/index.ts";
import { open } from "../../src/open.ts";
import { loadedAt, type OrdersProject, ordersProject, step } from "./orders-project.ts";
import { errorOf, jsonOf, tondo } from "./run-tondo.ts";

describe("erase", () => {
  let project: OrdersProject;
  let folder: string;
  beforeAll(async () => {
    project = await ordersProject("applied");
    ({ folder } = project);
    await step(folder, "materialize", "--as-of", loadedAt);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  const orders = async (key: string): Promise<unknown> =>
    jsonOf(
      await tondo(
        folder,
        "get",
        "restaurant:kitchen:done_2h",
        "--key",
        `restaurant=${key}`,
        "--at",
        "loaded",
        "--json",
      ),
    );

  it("says what it would do, and does it with --yes", async () => {
    const before = await orders("r01");
    const asked = await tondo(folder, "erase", "restaurant", "r01");
    expect(asked.code).toBe(3);
    expect(asked.out).toMatch(
      /restaurant:kitchen +1 +2 +-\n.*\npushed rows +- +0 +-\nserved features +- +0 +-\n\nstill in the files of sources, .*\n +orders: data\/orders.*\(\d+ rows\)\n/,
    );
    expect(asked.out).toMatch(/nothing was changed: with --yes 3 records of this key are erased\n$/);
    expect(await orders("r01")).toEqual(before);
    expect((await tondo(folder, "erase", "--list")).out).toBe("nothing was erased\n");

    const done = await tondo(folder, "erase", "restaurant", "r01", "--yes", "--compact");
    expect([done.code, done.err.includes("r01"), done.out.includes("r01")]).toEqual([0, false, false]);
    expect(done.out).toMatch(/restaurant:profile +1 +1 +0\n/);
    expect(done.out).toMatch(/compacted: [\d,]+ bytes are [\d,]+\n/);
    expect(done.out).toMatch(/erased: 3 records, and a scan finds none any more; recorded as [0-9a-f-]{36}\n$/);
    expect(await orders("r01")).not.toEqual(before);

    const listed = await tondo(folder, "erase", "--list");
    expect(listed.out).toMatch(/^[0-9a-f-]{36} +restaurant +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\S+ +3 +stands$/m);
    expect(jsonOf(await tondo(folder, "erase", "--list", "--json"))).toMatchObject({
      erasures: [
        {
          entity: "restaurant",
          forgotten: null,
          places: [
            { place: "online", before: 2, after: 0 },
            {},
            { place: "pushed rows" },
            { place: "served features", before: 0 },
          ],
        },
      ],
    });
    // Nothing that Tondo keeps has the key; the user's own files do.
    for (const name of ["tondo.db", "tondo.db-wal", "online/data.mdb"]) {
      const path = join(folder, ".tondo", name);
      if (existsSync(path)) expect([name, (await readFile(path)).includes("r01")]).toEqual([name, false]);
    }
  });

  it("is known to the next load, until it is forgotten", async () => {
    const again = await tondo(folder, "materialize", "--as-of", loadedAt);
    expect(again.out).toMatch(/restaurant:kitchen: 1 key left out that were erased\n/);
    expect(await orders("r01")).toMatchObject({ features: { "restaurant:kitchen:done_2h": { value: 0 } } });
    const nowhere = await tondo(folder, "erase", "restaurant", "r01", "--yes", "--json");
    expect([nowhere.code, jsonOf(nowhere)["found"]]).toEqual([4, 0]);
    expect((await tondo(folder, "erase", "restaurant", "r01", "--forget")).code).toBe(3);
    const forgotten = await tondo(folder, "erase", "restaurant", "r01", "--forget", "--yes");
    expect([forgotten.code, forgotten.out]).toEqual([
      0,
      "2 erasures forgotten: the next load may bring the key back\n",
    ]);
    expect((await tondo(folder, "erase", "restaurant", "r01", "--forget", "--yes")).code).toBe(4);
    await step(folder, "materialize", "--as-of", loadedAt);
    expect(await orders("r01")).not.toMatchObject({ features: { "restaurant:kitchen:done_2h": { value: 0 } } });
    expect((await tondo(folder, "erase", "--forget", "--record", "no-such-id", "--yes")).code).toBe(4);
  });

  it("refuses what it cannot do, and shows no key", async () => {
    const codes = async (...argv: readonly string[]): Promise<[number, string]> => {
      const ran = await tondo(folder, "erase", ...argv, "--json");
      expect(ran.out).not.toContain("hidden");
      return [ran.code, errorOf(ran).code];
    };
    expect(await codes("restaurnt", "hidden", "--yes")).toEqual([1, "KEY_INVALID"]);
    expect(await codes("restaurant", "hidden", "hidden", "--yes")).toEqual([1, "KEY_INVALID"]);
    for (const wrong of [
      [],
      ["restaurant"],
      ["--list", "--yes"],
      ["--record", "x"],
      ["restaurant", "r02", "--forget", "--compact"],
    ])
      expect(await codes(...wrong)).toEqual([2, "USAGE"]);
    using _lock = lockHome(join(folder, ".tondo"), "materialize");
    expect(await codes("restaurant", "hidden", "--yes")).toEqual([1, "HOME_BUSY"]);
    expect((await tondo(folder, "erase", "restaurant", "r02")).code).toBe(3);
  });

  it("is a call of the library too", async () => {
    await using opened = await open({ folder });
    const features = await opened.features();
    const read = async (): Promise<unknown> =>
      (await features.get(["restaurant:profile:city"], { restaurant: "r03" }, { at: loadedAt })).values[
        "restaurant:profile:city"
      ].status;
    expect(await read()).toBe("present");
    const result = await opened.erase("restaurant", "r03");
    expect(result).toMatchObject({ done: true, found: 6, compacted: null });
    expect(result.sources.map(({ source }) => source)).toEqual(["orders", "restaurants"]);
    expect(await read()).toBe("not_found");
    expect((await opened.erasures())[0]?.id).toBe(result.id);
    expect(await opened.forgetErasure({ entity: "restaurant", key: "r03" })).toBe(1);
    expect(await opened.forgetErasure({ entity: "restaurant", key: "r04" })).toBe(0);
    await opened.erase("restaurant", "r04", { compact: true });
    // What was taken before is closed with the store.
    expect(
      (await (await opened.features()).get(["restaurant:profile:city"], { restaurant: "r05" }, { at: loadedAt }))
        .values["restaurant:profile:city"].status,
    ).toBe("present");
  });
});
