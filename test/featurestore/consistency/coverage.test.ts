import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../src/dsl/index.ts";
import { withLoad } from "../../../src/featurestore/applied/index.ts";
import { coverageOf } from "../../../src/featurestore/consistency/coverage.ts";
import type { LoadedGroup } from "../../../src/featurestore/consistency/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import type { SourceFile } from "../../../src/featurestore/offline/sources/source-digests.ts";
import { planLayout } from "../../../src/featurestore/online/group-layout.ts";
import { compileText } from "../../dsl/check-one.ts";

const compiled = compileText(`
entity shop (shop: string)
entity town (town: string)
events orders { csv "orders.csv" columns (shop: string, at: timestamp) at at }
snapshot shops { csv "shops.csv" columns (shop: string, town: string, at: timestamp) at at }
events trips { csv "trips.csv" columns (town: string, at: timestamp) at at }
group shop:trade from orders by shop { n = count() over 1h }
group shop:profile from shops by shop { town }
group town:trips from trips by town { n = count() over 1h }
vector v {
  key shop
  n = @shop:trade:n
  trips = @town:trips:n[@shop:profile:town]
}`).plan;
if (compiled === undefined) throw new Error("no plan");
const plan = compiled;
const [vector] = plan.vectors;
if (vector === undefined) throw new Error("no vector");
const [read = "", hop = ""] = ["shop__trade__n", "town__trips__n"].map(
  (end) => vector.reads.find(({ id }) => id.endsWith(end))?.id,
);

const file = (path: string, sha256: string): SourceFile => ({ path: `/${path}`, digest: { path, bytes: 1, sha256 } });

/** A group as it was loaded at some moments, of files with these digests. */
function loadedGroup(
  name: string,
  loads: readonly (readonly [asOf: number, sha256: string])[],
  more: object = {},
): LoadedGroup {
  const group = plan.groups.find((one) => `${one.entity}:${one.name}` === name);
  const source = plan.sources.find((one) => one.name === group?.source);
  if (group === undefined || source === undefined) throw new Error("no group");
  const path = `${source.name}.csv`;
  let log: LoadedGroup["log"];
  for (const [asOf, sha256] of loads)
    log = withLoad(log, { source, asOf, appliedAt: asOf, files: [file(path, sha256).digest] });
  const last = loads.at(-1)?.[0] ?? 0;
  const counts = { rows: 1, keys: 1, parts: 1, bytes: 1, keysTooLong: 0 };
  const { layout } = planLayout(group, source);
  return {
    log,
    pointer: {
      version: 1,
      group: name,
      generation: 1,
      asOf: last,
      loadedAt: last + 5,
      inputs: "",
      layout,
      counts,
      ...more,
    },
  };
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

/** Which of some requests, by the moment that they ask for and that of the answer, are covered; and what is said. */
async function covered(
  loaded: Readonly<Record<string, LoadedGroup>>,
  id: string,
  requests: readonly (readonly [q: number, logged: number | null])[],
  digest = "1",
  {
    knowledge = "applied",
    came = [],
  }: { readonly knowledge?: "applied" | "declared"; readonly came?: readonly string[] } = {},
): Promise<{ readonly covered: readonly boolean[]; readonly codes: readonly string[] }> {
  const files = new Map(
    plan.sources.map(({ name }) => [name, [file(`${name}.csv`, digest), ...came.map((path) => file(path, path))]]),
  );
  const { coveredSql, limits } = coverageOf({
    vector: vector as VectorPlan,
    loaded: new Map(Object.entries(loaded)),
    files,
    knowledge,
    loggedAt: "logged",
  });
  const values = requests.map(([q, logged], i) => `(${String(i)}, ${String(q)}::bigint, ${String(logged)}::bigint)`);
  const rows = await engine.rows(
    `select ${coveredSql(id)} as c from (values ${values.join(", ")}) as requests(i, q, logged) order by i`,
    "covering",
  );
  return { covered: rows.map(({ c }) => c === true), codes: limits.map(({ code }) => code) };
}

const once = [[10, "1"]] as const;
const all = {
  "shop:trade": loadedGroup("shop:trade", once),
  "shop:profile": loadedGroup("shop:profile", once),
  "town:trips": loadedGroup("town:trips", once),
};

describe("what agreement covers", () => {
  it("is what is asked from the first load on", async () => {
    expect(
      (
        await covered(all, read, [
          [9, 99],
          [10, 99],
          [11, null],
        ])
      ).covered,
    ).toEqual([false, true, true]);
  });

  it("is of a file that was rewritten what is asked from the load on that read it as it is", async () => {
    const rewritten = {
      ...all,
      "shop:trade": loadedGroup("shop:trade", [
        [10, "1"],
        [20, "2"],
        [30, "2"],
      ]),
    };
    expect(
      (
        await covered(
          rewritten,
          read,
          [
            [19, 99],
            [20, 99],
          ],
          "2",
        )
      ).covered,
    ).toEqual([false, true]);
    // No load read it so.
    expect((await covered(rewritten, read, [[99, 99]], "3")).covered).toEqual([false]);
  });

  it("is nothing of a source that lost a file", async () => {
    const log = all["shop:trade"].log;
    if (log === undefined) throw new Error("no log");
    const [load] = log.loads;
    const files = [...(load?.files ?? []), { path: "gone.csv", bytes: 1, sha256: "9" }];
    const loads = [{ asOf: 10, appliedAt: 10, files }];
    const gone = { ...all, "shop:trade": { ...all["shop:trade"], log: { ...log, loads } } };
    expect(await covered(gone, read, [[99, 99]])).toMatchObject({
      covered: [false],
      codes: expect.arrayContaining(["files-gone"]) as string[],
    });
  });

  it("is not what was answered before a load that it asks for, or before a rollback", async () => {
    // Each load is as of every tenth moment, and was written five later.
    const moments = [10, 20, 30, 40, 50];
    const written = (asOf: number): number => asOf + 5;
    const { log } = loadedGroup(
      "shop:trade",
      moments.map((asOf) => [asOf, "1"] as const),
    );
    if (log === undefined) throw new Error("no log");
    const loads = log.loads.map((load) => ({ ...load, writtenAt: written(load.asOf) }));
    const often = { ...loadedGroup("shop:trade", [[50, "1"]], { previous: 4 }), log: { ...log, loads } };
    const requests = [9, 10, 11, 19, 20, 29, 30, 31, 40, 49, 50, 60].flatMap((q) =>
      [14, 15, 24, 25, 34, 35, 44, 45, 54, 55, null].map((logged) => [q, logged] as const),
    );
    const naive = requests.map(([q, logged]) => {
      const asked = moments.findLast((asOf) => asOf <= q);
      return asked !== undefined && (logged === null || logged >= written(asked));
    });
    expect((await covered({ ...all, "shop:trade": often }, read, requests)).covered).toEqual(naive);
    // Groups become current together, when the last of them has been loaded.
    const late = {
      ...all,
      "shop:trade": often,
      "shop:profile": loadedGroup("shop:profile", [[50, "1"]], { previous: 1, loadedAt: 70 }),
    };
    expect(
      (
        await covered(late, read, [
          [50, 69],
          [50, 70],
          [49, 69],
        ])
      ).covered,
    ).toEqual([false, true, true]);
    // Of loads of an earlier program the current one alone is known.
    const again = {
      ...all,
      "shop:trade": loadedGroup(
        "shop:trade",
        [
          [10, "1"],
          [20, "1"],
        ],
        { previous: 1 },
      ),
    };
    expect(
      (
        await covered(again, read, [
          [20, 24],
          [20, 25],
          [19, 24],
          [20, null],
        ])
      ).covered,
    ).toEqual([false, true, true, true]);
    const back = {
      ...all,
      "shop:trade": loadedGroup("shop:trade", once, { rolledBack: { from: 2, at: 50, by: "me" } }),
    };
    expect(
      (
        await covered(back, read, [
          [11, 49],
          [11, 50],
        ])
      ).covered,
    ).toEqual([false, true]);
  });

  it("is of a value by a computed key what is covered of both hops", async () => {
    const { "shop:profile": _none, ...without } = all;
    expect((await covered(without, read, [[11, 99]])).covered).toEqual([true]);
    const { covered: own, codes } = await covered(without, hop, [[11, 99]]);
    expect(own).toEqual([false]);
    expect(codes).toContain("no-load");
    expect((await covered(all, hop, [[11, 99]])).covered).toEqual([true]);
  });

  it("is by declared knowledge what one load has read, whole and as it is", async () => {
    const requests = [
      [9, 99],
      [10, 99],
    ] as const;
    const declared = { knowledge: "declared" } as const;
    expect(await covered(all, read, requests, "1", declared)).toMatchObject({ covered: [false, true] });
    // A file that came behind the load: what it says was known was served to nobody.
    const came = await covered(all, read, requests, "1", { ...declared, came: ["late.csv"] });
    expect(came.covered).toEqual([false, false]);
    expect(came.codes).toContain("declared-knowledge");
    expect((await covered(all, read, requests, "1", { came: ["late.csv"] })).covered).toEqual([false, true]);
    const twice = {
      ...all,
      "shop:trade": loadedGroup("shop:trade", [
        [10, "1"],
        [20, "1"],
      ]),
    };
    expect((await covered(twice, read, [[30, 99]], "1", declared)).covered).toEqual([false]);
    expect((await covered(all, read, [[11, 99]], "2", declared)).covered).toEqual([false]);
    // What bounds agreement by any knowledge bounds it here, too.
    const bounded = {
      ...all,
      "shop:trade": loadedGroup("shop:trade", once, {
        ...{ erased: "of some", rolledBack: { from: 2, at: 50, by: "me" } },
      }),
    };
    const limited = await covered(
      bounded,
      read,
      [
        [11, 49],
        [11, 50],
      ],
      "1",
      declared,
    );
    expect(limited.covered).toEqual([false, true]);
    expect(limited.codes).toEqual(expect.arrayContaining(["keys-erased", "rolled-back"]));
  });

  it("is nothing where a source is defined otherwise, and said where keys are left out", async () => {
    const log = { ...(all["shop:trade"].log ?? { version: 1, loads: [] }), source: "another" } as const;
    const other = { ...all, "shop:trade": { ...all["shop:trade"], log } };
    expect(await covered(other, read, [[11, 99]])).toMatchObject({ covered: [false] });
    const counts = { rows: 1, keys: 1, parts: 1, bytes: 1, keysTooLong: 2 };
    const long = { ...all, "shop:trade": loadedGroup("shop:trade", once, { counts, erased: "of some" }) };
    expect(await covered(long, read, [[11, 99]])).toMatchObject({
      covered: [true],
      codes: expect.arrayContaining(["keys-too-long", "keys-erased"]) as string[],
    });
  });
});
