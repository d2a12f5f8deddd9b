import { describe, expect, it } from "vitest";
import { toMicros } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/index.ts";
import { partSql, splitMicros } from "../../../../src/featurestore/offline/sets/split.ts";
import { compileText } from "../../../dsl/check-one.ts";

const june = "2001-06-01T00:00:00Z";
const july = "2001-07-01T00:00:00Z";

describe("a split", () => {
  it("trains on what lies before a holdout, or behind one that has no beginning", () => {
    expect(splitMicros({ holdout: { from: june, to: july } }, undefined, [])).toEqual({
      train: { from: null, to: toMicros(june) },
      holdout: { from: toMicros(june), to: toMicros(july) },
      cutoff: null,
    });
    expect(splitMicros({ holdout: { to: july } }, july, []).train).toEqual({ from: toMicros(july), to: null });
    expect(splitMicros({}, undefined, [])).toEqual({ train: { from: null, to: null }, holdout: null, cutoff: null });
  });

  it("trains on all that is not held out by key or column", () => {
    const all = { from: null, to: null };
    expect(splitMicros({ holdout: { fraction: 0.1 } }, undefined, ["store"])).toEqual({
      train: all,
      holdout: { fraction: 0.1, seed: 0, by: ["store"] },
      cutoff: null,
    });
    const { holdout } = splitMicros({ holdout: { column: "fold", isIn: [3n, new Date(0)] } }, undefined, []);
    expect(holdout).toEqual({ column: "fold", isIn: ["3n", "1970-01-01T00:00:00.000Z"] });
  });

  it.each([
    [{ train: { to: july }, holdout: { from: june } }, "overlap"],
    [{ train: {}, holdout: { from: june } }, "overlap"],
    [{ holdout: {} }, "$.split.holdout: has neither a beginning nor an end"],
    [{ train: { from: july, to: june } }, "$.split.train: ends before it begins"],
    [{ holdout: { from: june, to: june } }, "$.split.holdout: ends before it begins"],
  ])("%j is refused", (split, message) => {
    expect(() => splitMicros(split, undefined, [])).toThrow(message);
  });
});

describe("the part of a row", () => {
  const { plan } = compileText(`entity store (store: string)
    table stores { csv "s.csv" columns (store: string, n: int) }
    group store:g from stores by store { n }
    vector v { key store
      n = @store:g:n
      label a: float known a_known
      label b: float known b_known }`);

  /** The parts of rows: their moment, then each label and when it was known. */
  async function partsOf(
    split: Parameters<typeof partSql>[1],
    rows: readonly (readonly (number | null)[])[],
  ): Promise<readonly unknown[]> {
    const [vector] = plan?.vectors ?? [];
    if (vector === undefined) throw new Error("no vector");
    const part = partSql(
      vector,
      split,
      (i) => `label${String(i)}`,
      (i) => `known${String(i)}`,
    );
    const values = rows.map((row, i) => `(${[i, ...row].map((cell) => `${String(cell)}::bigint`).join(", ")})`);
    const engine = await Engine.open({ threads: 1 });
    try {
      const found = await engine.rows(
        `select ${part} as part from (values ${values.join(", ")}) v(row, q, label0, known0, label1, known1) order by row`,
        "looking at parts",
      );
      return found.map((row) => row["part"]);
    } finally {
      engine.close();
    }
  }

  it("turns at the edges of its periods, of the cutoff and of the embargo, each to the microsecond", async () => {
    const split = { train: { from: 100, to: 200 }, holdout: { from: 200, to: 300 }, cutoff: 350 };
    const cases: readonly (readonly [string, ...(number | null)[]])[] = [
      ["outside", 99, 1, 150, 1, 150],
      ["train", 100, 1, 150, 1, 150],
      ["train", 199, 1, 200, 1, 200],
      ["embargoed", 199, 1, 201, 1, 200],
      ["embargoed", 199, 1, 200, 1, 350],
      ["immature", 199, 1, 351, 1, 200],
      ["holdout", 200, 1, 350, 1, 350],
      ["immature", 200, 1, 350, 1, 351],
      ["holdout", 299, 1, 300, 1, 300],
      ["outside", 300, 1, 300, 1, 300],
      // Of several labels one is enough, and only what it needs must be known.
      ["unlabelled", 150, null, null, null, null],
      ["unlabelled", 250, null, 260, null, 260],
      ["outside", 50, null, null, null, null],
      ["train", 150, null, null, 1, 150],
      ["train", 150, 1, 150, null, 999],
      ["immature", 150, 1, null, 1, 150],
      ["immature", 250, 1, 260, 1, null],
    ];
    const rows = cases.map(([, ...row]) => row);
    expect(await partsOf(split, rows)).toEqual(cases.map(([part]) => part));
    const free = { train: { from: null, to: null }, holdout: null, cutoff: null };
    expect(
      await partsOf(free, [
        [-5, 1, 9e15, null, null],
        [5, 1, null, null, null],
        [5, null, null, null, null],
      ]),
    ).toEqual(["train", "immature", "unlabelled"]);
  });
});
