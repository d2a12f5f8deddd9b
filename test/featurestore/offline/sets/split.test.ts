import { describe, expect, it } from "vitest";
import { toMicros } from "../../../../src/core/index.ts";
import { splitMicros } from "../../../../src/featurestore/offline/sets/split.ts";

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
