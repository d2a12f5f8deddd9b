import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, type Tondo } from "../../src/open.ts";
import { day, hour, start, writeRows } from "./offline/small-project.ts";

const first = `
entity store (store: string)
events orders {
  parquet "orders.parquet"
  at ordered_at
}
snapshot stores {
  parquet "stores.parquet"
  at updated_at
}
group store:kitchen from orders by store {
  sum_1d = sum(minutes) over 1d where minutes > 0
}
group store:profile from stores by store { cuisine }
vector old {
  key store
  minutes = @store:kitchen:sum_1d ?? -1
  thai    = if(@store:profile:cuisine == "thai", 1, 0)
  label took: float
}
`;
const second = `${first
  .replace("sum_1d =", "sum_1d@2 = max(minutes) over 1d\n  more = sum_1d@2 + sum_1d\n  sum_1d =")
  .replace("{ cuisine }", "{ cuisine\n cuisine@2 = upper(cuisine) }")}
vector new {
  key store
  minutes = @store:kitchen:sum_1d@2[store] ?? -1
  thai    = if(@store:profile:cuisine@2 == "THAI", 1, 0)
  label took: float
}
`;
const at = BigInt(start + day);
const names = [
  "store:kitchen:sum_1d",
  "store:kitchen:sum_1d@2",
  "store:kitchen:more",
  "store:profile:cuisine",
  "store:profile:cuisine@2",
] as const;

let folder: string;
let tondo: Tondo;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-versions-"));
  await writeRows(
    join(folder, "orders.parquet"),
    [3, 5, -2].map((minutes, i) => ({ ordered_at: start + i * hour, store: "r1", minutes })),
  );
  await writeRows(join(folder, "stores.parquet"), [{ updated_at: start, store: "r1", cuisine: "thai" }]);
  await writeRows(join(folder, "left.parquet"), [{ at: Number(at), store: "r1", took: 7 }]);
  await writeFile(join(folder, "p.tondo"), first);
  tondo = await open({ folder });
});
afterAll(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

describe("versions of a feature", () => {
  it("stand side by side: one is served while a model learns from the other, and none changes the other", async () => {
    const learn = (vector: string): ReturnType<Tondo["trainingSet"]> =>
      tondo.trainingSet({ vector, rows: "left.parquet", output: vector, raw: true });
    const served = async (wanted: readonly string[]): Promise<unknown> => {
      const { values } = await (await tondo.features()).get(wanted, { store: "r1" }, { at });
      return wanted.map((name) => values[name]?.value);
    };
    await tondo.apply();
    await tondo.materialize({ asOf: at });
    expect((await learn("old")).made).toBe(true);

    await writeFile(join(folder, "p.tondo"), second);
    const changes = (await tondo.apply()).filter(({ change }) => change !== "unchanged");
    expect(changes.map(({ kind, name, change }) => [kind, name, change])).toEqual([
      ["group", "store:kitchen", "extended"],
      ["group", "store:profile", "extended"],
      ["vector", "new", "added"],
    ]);
    // What was made with the first version is what it was; of the second nothing is loaded yet.
    expect((await learn("old")).made).toBe(false);
    expect(await served(["store:kitchen:sum_1d", "store:profile:cuisine"])).toEqual([8, "thai"]);
    expect(await served(["store:profile:cuisine@2"])).toEqual(["THAI"]);
    await expect(served(["store:kitchen:sum_1d@2"])).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    const { manifest } = await learn("new");
    expect(manifest.columns.filter(({ role }) => role === "raw").map(({ name }) => name)).toContain(
      "store__store__kitchen__sum_1d@2",
    );

    await tondo.materialize({ asOf: at });
    expect(await served(names)).toEqual([8, 5, 13, "thai", "THAI"]);
    await expect(served(["store:kitchen:sum_1d@3"])).rejects.toMatchObject({
      code: "UNKNOWN_FEATURE",
      hint: expect.stringContaining("store:kitchen:sum_1d") as string,
    });

    // The old one gone, the new one stays what it is.
    await writeFile(
      join(folder, "p.tondo"),
      second
        .replace(/ {2}sum_1d = .*\n/, "")
        .replace(/ more = .*\n/, "\n")
        .replace(/vector old \{[^}]*\}/, ""),
    );
    await expect(tondo.apply()).rejects.toMatchObject({
      code: "DEFINITION_IN_USE",
      hint: expect.stringContaining("NAME@2 = ...") as string,
    });
    await tondo.apply({ replace: true });
    expect((await learn("new")).made).toBe(false);
    expect(await served(["store:kitchen:sum_1d@2"])).toEqual([5]);
  });
});
